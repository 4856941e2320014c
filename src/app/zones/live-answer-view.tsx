import type { ReactElement } from 'react'
import type { LiveFailure } from '../../widget/chat/ask/live-failure.ts'
import type { LiveAnswer } from '../live/live-host.ts'
import { PROSE_HEAD } from '../view/text-pages.ts'
import { PagedText } from './paged-text.tsx'

interface LiveAnswerViewProps {
  readonly answer: LiveAnswer | null
  readonly failure: LiveFailure | null
  readonly onAskAgain: (() => void) | null
}

const PHASES = {
  folding: 'Assembling the context',
  waiting: 'Waiting for the model',
  answering: 'Answering',
} as const

/** The answer on its way, or why it did not come. */
export function LiveAnswerView(props: LiveAnswerViewProps): ReactElement | null {
  const { answer, failure } = props
  if (answer !== null && answer.phase !== 'appending') {
    const { text, reasoning } = answer.completion
    return (
      <div className="live-answer" data-testid="live-answer" aria-busy="true">
        <p className="live-phase">
          {PHASES[answer.phase]} …
          {text === '' && reasoning !== '' && ` (${reasoning.length} characters of reasoning)`}
        </p>
        {text !== '' && (
          // While it grows, the end is what is read.
          <PagedText
            text={text.slice(-6_000)}
            head={{ ...PROSE_HEAD, chars: 6_000, lines: 200 }}
            kind="prose"
          />
        )}
      </div>
    )
  }
  if (failure === null) return null
  return (
    <div className="live-failure" role="alert" data-testid="live-failure">
      <p>
        <strong>{failure.title}.</strong> {failure.advice}
      </p>
      {failure.said !== '' && <p className="said">“{failure.said}”</p>}
      {props.onAskAgain !== null && (
        <button type="button" className="plain" onClick={props.onAskAgain}>
          Ask again
        </button>
      )}
    </div>
  )
}
