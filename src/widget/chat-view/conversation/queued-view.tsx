import type { ReactElement } from 'react'
import type { Chat, ChatItem } from '../../chat/chat.ts'
import { Icon } from '../icon.tsx'
import { useView } from '../view-settings.ts'
import { AttachmentList } from './attachment-view.tsx'

interface QueuedViewProps {
  readonly chat: Chat
  readonly item: Extract<ChatItem, { kind: 'queued' }>
}

/** What was written without a connection and waits for one. */
export function QueuedView({ chat, item }: QueuedViewProps): ReactElement {
  const { labels, isReadOnly } = useView()
  return (
    <div className="bf-message bf-queued" part="message queued" data-role="user">
      <header className="bf-byline" part="byline">
        <span className="bf-who">{labels.roles.user}</span>
        <span className="bf-badge" part="waiting">
          <Icon name="wait" />
          {labels.queued}
        </span>
      </header>
      <div className="bf-body" part="body">
        <p className="bf-plain" dir="auto">
          {item.text}
        </p>
        <AttachmentList files={item.attachments} />
      </div>
      {!isReadOnly && (
        <div className="bf-row">
          <button
            type="button"
            className="bf-button"
            part="unqueue"
            onClick={() => chat.unqueue(item.key)}
          >
            {labels.unqueue}
          </button>
        </div>
      )}
    </div>
  )
}
