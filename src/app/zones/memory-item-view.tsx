import type { ReactElement } from 'react'
import { useRef, useState } from 'react'
import type { Session } from '../../client/session.ts'
import type { ItemAction, MemoryItem } from '../view/memory-item.ts'
import { ACTION_NAMES, FINAL_ACTIONS } from '../view/memory-item.ts'
import { focusOn } from '../hooks/focus-on.ts'
import { pageText } from '../view/text-pages.ts'
import { ItemEditor } from './item-editor.tsx'
import { LineSources } from './line-sources.tsx'
import { PagedText } from './paged-text.tsx'
import { PayloadView } from './payload-view.tsx'
import { SourceLinks } from './source-links.tsx'

interface MemoryItemViewProps {
  readonly item: MemoryItem
  readonly session: Session
  readonly onAct: (action: ItemAction, text: string) => Promise<void>
  readonly onOpenMessage: (seq: number) => void
}

const HEAD = { lines: 5, chars: 420 }
const NOTES = { lines: 3, chars: 240 }
const TITLE = { lines: 1, chars: 200 }
const NAME = { lines: 1, chars: 90 }

/** What is unfolded below an item: an editor, a question, what it holds, or what it comes from. */
type Unfolded = ItemAction | 'sources' | null

/** One thing that is stored, with what it comes from and what can be done to it. */
export function MemoryItemView(props: MemoryItemViewProps): ReactElement {
  const { item, session, onOpenMessage } = props
  const [unfolded, setUnfolded] = useState<Unfolded>(null)
  const [busy, setBusy] = useState(false)
  const buttons = useRef<HTMLDivElement>(null)
  const name = cutTo([item.title, item.detail].filter((text) => text !== '').join(': '), NAME)
  const act = async (action: ItemAction, text: string): Promise<void> => {
    setUnfolded(null)
    setBusy(true)
    await props.onAct(action, text)
    setBusy(false)
  }
  const fold = (): void => {
    setUnfolded(null)
    // What had the focus is gone: it goes back to where it came from.
    buttons.current?.querySelector<HTMLElement>(`[data-action="${unfolded}"]`)?.focus()
  }
  return (
    <li className="memory-item" data-testid="memory-item" aria-busy={busy}>
      <ItemHead item={item} />
      {item.detail !== '' && <PagedText text={item.detail} head={HEAD} kind="prose" />}
      {item.notes.length > 0 && (
        <div className="hint">
          <PagedText text={item.notes.join(' · ')} head={NOTES} kind="prose" />
        </div>
      )}
      <div className="memory-foot" ref={buttons}>
        <SourceLinks sources={item.sources} onOpen={onOpenMessage} />
        <ItemButtons
          item={item}
          name={name}
          unfolded={unfolded}
          busy={busy}
          onUnfold={(part) => setUnfolded(unfolded === part ? null : part)}
          onAct={(action) => void act(action, '')}
        />
      </div>
      {unfolded === 'open' && item.place !== undefined && (
        <PayloadView session={session} place={item.place} name={name} />
      )}
      {unfolded === 'sources' && (
        <LineSources session={session} lines={item.lines ?? []} onOpenMessage={onOpenMessage} />
      )}
      {(unfolded === 'edit' || unfolded === 'rename') && (
        <ItemEditor
          text={item.editable?.[unfolded] ?? item.detail}
          name={`${ACTION_NAMES[unfolded]} ${name}`}
          isLine={unfolded === 'rename'}
          onSave={(text) => void act(unfolded, text)}
          onCancel={fold}
        />
      )}
      {unfolded !== null && unfolded !== 'sources' && FINAL_ACTIONS.has(unfolded) && (
        <Question action={unfolded} name={name} onYes={() => void act(unfolded, '')} onNo={fold} />
      )}
    </li>
  )
}

interface ItemButtonsProps {
  readonly item: MemoryItem
  readonly name: string
  readonly unfolded: Unfolded
  readonly busy: boolean
  readonly onUnfold: (part: Unfolded) => void
  readonly onAct: (action: ItemAction) => void
}

function ItemButtons(props: ItemButtonsProps): ReactElement {
  const { item, name, unfolded, busy, onUnfold, onAct } = props
  return (
    <>
      {item.lines !== undefined && (
        <button
          type="button"
          className="link"
          aria-expanded={unfolded === 'sources'}
          aria-label={`Show the sources of ${name}`}
          onClick={() => onUnfold('sources')}
        >
          Show the sources
        </button>
      )}
      {item.actions.map((action) => (
        <button
          key={action}
          type="button"
          className="link"
          disabled={busy}
          aria-label={`${ACTION_NAMES[action]} ${name}`}
          aria-expanded={asksFirst(action) ? unfolded === action : undefined}
          data-action={action}
          data-testid={`item-${action}`}
          onClick={() => (asksFirst(action) ? onUnfold(action) : onAct(action))}
        >
          {ACTION_NAMES[action]}
        </button>
      ))}
    </>
  )
}

interface QuestionProps {
  readonly action: ItemAction
  readonly name: string
  readonly onYes: () => void
  readonly onNo: () => void
}

/** Asks once more before something is gone for good. */
function Question({ action, name, onYes, onNo }: QuestionProps): ReactElement {
  return (
    <div className="memory-question" role="group" aria-label={`${ACTION_NAMES[action]} ${name}`}>
      <p>This cannot be undone.</p>
      <button
        type="button"
        className="plain"
        ref={focusOn}
        onClick={onYes}
        data-testid={`confirm-${action}`}
      >
        {ACTION_NAMES[action]} for good
      </button>
      <button type="button" className="plain" onClick={onNo}>
        Keep
      </button>
    </div>
  )
}

function ItemHead({ item: { title, status } }: { readonly item: MemoryItem }): ReactElement | null {
  if (title === '' && status === null) return null
  return (
    <div className="memory-head">
      {title !== '' && <h4>{cutTo(title, TITLE)}</h4>}
      {status !== null && (
        <span className="status" data-tone={status.tone}>
          {status.text}
        </span>
      )}
    </div>
  )
}

/** Whether something is unfolded first, instead of being done at once. */
function asksFirst(action: ItemAction): boolean {
  return action === 'open' || action === 'edit' || action === 'rename' || FINAL_ACTIONS.has(action)
}

function cutTo(text: string, size: { readonly lines: number; readonly chars: number }): string {
  const { head, long } = pageText(text, size)
  return long ? `${head}…` : head
}
