import type { ReactElement, ReactNode } from 'react'
import type { Message } from '../../../core/session/message.ts'
import type { Chat, MessageItem } from '../../chat/chat.ts'
import { Icon } from '../icon.tsx'
import { useView } from '../view-settings.ts'
import { cutMark } from './cut-mark.ts'
import { MessageActions } from './message-actions.tsx'
import { MessageParts } from './message-parts.tsx'

interface MessageViewProps {
  readonly chat: Chat
  readonly item: MessageItem
  readonly actions: ((message: Message) => ReactNode) | undefined
}

/** A message with who said it, what, and what can be done with it. */
export function MessageView({ chat, item, actions }: MessageViewProps): ReactElement {
  const { labels } = useView()
  const { message, isPinned } = item
  const time = labels.time(message.at)
  const cut = cutMark(message)
  return (
    <div className="bf-message" part={`message ${message.role}`} data-role={message.role}>
      <header className="bf-byline" part="byline">
        <span className="bf-who">{labels.roles[message.role]}</span>
        {time !== '' && (
          <time dateTime={new Date(message.at).toISOString()} title={labels.fullTime(message.at)}>
            {time}
          </time>
        )}
        {isPinned && (
          <span className="bf-badge" part="pinned">
            <Icon name="pin" />
            {labels.pinned}
          </span>
        )}
      </header>
      <div className="bf-body" part="body">
        <MessageParts message={message} />
        {cut !== null && (
          <p className="bf-stopped" part="stopped">
            {cut === 'stopped' ? labels.stopped : labels.brokeOff}
          </p>
        )}
      </div>
      <MessageActions chat={chat} item={item} more={actions?.(message)} />
    </div>
  )
}
