import type { ReactElement } from 'react'
import type { Chat, ChatAnswer } from '../../chat/chat.ts'
import { MarkdownView } from '../markdown/markdown-view.tsx'
import { useView } from '../view-settings.ts'
import { ReasoningView } from './message-parts.tsx'
import { ToolLines } from './tool-lines.tsx'

/** The answer on its way, with what is going on in words. */
export function AnswerView({ chat, answer }: { chat: Chat; answer: ChatAnswer }): ReactElement {
  const { labels } = useView()
  const { phase, text, reasoning, calls } = answer
  return (
    <div
      className="bf-message"
      part="message assistant answer"
      data-role="assistant"
      aria-busy="true"
    >
      <header className="bf-byline" part="byline">
        <span className="bf-who">{labels.roles.assistant}</span>
        <span className="bf-phase" part="phase" data-phase={phase}>
          {labels.phases[phase]}
        </span>
      </header>
      <div className="bf-body" part="body">
        <ReasoningView text={reasoning} />
        {calls.length > 0 && <ToolLines chat={chat} calls={calls} />}
        {text !== '' && <MarkdownView text={text} isGrowing />}
        <span className="bf-caret" part="caret" aria-hidden="true" />
      </div>
    </div>
  )
}
