import type { ReactElement } from 'react'
import { useEffect, useRef } from 'react'
import type { CatalogItem } from '../run/session-catalog.ts'
import { fileSize, shortTokens } from '../view/token-format.ts'
import { Icon } from './icon.tsx'

interface SessionChooserProps {
  readonly catalog: readonly CatalogItem[]
  readonly chosen: CatalogItem | null
  readonly onChoose: (item: CatalogItem) => void
  readonly onFile: (file: File) => void
  readonly onBlank: () => void
  readonly onClose: () => void
}

const GROUPS = [
  ['shipped', 'Recorded with Backfold'],
  ['local', 'From your folder'],
  ['stored', 'Earlier runs in this browser'],
] as const

/** Everything that can be opened, as a dialog. */
export function SessionChooser(props: SessionChooserProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      ref={dialog}
      className="chooser"
      aria-labelledby="chooser-title"
      onClose={props.onClose}
      // A click outside closes it.
      closedby="any"
      data-testid="chooser"
    >
      <div className="chooser-body">
        <div className="panel-head">
          <h2 id="chooser-title">Choose a session</h2>
          <button
            type="button"
            className="quiet"
            onClick={() => dialog.current?.close()}
            aria-label="Close"
          >
            <Icon name="close" />
          </button>
        </div>
        <div className="chooser-own">
          <input
            ref={picker}
            type="file"
            className="visually-hidden"
            accept=".json,.jsonl,.gz,.txt,.md"
            tabIndex={-1}
            aria-label="Session file"
            onChange={(event) => {
              const file = event.target.files?.[0]
              if (file !== undefined) props.onFile(file)
            }}
            data-testid="file-picker"
          />
          <button type="button" className="plain" onClick={() => picker.current?.click()}>
            <Icon name="file" /> Open a file
          </button>
          <button type="button" className="plain" onClick={props.onBlank} data-testid="blank">
            <Icon name="bolt" /> Blank session
          </button>
          <p className="hint">
            OpenAI or Anthropic message arrays, Claude Code .jsonl, .json.gz. Or drop one on the
            page. It never leaves this browser.
          </p>
        </div>
        {GROUPS.map(([origin, name]) => (
          <Group key={origin} {...props} name={name} origin={origin} />
        ))}
      </div>
    </dialog>
  )
}

interface GroupProps extends SessionChooserProps {
  readonly origin: CatalogItem['origin']
  readonly name: string
}

function Group({ catalog, origin, name, chosen, onChoose }: GroupProps): ReactElement | null {
  const items = catalog.filter((item) => item.origin === origin)
  if (items.length === 0) return null
  return (
    <section aria-label={name}>
      <h3>{name}</h3>
      <ul className="chooser-list">
        {items.map((item) => (
          <li key={item.file}>
            <button
              type="button"
              aria-current={item === chosen}
              onClick={() => onChoose(item)}
              data-testid="catalog-item"
            >
              <span className="chooser-title">{item.title}</span>
              <span className="chooser-size">
                {item.tokens !== null
                  ? `${shortTokens(item.tokens)} tokens`
                  : item.bytes !== null
                    ? fileSize(item.bytes)
                    : ''}
              </span>
              {item.description !== '' && (
                <span className="chooser-description">{item.description}</span>
              )}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
