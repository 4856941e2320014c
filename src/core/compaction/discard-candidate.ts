import type { Snapshotted, Write } from '../ports/session-store.ts'
import { reviseSession, type SessionRow } from '../session/session-row.ts'

export interface Discarded {
  readonly session: SessionRow
  readonly job: number
}

/**
 * Gives up a ready candidate that is wanted no longer, and frees the slot. The context is the one from before.
 *
 * @param read - With `candidate` and `openJob`.
 * @param n - The candidate; nothing happens if another one, or none, is ready.
 */
export function discardCandidate(
  { session, candidate, openJob }: Snapshotted,
  n: number,
  reason: string,
  now: number,
): { readonly writes: readonly Write[]; readonly outcome: Discarded | undefined } {
  if (!session || session.candidate !== n || candidate?.n !== n) {
    return { writes: [], outcome: undefined }
  }
  const row = reviseSession(session, { candidate: 0, openJob: 0 })
  const writes: Write[] = [
    { table: 'generations', row: { ...candidate, status: 'rejected' } },
    { table: 'sessions', row },
  ]
  if (openJob) {
    writes.push({ table: 'jobs', row: { ...openJob, state: 'superseded', reason, endedAt: now } })
  }
  return { writes, outcome: { session: row, job: openJob?.n ?? 0 } }
}
