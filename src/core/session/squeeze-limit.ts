import { calibrateTokens } from './calibrated-tokens.ts'
import type { SessionRow } from './session-row.ts'

/**
 * Most tokens that a context may have to stay below the hard threshold.
 *
 * @param tokens - Those that it has, as estimated.
 * @returns As estimated, too. At least 0.
 * @see SPEC.md rule SQZ2
 */
export function squeezeLimit(session: SessionRow, tokens: number): number {
  const { budget } = session.policy
  const over = calibrateTokens(session, tokens) - budget.tokens * budget.hard
  if (over < 0) return tokens
  // What a request holds beside its context does not shrink with it, so only the factor counts.
  const factor = session.calibration.models[0]?.factor ?? 1
  // Calibrated counts are rounded, before and after: by one in all.
  return Math.max(0, Math.ceil(tokens - (over + 1) / factor) - 1)
}
