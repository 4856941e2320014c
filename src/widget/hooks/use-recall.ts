import type { Session } from '../../client/session.ts'
import type { BackfoldError } from '../../core/backfold-error.ts'
import type { RecallHit } from '../../core/session/recall-hit.ts'
import type { RecalledBy, RecallQuery, RecallResult } from '../../protocol/requests.ts'
import { valueKey } from '../view/value-key.ts'
import { useAnswer } from './use-answer.ts'

/** How {@link useRecall} recalls. */
export interface UseRecallOptions {
  /** Words are asked for once they have been the same for this long, in milliseconds; 200 by default. */
  readonly debounceMs?: number
  /** Most messages found by words. */
  readonly limit?: number
  /** Most tokens of all texts found by words. */
  readonly tokens?: number
  readonly by?: RecalledBy
}

/** What was recalled, as far as it is known. */
export interface Recalled {
  /** `idle` without a query; `asking` until the newest one is answered. */
  readonly status: 'idle' | 'asking' | 'ready' | 'failed'
  /** What was found by words, best first. While another query is asked, those of the one before. */
  readonly hits: readonly RecallHit[]
  /** The whole answer: also messages of a range, artifacts and pieces of them. */
  readonly result: RecallResult | null
  readonly error: BackfoldError | null
  readonly retry: () => void
}

const DEBOUNCE_MS = 200
const NO_HITS: readonly RecallHit[] = []

/**
 * Recalls whenever the query changes: words, as they are typed; ranges, artifacts and lines at once. The last one
 * wins, and nothing of a former session is ever given out.
 *
 * @param query - Compared by value; null, or words that are only spaces, for none.
 * @see SPEC.md rule REACT8
 */
export function useRecall(
  session: Session | null,
  query: RecallQuery | null,
  options: UseRecallOptions = {},
): Recalled {
  const { debounceMs = DEBOUNCE_MS, ...rest } = options
  const isBlank = query === null || (typeof query === 'string' && query.trim() === '')
  const { settled, isAsking, again } = useAnswer(
    isBlank ? null : session,
    isBlank ? null : valueKey([query, rest]),
    async () => (session === null || isBlank ? null : session.recall(query, rest)),
    typeof query === 'string' ? debounceMs : 0,
  )
  if (isBlank || session === null)
    return { status: 'idle', hits: NO_HITS, result: null, error: null, retry: again }
  const result = settled?.kind === 'answer' ? settled.value : null
  const failure = settled?.kind === 'failure' && !isAsking ? settled.error : null
  return {
    status: isAsking ? 'asking' : failure === null ? 'ready' : 'failed',
    hits: result?.kind === 'hits' ? result.hits : NO_HITS,
    result,
    error: failure,
    retry: again,
  }
}
