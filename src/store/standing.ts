import type { ReadQuery, Write } from '../core/ports/session-store.ts'
import { birthOf, type SessionRow } from '../core/session/session-row.ts'

/**
 * Whether a query may see this session. One that is being removed is missing for whoever looks, and for whoever had
 * it open; who wants to begin another one of that id waits until its rows are gone.
 */
export function standing(
  row: SessionRow | undefined,
  { birth }: Pick<ReadQuery, 'birth'>,
): 'there' | 'missing' | 'being-removed' {
  // Nothing speaks against what is about to begin.
  if (!row) return birth === undefined ? 'there' : 'missing'
  if (birth !== undefined && birthOf(row) !== birth) return 'missing'
  if (row.removed) return birth === undefined ? 'being-removed' : 'missing'
  return 'there'
}

/** Whether rows that nothing refers to yet may be put beside this session. */
export function mayReceive(row: SessionRow | undefined, birth: string | undefined): boolean {
  if (row === undefined) return birth === undefined
  return !row.removed && (birth === undefined || birthOf(row) === birth)
}

/** The session that a write is about. */
export function sessionOf(write: Write): string {
  if ('remove' in write) return write.remove.session
  if ('removePad' in write) return write.removePad.session
  return write.table === 'sessions' ? write.row.id : write.row.session
}
