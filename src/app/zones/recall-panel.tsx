import type { ReactElement } from 'react'
import { useState } from 'react'
import type { Session } from '../../client/session.ts'
import { textOf } from '../../core/session/message.ts'
import type { RecallResult } from '../../protocol/requests.ts'
import type { Problem } from '../view/error-advice.ts'
import { describeProblem } from '../view/error-advice.ts'
import { readRecallQuery } from '../view/recall-query.ts'
import { PagedText } from './paged-text.tsx'
import { ProblemBanner } from './problem-banner.tsx'
import { SourceLinks } from './source-links.tsx'

interface RecallPanelProps {
  readonly session: Session | null
  readonly onOpenMessage: (seq: number) => void
}

type Answer = { readonly result: RecallResult } | { readonly problem: Problem } | 'asking' | null

/** Brings back anything moved out, by words, by range, or by artifact. */
export function RecallPanel({ session, onOpenMessage }: RecallPanelProps): ReactElement {
  const [typed, setTyped] = useState('')
  const [answer, setAnswer] = useState<Answer>(null)
  const ask = (): void => {
    const query = readRecallQuery(typed)
    if (session === null || query === null) return
    setAnswer('asking')
    session.recall(query, { limit: 30 }).then(
      (result) => setAnswer({ result }),
      (error: unknown) => setAnswer({ problem: describeProblem(error) }),
    )
  }
  return (
    <div className="recall">
      <form
        className="recall-form"
        role="search"
        onSubmit={(event) => {
          event.preventDefault()
          ask()
        }}
      >
        <input
          type="search"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          placeholder="words, or a range: 12-40"
          aria-label="Recall by words or range"
          disabled={session === null}
          data-testid="recall"
        />
        <button type="submit" className="plain" disabled={session === null || typed.trim() === ''}>
          Recall
        </button>
      </form>
      <div data-testid="recall-results" aria-live="polite" aria-busy={answer === 'asking'}>
        {answer === null && (
          <p className="empty">Everything ever said is still here, folded or not.</p>
        )}
        {answer === 'asking' && <div className="skeleton" />}
        {answer !== null && answer !== 'asking' && 'problem' in answer && (
          <ProblemBanner problem={answer.problem} onDismiss={null} onRetry={ask} />
        )}
        {answer !== null && answer !== 'asking' && 'result' in answer && (
          <Found result={answer.result} onOpenMessage={onOpenMessage} />
        )}
      </div>
    </div>
  )
}

interface FoundProps {
  readonly result: RecallResult
  readonly onOpenMessage: (seq: number) => void
}

const HEAD = { lines: 6, chars: 500 }

function Found({ result, onOpenMessage }: FoundProps): ReactElement {
  if (result.kind === 'artifact' || result.kind === 'slice')
    return <PagedText text={result.text} head={{ lines: 30, chars: 3_000 }} kind="output" />
  const rows =
    result.kind === 'hits'
      ? result.hits.map(({ seq, role, text, active }) => ({ seq, role, text, active }))
      : result.messages.map((message) => ({
          seq: message.seq,
          role: message.role,
          text: textOf(message),
          active: message.active,
        }))
  if (rows.length === 0) return <p className="empty">Nothing found.</p>
  return (
    <ol className="hits">
      {rows.map(({ seq, role, text, active }) => (
        <li key={seq}>
          <div className="hit-head">
            <SourceLinks sources={[seq]} onOpen={onOpenMessage} /> {role}
            {!active && <span className="standing">off the active path</span>}
          </div>
          <PagedText text={text} head={HEAD} kind="output" />
        </li>
      ))}
    </ol>
  )
}
