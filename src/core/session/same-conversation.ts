import type { Reconciled } from './reconcile.ts'

/** Messages that two conversations may well have in common: a greeting and its answer. */
const COMMON_BEGINNING = 2

/**
 * Whether a host's history is that of a session which nobody named: how surely, by the number of messages they
 * share, or 0.
 *
 * A common greeting is no proof. Where a history goes another way right after it, it is another conversation:
 * taken for a branch, it would put the session's own messages aside. And where a window shows nothing of the log
 * but its end, that is an answer: a question is often asked anew elsewhere, most of all one that got no answer, and
 * what was said before it in another conversation must not be told there.
 *
 * @param endsWithAnswer - Whether the model said the newest message of the log.
 * @see SPEC.md rule HIST6
 */
export function likeness(found: Reconciled, endsWithAnswer: boolean): number {
  if (found.kind === 'foreign') return 0
  const shared = found.seqs.length
  const isWindow = found.dropped.length > 0
  if (found.kind === 'diverges' && shared <= COMMON_BEGINNING) return 0
  const isEnd = found.kind === 'continues' && isWindow && endsWithAnswer
  return shared >= COMMON_BEGINNING || isEnd ? shared : 0
}
