import type { ReactElement, ReactNode, Ref } from 'react'
import { useCallback, useImperativeHandle, useMemo, useState } from 'react'
import type { Message } from '../../../core/session/message.ts'
import { useObservable } from '../../hooks/use-observable.ts'
import type { Chat } from '../../chat/chat.ts'
import type { ChatLabels } from '../labels/chat-labels.ts'
import { ENGLISH } from '../labels/english.ts'
import type { AllowImages } from '../markdown/judge-image.ts'
import { ViewContext } from '../view-settings.ts'
import { Empty } from './empty-view.tsx'
import type { Row } from './lay-out-rows.ts'
import { lastRows, layOutRows } from './lay-out-rows.ts'
import { LiveRegion } from './live-region.tsx'
import { keyOf, moveFocus } from './move-focus.ts'
import { RowArticle } from './row-article.tsx'
import { ToEnd } from './to-end.tsx'
import { useOlder } from './use-older.ts'
import { useReveal } from './use-reveal.ts'
import { useRows } from './use-rows.ts'

/** What a host can have the conversation do. */
export interface ConversationHandle {
  /** Scrolls to a message and focuses it, opening the folds that hide it. False where there is none. */
  reveal(seq: number): Promise<boolean>
  toEnd(): void
}

export interface ChatConversationProps {
  readonly chat: Chat
  /** English by default. */
  readonly labels?: ChatLabels | undefined
  /** `none` by default: an image of another host is loaded when a person presses its button. */
  readonly allowImages?: AllowImages | undefined
  /** Stands where nothing was said yet. */
  readonly empty?: ReactNode
  /** More actions of a message, behind ours. The same function at every rendering. */
  readonly actions?: ((message: Message) => ReactNode) | undefined
  /** Nothing that changes the conversation is offered; false by default. */
  readonly isReadOnly?: boolean | undefined
  /** Something stands over it: keys and screen readers pass it by; false by default. */
  readonly isCovered?: boolean | undefined
  /** The session is still being opened. */
  readonly isLoading?: boolean | undefined
  readonly handle?: Ref<ConversationHandle> | undefined
  readonly className?: string | undefined
}

/**
 * The conversation: messages, tool calls, folds and branches, and the answer on its way. Draws only what is in view.
 *
 * @see SPEC.md rules VIEW1 to VIEW10
 */
export function ChatConversation(props: ChatConversationProps): ReactElement {
  const { chat, labels = ENGLISH, allowImages = 'none', isReadOnly = false } = props
  const { empty, actions, handle } = props
  const state = useObservable(chat.state)
  const [open, setOpen] = useState<ReadonlySet<number>>(() => new Set())
  const [focused, setFocused] = useState<string | null>(null)
  const { items, answer, failure, hasOlder } = state
  // Apart, because an answer comes in many pieces, and what was said before may be much.
  const { rows: said, isTopHidden } = useMemo(() => layOutRows(items, open), [items, open])
  const last = useMemo(() => lastRows({ answer, failure }), [answer, failure])
  const { rows, list, scroller, isAtEnd, hasNews, toEnd } = useRows(said, last, focused)
  const { reveal, focusRow } = useReveal(chat, list, rows, setOpen, scroller)
  useImperativeHandle(handle, () => ({ reveal, toEnd }), [reveal, toEnd])
  const onReveal = useCallback((seq: number) => void reveal(seq), [reveal])
  const onToggle = useCallback((generation: number) => {
    setOpen((before) => {
      const after = new Set(before)
      if (!after.delete(generation)) after.add(generation)
      return after
    })
  }, [])
  useOlder(chat, scroller, hasOlder && !isTopHidden, items)
  const settings = useMemo(
    () => ({ labels, allowImages, isReadOnly }),
    [labels, allowImages, isReadOnly],
  )
  const isEmpty = rows.length === 0
  return (
    <ViewContext.Provider value={settings}>
      <section
        className={`bf-conversation ${props.className ?? ''}`}
        part="conversation"
        lang={labels.locale}
        dir={labels.direction}
      >
        {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- it has a role, either one */}
        <div
          ref={scroller}
          className="bf-scroller"
          part="scroller"
          inert={props.isCovered === true}
          // A feed without articles is none.
          role={isEmpty ? 'region' : 'feed'}
          tabIndex={0}
          aria-label={labels.conversation}
          aria-busy={props.isLoading === true}
          onKeyDown={(event) => moveFocus(event, scroller.current, rows, focusRow)}
          onFocus={({ target }) => setFocused(keyOf(target))}
          onBlur={() => setFocused(null)}
        >
          {hasOlder && !isTopHidden && <p className="bf-older">{labels.loadingOlder}</p>}
          {isEmpty && <Empty labels={labels} isLoading={props.isLoading === true} empty={empty} />}
          <div className="bf-rows" role="presentation" style={{ blockSize: list.getTotalSize() }}>
            {list.getVirtualItems().map(({ index, key, start }) => {
              const row = rows[index]
              return row === undefined ? null : (
                <RowArticle
                  key={key}
                  measure={list.measureElement}
                  place={{ index, start, count: hasOlder ? -1 : rows.length }}
                  chat={chat}
                  row={row}
                  isOpen={isOpenFold(row, open)}
                  onToggle={onToggle}
                  onReveal={onReveal}
                  actions={actions}
                />
              )
            })}
          </div>
        </div>
        {!isAtEnd && !isEmpty && props.isCovered !== true && (
          <ToEnd hasNews={hasNews} onPress={toEnd} />
        )}
        <LiveRegion state={state} labels={labels} />
      </section>
    </ViewContext.Provider>
  )
}

function isOpenFold(row: Row, open: ReadonlySet<number>): boolean {
  return row.kind === 'item' && row.item.kind === 'fold' && open.has(row.item.generation)
}
