import type { ReactElement } from 'react'
import { useState } from 'react'
import type { Message } from '../../core/session/message.ts'
import { textOf } from '../../core/session/message.ts'
import { PagedText } from './paged-text.tsx'
import { SourceLinks } from './source-links.tsx'

interface MessageTextsProps {
  readonly messages: readonly Message[]
  readonly onOpenMessage: (seq: number) => void
}

const HEAD = { lines: 6, chars: 500 }
/** Messages drawn at first, and more each time they are asked for. */
const MESSAGES_DRAWN = 30

/** Messages of the log as recall brings them back, each with the way to its place. */
export function MessageTexts({ messages, onOpenMessage }: MessageTextsProps): ReactElement {
  const [drawn, setDrawn] = useState(MESSAGES_DRAWN)
  if (messages.length === 0) return <p className="empty">Nothing found.</p>
  return (
    <>
      <ol className="hits">
        {messages.slice(0, drawn).map((message) => (
          <li key={message.seq}>
            <div className="hit-head">
              <SourceLinks sources={[message.seq]} onOpen={onOpenMessage} /> {message.role}
              {!message.active && <span className="standing">off the active path</span>}
            </div>
            <PagedText text={textOf(message)} head={HEAD} kind="output" />
          </li>
        ))}
      </ol>
      {messages.length > drawn && (
        <button type="button" className="plain" onClick={() => setDrawn(drawn + MESSAGES_DRAWN)}>
          Show {Math.min(MESSAGES_DRAWN, messages.length - drawn)} more of {messages.length}
        </button>
      )}
    </>
  )
}
