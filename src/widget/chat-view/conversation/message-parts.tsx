import type { ReactElement } from 'react'
import type { Message, Part } from '../../../core/session/message.ts'
import { clipText } from '../../view/clip-text.ts'
import { useState } from 'react'
import { Icon } from '../icon.tsx'
import { MarkdownView } from '../markdown/markdown-view.tsx'
import { useView } from '../view-settings.ts'
import { isCutMark } from './cut-mark.ts'
import { AttachmentView, bytesOf } from './attachment-view.tsx'

/** What a message says, part by part. Its tool calls are lines of their own. */
export function MessageParts({ message }: { readonly message: Message }): ReactElement {
  const isWritten = message.role === 'assistant'
  return (
    <>
      {message.parts
        .filter((part) => !isCutMark(message, part))
        .map((part, index) => (
          // Parts are immutable: their places are their names.
          <PartView key={`${index} ${part.type}`} part={part} isMarkdown={isWritten} />
        ))}
    </>
  )
}

function PartView({ part, isMarkdown }: { part: Part; isMarkdown: boolean }): ReactElement | null {
  switch (part.type) {
    case 'text':
      return isMarkdown ? <MarkdownView text={part.text} /> : <PlainText text={part.text} />
    case 'reasoning':
      return <ReasoningView text={part.text} />
    case 'image':
      return (
        <AttachmentView
          name=""
          mediaType={part.mediaType ?? 'image/*'}
          url={part.url}
          bytes={null}
        />
      )
    case 'file':
      return (
        <AttachmentView
          name={part.name ?? ''}
          mediaType={part.mediaType ?? ''}
          url={part.url}
          bytes={bytesOf(part.url)}
        />
      )
    case 'tool-call':
    case 'tool-result':
    case 'approval-request':
    case 'approval-response':
      return null
  }
}

/** Characters that are drawn at first of what a person wrote or pasted. */
const MOST_PLAIN = 3_000

/** What people write, to the letter. */
function PlainText({ text }: { readonly text: string }): ReactElement {
  const { labels } = useView()
  const [most, setMost] = useState(MOST_PLAIN)
  const { shown, rest } = clipText(text, most)
  return (
    <>
      <p className="bf-plain" part="text" dir="auto">
        {shown}
      </p>
      {rest > 0 && (
        <button
          type="button"
          className="bf-button"
          part="show-rest"
          onClick={() => setMost(most * 10)}
        >
          {labels.showRest(rest)}
        </button>
      )}
    </>
  )
}

/** What a model thought before it spoke: folded away, as text. */
export function ReasoningView({ text }: { readonly text: string }): ReactElement | null {
  const { labels } = useView()
  const [isOpen, setOpen] = useState(false)
  if (text.trim() === '') return null
  return (
    <div className="bf-reasoning" part="reasoning">
      <button
        type="button"
        className="bf-tool-head"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="thought" />
        {labels.reasoning}
      </button>
      {isOpen && <PlainText text={text} />}
    </div>
  )
}
