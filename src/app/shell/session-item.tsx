import type { ReactElement, SubmitEvent } from 'react'
import { useRef, useState } from 'react'
import { focusOn } from '../hooks/focus-on.ts'
import { readTags, whenText, type KeptSession } from '../keep/kept-session.ts'
import type { Keep } from '../keep/keep-world.ts'
import { shortTokens } from '../view/token-format.ts'
import { Icon } from '../zones/icon.tsx'
import { hashOf } from './route.ts'

interface SessionItemProps {
  readonly session: KeptSession
  readonly keep: Keep
  readonly isCurrent: boolean
  readonly now: number
  readonly locale: string
  readonly onDelete: (session: KeptSession) => void
  readonly onExport: (session: KeptSession) => void
}

type Mode = 'closed' | 'menu' | 'rename' | 'tags'

/** A session in the list: what it is, and what can be done with it. */
export function SessionItem(props: SessionItemProps): ReactElement {
  const { session, keep, now } = props
  const [mode, setMode] = useState<Mode>('closed')
  const more = useRef<HTMLButtonElement>(null)
  // What had the focus goes away; a dialog that follows gives it back to this button as well.
  const close = (): void => {
    more.current?.focus()
    setMode('closed')
  }
  const panel = `actions-${session.id}`
  return (
    <li className="kept" data-testid="kept-session" data-current={props.isCurrent}>
      <div className="kept-row">
        {mode === 'rename' ? (
          <NameForm
            label="Title"
            value={session.title || session.name}
            onDone={(title) => {
              close()
              if (title !== null) void keep.rename(session.id, title)
            }}
          />
        ) : (
          <a
            className="kept-link"
            href={hashOf({ page: 'session', id: session.id, seq: null })}
            aria-current={props.isCurrent ? 'page' : undefined}
          >
            <bdi className="kept-name">{session.name}</bdi>
            <span className="kept-facts">
              <span>{whenText(session.updatedAt, now, props.locale)}</span>
              <span>{shortTokens(session.tokens)} tokens</span>
              {session.pending > 0 && <span data-testid="kept-pending">not sent yet</span>}
              {session.tags.map((tag) => (
                <bdi key={tag} className="tag">
                  {tag}
                </bdi>
              ))}
            </span>
          </a>
        )}
        <button
          type="button"
          ref={more}
          className="quiet kept-more"
          aria-expanded={mode === 'menu'}
          aria-controls={panel}
          aria-label={`What to do with ${session.name}`}
          onClick={() => (mode === 'closed' ? setMode('menu') : close())}
          data-testid="kept-more"
        >
          <Icon name={mode === 'closed' ? 'more' : 'close'} />
        </button>
      </div>
      {mode === 'tags' && (
        <NameForm
          label="Tags, separated by commas"
          value={session.tags.join(', ')}
          onDone={(typed) => {
            close()
            if (typed !== null) void keep.setTags(session.id, readTags(typed))
          }}
        />
      )}
      <div id={panel} hidden={mode !== 'menu'} className="kept-actions">
        {mode === 'menu' && <Actions {...props} onMode={setMode} onClose={close} />}
      </div>
    </li>
  )
}

function Actions({
  session,
  keep,
  onMode,
  onClose,
  onDelete,
  onExport,
}: SessionItemProps & {
  readonly onMode: (mode: Mode) => void
  readonly onClose: () => void
}): ReactElement {
  const act = (work: () => void) => (): void => {
    onClose()
    work()
  }
  return (
    <>
      <button type="button" className="quiet" onClick={() => onMode('rename')} ref={focusOn}>
        Rename
      </button>
      <button type="button" className="quiet" onClick={() => onMode('tags')}>
        Tags
      </button>
      <button
        type="button"
        className="quiet"
        onClick={act(() => void keep.archive(session.id, !session.archived))}
      >
        {session.archived ? 'Take out of the archive' : 'Archive'}
      </button>
      <button type="button" className="quiet" onClick={act(() => onExport(session))}>
        Export
      </button>
      <button type="button" className="quiet danger" onClick={act(() => onDelete(session))}>
        Delete
      </button>
    </>
  )
}

interface NameFormProps {
  readonly label: string
  readonly value: string
  /** Null if a person thought better of it. */
  readonly onDone: (value: string | null) => void
}

function NameForm({ label, value, onDone }: NameFormProps): ReactElement {
  const [typed, setTyped] = useState(value)
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    onDone(typed)
  }
  return (
    <form className="kept-form" onSubmit={submit}>
      <input
        ref={selectAll}
        aria-label={label}
        placeholder={label}
        value={typed}
        maxLength={500}
        dir="auto"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          onDone(null)
        }}
        data-testid="kept-input"
      />
      <button type="submit" className="plain">
        Save
      </button>
    </form>
  )
}

function selectAll(input: HTMLInputElement | null): void {
  input?.select()
}
