import type { SessionRow } from '../../../src/core/session/session-row.ts'

/**
 * What a context of a session counts by what its providers reported: the checker's own reading of the
 * calibration in the session's row, from the description of what it means.
 */
export function realTokens(session: SessionRow, estimated: number): number {
  const [model] = session.calibration.models
  if (!model) return Math.round(estimated)
  const { base, factor, reports } = model
  const last = reports.at(-1)
  if (!last) return Math.max(0, Math.round(base + factor * estimated))
  if (last.contextKey === String(session.headVersion)) {
    return Math.max(0, Math.round(last.reported + factor * (estimated - last.estimated)))
  }
  // Of reports about an earlier context only what they say about messages still there verbatim counts.
  const first = reports.find((report) => report.through >= session.mark) ?? last
  const known = last.reported - first.reported
  const replaced = factor * (last.estimated - first.estimated)
  return Math.max(0, Math.round(base + factor * estimated + known - replaced))
}

/** Tokens of the session's context as its row counts them, as a provider would. */
function realContextTokens(session: SessionRow): number {
  const { pinned, digest, user, assistant, tools } = session.tokens.context
  return realTokens(session, pinned + digest + user + assistant + tools)
}

export function isHard(session: SessionRow): boolean {
  const { budget } = session.policy
  return realContextTokens(session) >= budget.tokens * budget.hard
}
