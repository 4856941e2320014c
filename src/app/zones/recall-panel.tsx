import type { ReactElement } from 'react'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { Session } from '../../client/session.ts'
import type { PayloadPlace, RecallResult } from '../../protocol/requests.ts'
import type { Problem } from '../view/error-advice.ts'
import { describeProblem } from '../view/error-advice.ts'
import { readRecallQuery } from '../../widget/view/recall-query.ts'
import { fullTokens } from '../view/token-format.ts'
import { MessageTexts } from './message-texts.tsx'
import { PayloadView } from './payload-view.tsx'
import { ProblemBanner } from './problem-banner.tsx'
import { RecallHits } from './recall-hits.tsx'

interface RecallPanelProps {
  readonly session: Session | null
  /** Words to begin with; empty for none. */
  readonly words: string
  readonly onOpenMessage: (seq: number) => void
}

type Answer =
  | { readonly result: RecallResult }
  | { readonly place: PayloadPlace }
  | { readonly problem: Problem }
  | 'asking'
  | null

/** Choices for the most tokens of all passages together; 0 for no bound but a number of messages. */
const TOKEN_CHOICES = [0, 500, 1_000, 2_000, 4_000, 8_000]
/** Most messages found by words where no tokens are given. */
const MOST_HITS = 30

/** Brings back anything moved out, by words, by range, or by artifact. */
export function RecallPanel({ session, words, onOpenMessage }: RecallPanelProps): ReactElement {
  const [typed, setTyped] = useState(words)
  const [tokens, setTokens] = useState(0)
  const [answer, setAnswer] = useState<Answer>(null)
  const newest = useRef(0)
  const ask = (budget = tokens): void => {
    const query = readRecallQuery(typed)
    if (session === null || query === null) return
    const own = ++newest.current
    const settle = (settled: Answer): void => {
      if (own === newest.current) setAnswer(settled)
    }
    if (typeof query !== 'string' && ('artifact' in query || 'seq' in query)) {
      settle({ place: query })
      return
    }
    setAnswer('asking')
    session.recall(query, budget > 0 ? { tokens: budget } : { limit: MOST_HITS }).then(
      (result) => settle({ result }),
      (error: unknown) => settle({ problem: describeProblem(error) }),
    )
  }
  const onFirst = useEffectEvent(() => ask())
  useEffect(() => {
    if (words !== '') onFirst()
  }, [words])
  return (
    <div className="recall">
      <RecallForm
        typed={typed}
        tokens={tokens}
        disabled={session === null}
        onType={setTyped}
        onTokens={(budget) => {
          setTokens(budget)
          if (answer !== null) ask(budget)
        }}
        onAsk={() => ask()}
      />
      <div data-testid="recall-results" aria-live="polite" aria-busy={answer === 'asking'}>
        {answer === null && (
          <p className="empty">
            Everything ever said is still here, folded or not. Ask for words, a range of messages
            (12-40), a part of one (#12.0), or an artifact by its hash.
          </p>
        )}
        {answer === 'asking' && <div className="skeleton" />}
        {answer !== null && answer !== 'asking' && (
          <Answered
            answer={answer}
            session={session}
            typed={typed}
            onAgain={() => ask()}
            onOpenMessage={onOpenMessage}
          />
        )}
      </div>
    </div>
  )
}

interface RecallFormProps {
  readonly typed: string
  readonly tokens: number
  readonly disabled: boolean
  readonly onType: (typed: string) => void
  readonly onTokens: (tokens: number) => void
  readonly onAsk: () => void
}

function RecallForm(props: RecallFormProps): ReactElement {
  const { typed, tokens, disabled, onType, onTokens, onAsk } = props
  return (
    <form
      className="recall-form"
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        onAsk()
      }}
    >
      <input
        type="search"
        value={typed}
        onChange={(event) => onType(event.target.value)}
        placeholder="words, “a phrase”, 12-40"
        aria-label="Recall by words, range or artifact"
        disabled={disabled}
        data-testid="recall"
      />
      <button type="submit" className="plain" disabled={disabled || typed.trim() === ''}>
        Recall
      </button>
      <label className="recall-budget">
        Most tokens
        <select
          value={tokens}
          disabled={disabled}
          data-testid="recall-tokens"
          onChange={(event) => onTokens(Number(event.target.value))}
        >
          {TOKEN_CHOICES.map((choice) => (
            <option key={choice} value={choice}>
              {choice === 0 ? 'as many as it takes' : fullTokens(choice)}
            </option>
          ))}
        </select>
      </label>
    </form>
  )
}

interface AnsweredProps {
  readonly answer: Exclude<Answer, 'asking' | null>
  readonly session: Session | null
  readonly typed: string
  readonly onAgain: () => void
  readonly onOpenMessage: (seq: number) => void
}

function Answered(props: AnsweredProps): ReactElement | null {
  const { answer, session, onOpenMessage } = props
  if ('problem' in answer)
    return <ProblemBanner problem={answer.problem} onDismiss={null} onRetry={props.onAgain} />
  if ('place' in answer)
    return session === null ? null : (
      <PayloadView
        key={JSON.stringify(answer.place)}
        session={session}
        place={answer.place}
        name="the payload"
      />
    )
  const { result } = answer
  if (result.kind === 'hits') return <RecallHits hits={result.hits} onOpenMessage={onOpenMessage} />
  if (result.kind === 'artifact' || result.kind === 'slice') return null
  return <MessageTexts messages={result.messages} onOpenMessage={onOpenMessage} />
}
