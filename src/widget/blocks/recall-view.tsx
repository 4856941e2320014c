import type { ReactElement } from 'react'
import { partText, type Message, type Role } from '../../core/session/message.ts'
import type { RecallResult } from '../../protocol/requests.ts'
import type { TextLabels } from './clipped-text.tsx'
import { ClippedText } from './clipped-text.tsx'
import type { SourceLabels } from './source-list.tsx'
import { SourceList } from './source-list.tsx'

interface RecallViewProps {
  readonly result: RecallResult
  readonly labels: TextLabels & SourceLabels & { readonly roles: Readonly<Record<Role, string>> }
  readonly onOpenMessage: ((seq: number) => void) | undefined
}

/** What a recall brought back: hits by their passages, messages by their parts, a payload by its text. */
export function RecallView({ result, labels, onOpenMessage }: RecallViewProps): ReactElement {
  switch (result.kind) {
    case 'hits':
      return (
        <ol data-part="hits">
          {result.hits.map(({ seq, role, active, text, passages }) => (
            <li key={seq} data-part="hit" data-seq={seq} data-role={role} data-active={active}>
              <SourceList sources={[seq]} labels={labels} onOpenMessage={onOpenMessage} />{' '}
              <span data-part="role">{labels.roles[role]}</span>
              {(passages.length > 0 ? passages : [{ offset: 0, text }]).map((passage) => (
                <ClippedText key={passage.offset} text={passage.text} labels={labels} />
              ))}
            </li>
          ))}
        </ol>
      )
    case 'artifact':
    case 'slice':
      return <ClippedText text={result.text} labels={labels} most={4_000} />
    case 'messages':
    case 'sources':
      return (
        <ol data-part="messages">
          {result.messages.map((message) => (
            <li
              key={message.seq}
              data-part="message"
              data-seq={message.seq}
              data-role={message.role}
              data-active={message.active}
            >
              <SourceList sources={[message.seq]} labels={labels} onOpenMessage={onOpenMessage} />{' '}
              <span data-part="role">{labels.roles[message.role]}</span>
              <MessageText message={message} labels={labels} />
            </li>
          ))}
        </ol>
      )
  }
}

interface MessageTextProps {
  readonly message: Message
  readonly labels: TextLabels
}

/** The text of a message, part by part. */
export function MessageText({ message, labels }: MessageTextProps): ReactElement {
  return (
    <>
      {message.parts.map((one, index) => {
        const text = partText(one)
        // Parts are immutable: their places are their names.
        return text === '' ? null : (
          <div key={`${index} ${one.type}`} data-part="message-part" data-type={one.type}>
            <ClippedText text={text} labels={labels} />
          </div>
        )
      })}
    </>
  )
}
