import { calibrate } from './calibration.ts'
import { sumCategories } from './categories.ts'
import type { SessionRow } from './session-row.ts'

/** Tokens of a session's context as the provider would count them, as far as that was learned. */
export function calibratedContextTokens(session: SessionRow): number {
  return calibrateTokens(session, sumCategories(session.tokens.context))
}

/** The same for a context of this session that was counted otherwise. */
export function calibrateTokens(session: SessionRow, estimate: number): number {
  return calibrate(session.calibration, estimate, {
    contextKey: contextKeyOf(session),
    verbatimFrom: session.mark + 1,
  })
}

/** Changes whenever the context changes anywhere but at its end. */
export function contextKeyOf(session: Pick<SessionRow, 'headVersion'>): string {
  return String(session.headVersion)
}
