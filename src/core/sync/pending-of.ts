import type { SessionRow } from '../session/session-row.ts'

/** Messages and changes of a session that the remote log has not confirmed; 0 where it was never synchronised. */
export function pendingOf({ nextSeq, sync }: Pick<SessionRow, 'nextSeq' | 'sync'>): number {
  return sync ? nextSeq - 1 - sync.confirmed + sync.unsent.length : 0
}
