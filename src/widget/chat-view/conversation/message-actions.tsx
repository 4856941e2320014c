import type { ReactElement, ReactNode } from 'react'
import { useState } from 'react'
import type { Message } from '../../../core/session/message.ts'
import type { Chat, MessageItem } from '../../chat/chat.ts'
import { CopyButton } from '../copy-button.tsx'
import type { IconName } from '../icon.tsx'
import { Icon } from '../icon.tsx'
import { useView } from '../view-settings.ts'

interface MessageActionsProps {
  readonly chat: Chat
  readonly item: MessageItem
  /** Of the host, behind ours. */
  readonly more: ReactNode
}

/**
 * What can be done with a message. The rarer ones are behind “more”.
 *
 * @see SPEC.md rule VIEW9
 */
export function MessageActions({ chat, item, more }: MessageActionsProps): ReactElement {
  const { labels, isReadOnly } = useView()
  const [isOpen, setOpen] = useState(false)
  const { message, isPinned, isNewest, rating } = item
  const { seq, role } = message
  const isAnswer = role === 'assistant'
  return (
    <div className="bf-actions" part="actions" role="group" aria-label={labels.actions}>
      <CopyButton label={labels.copy} text={() => writtenText(message)} />
      {role === 'user' && !isReadOnly && (
        <Action name="edit" label={labels.edit} onPress={() => chat.edit(seq)} />
      )}
      {isAnswer && isNewest && !isReadOnly && (
        <Action
          name="regenerate"
          label={labels.regenerate}
          onPress={() => void chat.regenerate()}
        />
      )}
      {isAnswer && !isReadOnly && (
        <>
          <Action
            name="up"
            label={labels.goodAnswer}
            isPressed={rating === 'up'}
            onPress={() => void chat.rate(seq, rating === 'up' ? null : 'up')}
          />
          <Action
            name="down"
            label={labels.badAnswer}
            isPressed={rating === 'down'}
            onPress={() => void chat.rate(seq, rating === 'down' ? null : 'down')}
          />
        </>
      )}
      <Action
        name="more"
        label={labels.more}
        isExpanded={isOpen}
        onPress={() => setOpen(!isOpen)}
      />
      {isOpen && (
        <>
          {!isReadOnly && (
            <Action
              name="pin"
              label={isPinned ? labels.unpin : labels.pin}
              isPressed={isPinned}
              onPress={() => void chat.pin(seq, !isPinned)}
            />
          )}
          {more}
          <span className="bf-quiet bf-facts">
            <bdi>#{seq}</bdi>, {labels.fullTime(message.at)}
          </span>
        </>
      )}
    </div>
  )
}

interface ActionProps {
  readonly name: IconName
  readonly label: string
  readonly isPressed?: boolean
  readonly isExpanded?: boolean
  readonly onPress: () => void
}

function Action({ name, label, isPressed, isExpanded, onPress }: ActionProps): ReactElement {
  return (
    <button
      type="button"
      className="bf-tool"
      part={`action ${name}`}
      data-action={name}
      aria-label={label}
      title={label}
      aria-pressed={isPressed}
      aria-expanded={isExpanded}
      onClick={onPress}
    >
      <Icon name={name} />
    </button>
  )
}

/** What a message says, as it was written. */
function writtenText({ parts }: Message): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n')
}
