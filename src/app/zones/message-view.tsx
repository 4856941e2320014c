import type { MemoExoticComponent, ReactElement, ReactNode } from 'react'
import { memo } from 'react'
import type { Part } from '../../core/session/message.ts'
import type { LogItem } from '../run/message-log.ts'
import type { Standing } from '../view/message-facts.ts'
import { speakerOf, STANDING_NAMES } from '../view/message-facts.ts'
import { OUTPUT_HEAD, PROSE_HEAD } from '../view/text-pages.ts'
import { shortTokens } from '../view/token-format.ts'
import { Icon } from './icon.tsx'
import { PagedText } from './paged-text.tsx'

interface MessageViewProps {
  readonly item: LogItem
  readonly standing: Standing
  readonly onPin: (seq: number, pinned: boolean) => void
  readonly onRetry: (key: string) => void
  readonly actions?: ((item: LogItem) => ReactNode) | undefined
}

/** One message of the log. Its content is untrusted: drawn as text, never as markup, nothing loaded. */
export const MessageView: MemoExoticComponent<(props: MessageViewProps) => ReactElement> = memo(
  function MessageView({
    item,
    standing,
    onPin,
    onRetry,
    actions,
  }: MessageViewProps): ReactElement {
    const { seq, draft, tokens } = item
    const pinned = standing === 'pinned'
    const speaker = speakerOf(item)
    return (
      <article
        className="message"
        data-role={draft.role}
        data-standing={standing}
        aria-label={`${speaker}${seq === null ? '' : `, message ${seq}`}`}
      >
        <div className="gutter" aria-hidden="true">
          {seq ?? '…'}
        </div>
        <div className="message-body">
          <div className="message-head">
            <span className="speaker">{speaker}</span>
            {tokens !== null && <span className="tokens">{shortTokens(tokens)} tokens</span>}
            {STANDING_NAMES[standing] !== '' && (
              <span className="standing">{STANDING_NAMES[standing]}</span>
            )}
            {seq !== null && item.active && (
              <button
                type="button"
                className="quiet pin"
                aria-pressed={pinned}
                aria-label={pinned ? `Unpin message ${seq}` : `Pin message ${seq}`}
                title={pinned ? 'Unpin' : 'Pin: keep in every context'}
                onClick={() => onPin(seq, !pinned)}
              >
                <Icon name="pin" />
              </button>
            )}
            {actions?.(item)}
          </div>
          {draft.parts.map((part, index) => (
            <PartView key={index} part={part} />
          ))}
          {item.failed !== null && (
            <p className="failed" role="alert">
              Not in the log: {item.failed}{' '}
              <button type="button" className="link" onClick={() => onRetry(item.key)}>
                Append again
              </button>
            </p>
          )}
        </div>
      </article>
    )
  },
)

function PartView({ part }: { readonly part: Part }): ReactElement | null {
  switch (part.type) {
    case 'text':
      return <PagedText text={part.text} head={PROSE_HEAD} kind="prose" />
    case 'reasoning':
      return (
        <details className="reasoning">
          <summary>Reasoning</summary>
          <PagedText text={part.text} head={PROSE_HEAD} kind="prose" />
        </details>
      )
    case 'tool-call':
      return (
        <div className="tool-call">
          <span className="tool-name">{part.name}</span>
          <code>{part.input.length > 400 ? `${part.input.slice(0, 400)} …` : part.input}</code>
        </div>
      )
    case 'tool-result':
      return (
        <div className={part.isError === true ? 'tool-result is-error' : 'tool-result'}>
          <PagedText text={part.output} head={OUTPUT_HEAD} kind="output" />
        </div>
      )
    case 'image':
    case 'file':
      return <p className="hint">[{part.type}, not loaded]</p>
    case 'approval-request':
      return <p className="hint">Approval asked for</p>
    case 'approval-response':
      return <p className="hint">{part.approved ? 'Approved' : 'Not approved'}</p>
  }
}
