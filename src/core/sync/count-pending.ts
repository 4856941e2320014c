import type { SessionRow } from '../session/session-row.ts'
import type { SyncState } from './sync-state.ts'

/** Messages and changes of a session that the remote log has not confirmed. */
export function countPending(
  { nextSeq }: Pick<SessionRow, 'nextSeq'>,
  { confirmed, unsent }: Pick<SyncState, 'confirmed' | 'unsent'>,
): number {
  return Math.max(0, nextSeq - 1 - confirmed) + unsent.length
}
