import type { ReactElement } from 'react'
import { useState } from 'react'
import { usePaced } from '../hooks/use-paced.ts'
import { useRequest } from '../hooks/use-request.ts'
import type { LadderState, SummariserLadder } from '../run/summariser-ladder.ts'
import { clockTime, fullTokens } from '../view/token-format.ts'
import { PagedText } from './paged-text.tsx'
import { ProblemBanner } from './problem-banner.tsx'

interface SentListProps {
  readonly ladder: SummariserLadder
  readonly status: LadderState['status']
}

/** Least time between two readings while calls go out, in milliseconds. */
const READ_EVERY_MS = 1_000
const ORDERS = { lines: 3, chars: 240 }
const QUOTED = { lines: 8, chars: 700 }

/** What left the device, as it was sent, the newest first. */
export function SentList({ ladder, status }: SentListProps): ReactElement {
  const [asked, setAsked] = useState(0)
  const calls = status.steps.map(({ spend }) => spend.calls).join()
  const revision = usePaced(`${calls} ${status.events.length}`, READ_EVERY_MS)
  const { value, problem, loading } = useRequest(`${revision} ${asked}`, () => ladder.sent())
  const again = (): void => setAsked((before) => before + 1)
  return (
    <div className="sent">
      <p className="hint">
        What was sent over the network since the ladder was chosen, with secrets masked. A server on
        this device is asked in the clear, and what it is asked is not listed.
      </p>
      <div className="button-row">
        <button
          type="button"
          className="plain"
          onClick={again}
          disabled={loading}
          data-testid="refresh-sent"
        >
          Refresh
        </button>
      </div>
      {problem !== null && <ProblemBanner problem={problem} onDismiss={null} onRetry={again} />}
      {value === null && problem === null && <div className="skeleton" aria-busy="true" />}
      {value !== null && value.length === 0 && (
        <p className="empty">Nothing has left this device.</p>
      )}
      {value !== null && value.length > 0 && (
        <ol data-testid="sent">
          {value.toReversed().map(({ at, model, system, prompt }, index) => (
            <li key={value.length - index} className="memory-item" data-testid="sent-request">
              <h3>{model}</h3>
              <p className="hint">
                <time>{clockTime(at)}</time>, {fullTokens(system.length + prompt.length)} characters
              </p>
              <PagedText text={system} head={ORDERS} kind="prose" />
              <PagedText text={prompt} head={QUOTED} kind="output" />
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}
