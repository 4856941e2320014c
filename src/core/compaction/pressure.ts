import type { Policy } from '../session/policy.ts'

/** How close a context is to its budget. */
export type Pressure = 'none' | 'soft' | 'hard'

/**
 * Compares a context with its budget.
 *
 * @param tokens - Calibrated tokens of the context.
 * @see SPEC.md rule PRE1
 */
export function assessPressure(tokens: number, { budget }: Pick<Policy, 'budget'>): Pressure {
  if (tokens >= budget.tokens * budget.hard) return 'hard'
  if (tokens >= budget.tokens * budget.soft) return 'soft'
  return 'none'
}
