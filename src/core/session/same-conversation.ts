import type { Reconciled } from './reconcile.ts'

/** Messages that two conversations may well have in common: a greeting and its answer. */
const COMMON_BEGINNING = 2

/** What is asked of a log beside what a history shares with it. */
export interface LogEnd {
  readonly length: number
  readonly endsWithAnswer: boolean
  /** Whether somebody is answered in what both share; a greeting of the app's own answers nobody. */
  readonly sharesAnswer: boolean
}

/**
 * Whether a host's history is that of a session which nobody named: how surely, by the number of messages they
 * share, or 0.
 *
 * A common greeting is no proof, nor is one that nobody has answered. Where a history goes another way right after it, it is another conversation:
 * taken for a branch, it would put the session's own messages aside. And where a window shows nothing of the log
 * but its end, that is an answer: a question is often asked anew elsewhere, most of all one that got no answer, and
 * what was said before it in another conversation must not be told there. Nor is it a branch where it would put
 * more aside than it keeps: apps begin all conversations with the same examples.
 *
 * @param log - Its messages, whether the model said the newest, and whether it answers in what is shared.
 * @see SPEC.md rule HIST6
 */
export function likeness(found: Reconciled, log: LogEnd): number {
  if (found.kind === 'foreign') return 0
  const shared = found.seqs.length
  const isWindow = found.dropped.length > 0
  const left = log.length - found.dropped.length - shared
  if (found.kind === 'diverges' && shared <= Math.max(COMMON_BEGINNING, left)) return 0
  if (found.kind === 'shorter' && !log.sharesAnswer) return 0
  const isEnd = found.kind === 'continues' && isWindow && log.endsWithAnswer
  return shared >= COMMON_BEGINNING || isEnd ? shared : 0
}
