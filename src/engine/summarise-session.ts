import { detailsOf } from '../core/session/describe-session.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import { pendingOf } from '../core/sync/pending-of.ts'
import type { SessionSummary } from '../protocol/requests.ts'

/** A session as a list shows it. */
export function summarise(row: SessionRow): SessionSummary {
  const { conflicts = 0, lacks } = row.sync ?? {}
  return {
    id: row.id,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt ?? row.createdAt,
    details: detailsOf(row),
    messages: row.messages,
    tokens: row.tokens.log,
    generation: row.head,
    ...(row.sync && { pending: pendingOf(row) }),
    ...(conflicts > 0 && { conflicts }),
    ...(lacks !== undefined && { isLacking: true }),
  }
}
