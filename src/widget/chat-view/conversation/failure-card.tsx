import type { ReactElement } from 'react'
import { ClippedText } from '../../blocks/clipped-text.tsx'
import type { Chat, ChatFailure } from '../../chat/chat.ts'
import { Icon } from '../icon.tsx'
import { plainCode } from '../markdown/plain-name.ts'
import { useView } from '../view-settings.ts'
import { textLabels } from './tool-lines.tsx'

/** Why there is no answer, and the way on. What a server said is text, whatever it looks like. */
export function FailureCard({ chat, failure }: { chat: Chat; failure: ChatFailure }): ReactElement {
  const { labels, isReadOnly } = useView()
  const [title, advice] = labels.failureWords(failure)
  return (
    <div className="bf-failure" part="failure">
      <Icon name="alert" />
      <div className="bf-failure-words">
        <strong dir="auto">{title}</strong>
        <p dir="auto">{advice}</p>
        {failure.said !== '' && (
          <details part="said">
            <summary>{labels.said}</summary>
            <ClippedText text={plainCode(failure.said)} labels={textLabels(labels)} />
          </details>
        )}
        <div className="bf-row">
          {failure.canRetry && !isReadOnly && (
            <button
              type="button"
              className="bf-button bf-primary"
              part="retry"
              onClick={() => void chat.retry()}
            >
              {labels.retry}
            </button>
          )}
          <button type="button" className="bf-button" part="dismiss" onClick={() => chat.dismiss()}>
            {labels.dismiss}
          </button>
        </div>
      </div>
    </div>
  )
}
