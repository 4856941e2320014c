import type { Budget, Policy } from '../session/policy.ts'

/** How close a context is to its budget. */
export type Pressure = 'none' | 'soft' | 'hard'

/** How much of what arrived during a job before is kept free for the next one. */
const HEADROOM_FACTOR = 2

/**
 * Tokens from which a job starts: the policy's soft threshold, or less where messages have been arriving
 * so fast that a job would not be done before the hard threshold. Never less than a third of the way
 * from the target to the soft threshold, so that a fold always gains something.
 *
 * @param headroom - Tokens expected to arrive while a job runs.
 * @see SPEC.md rule PRE2
 */
export function softThreshold({ tokens, soft, hard, target }: Budget, headroom: number): number {
  const least = target + (soft - target) / 3
  const early = hard - (HEADROOM_FACTOR * headroom) / tokens
  return tokens * Math.min(soft, Math.max(least, early))
}

/**
 * Tokens that are expected to arrive while the next job runs: what arrived during this one, or a
 * little less than was expected before.
 *
 * @see SPEC.md rule PRE3
 */
export function learnHeadroom(expected: number, arrived: number): number {
  return Math.round(Math.max(0, arrived, expected * 0.7))
}

/**
 * Compares a context with its budget.
 *
 * @param tokens - Calibrated tokens of the context.
 * @param headroom - Tokens expected to arrive while a job runs.
 * @see SPEC.md rules PRE1, PRE2
 */
export function assessPressure(
  tokens: number,
  { budget }: Pick<Policy, 'budget'>,
  headroom: number = 0,
): Pressure {
  if (tokens >= budget.tokens * budget.hard) return 'hard'
  if (tokens >= softThreshold(budget, headroom)) return 'soft'
  return 'none'
}
