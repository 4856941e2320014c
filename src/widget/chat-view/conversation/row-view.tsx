import type { NamedExoticComponent, ReactElement, ReactNode } from 'react'
import { memo } from 'react'
import type { Message } from '../../../core/session/message.ts'
import type { Chat } from '../../chat/chat.ts'
import { BranchView } from '../fold/branch-view.tsx'
import { FoldView } from '../fold/fold-view.tsx'
import { AnswerView } from './answer-view.tsx'
import { FailureCard } from './failure-card.tsx'
import type { Row } from './lay-out-rows.ts'
import { MessageView } from './message-view.tsx'
import { QueuedView } from './queued-view.tsx'
import { ToolLines } from './tool-lines.tsx'

export interface RowViewProps {
  readonly chat: Chat
  readonly row: Row
  /** Of a fold: its originals are drawn. */
  readonly isOpen: boolean
  readonly onToggle: (generation: number) => void
  readonly onReveal: (seq: number) => void
  readonly actions: ((message: Message) => ReactNode) | undefined
}

/** What is in a row; drawn anew only when that changes. */
export const RowView: NamedExoticComponent<RowViewProps> = memo(function RowView(
  props: RowViewProps,
): ReactElement {
  const { chat, row, isOpen, onToggle, onReveal, actions } = props
  if (row.kind === 'answer') return <AnswerView chat={chat} answer={row.answer} />
  if (row.kind === 'failure') return <FailureCard chat={chat} failure={row.failure} />
  const { item } = row
  switch (item.kind) {
    case 'message':
      return <MessageView chat={chat} item={item} actions={actions} />
    case 'tools':
      return <ToolLines chat={chat} calls={item.calls} />
    case 'fold':
      return (
        <FoldView
          chat={chat}
          fold={item}
          isOpen={isOpen}
          onToggle={() => onToggle(item.generation)}
          onReveal={onReveal}
        />
      )
    case 'branch':
      return <BranchView chat={chat} branch={item} />
    case 'queued':
      return <QueuedView chat={chat} item={item} />
  }
}, isSame)

/** Rows are made anew with every change; what is in them mostly stays. */
function isSame(before: RowViewProps, after: RowViewProps): boolean {
  return (
    before.isOpen === after.isOpen &&
    before.chat === after.chat &&
    before.actions === after.actions &&
    before.onReveal === after.onReveal &&
    before.onToggle === after.onToggle &&
    contentOf(before.row) === contentOf(after.row)
  )
}

function contentOf(row: Row): unknown {
  return row.kind === 'item' ? row.item : row.kind === 'answer' ? row.answer : row.failure
}
