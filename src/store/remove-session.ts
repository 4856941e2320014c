import { Dexie } from 'dexie'
import type { Removed } from '../core/ports/session-store.ts'
import { reviseSession, type SessionRow } from '../core/session/session-row.ts'
import type { BackfoldDatabase } from './database.ts'
import type { StoredRows } from './stored-rows.ts'

/** Rows removed in one transaction: whoever appends elsewhere waits for no more than these. */
const SLICE = 500

/** Nothing was read or written because the session is being removed. */
export class BeingRemoved extends Error {
  override readonly name = 'BeingRemoved'
}

/**
 * Marks a session as removed, in one transaction: from then on it counts as missing, and whatever was prepared for
 * it is refused. The row is all that tells it from one that never was; what it said goes at once.
 *
 * @returns False if there is no session that is meant.
 */
export function markRemoved(
  db: BackfoldDatabase,
  rows: StoredRows,
  id: string,
  isMeant: (row: SessionRow) => boolean = () => true,
): PromiseLike<boolean> {
  return db.transaction('rw', db.sessions, async () => {
    const row = await rows.get<SessionRow>('sessions', id)
    if (!row || row.removed) return row !== undefined
    if (!isMeant(row)) return false
    const { details: _, recalled: __, ...rest } = row
    const marked = reviseSession(
      { ...rest, removed: 1 },
      { epoch: row.epoch + 1, openJob: 0, candidate: 0 },
    )
    await rows.put('sessions', [marked])
    return true
  })
}

/**
 * Removes the rows of a marked session, a slice in each transaction, its own row last. Goes on where another tab, or
 * one that was closed, left off; several at once do no harm.
 *
 * @param id - As it stands in the database.
 * @see SPEC.md rules DEL2–DEL5
 */
export async function removeRows(db: BackfoldDatabase, id: string): Promise<Removed> {
  const removed = { messages: 0, artifacts: 0 }
  for (const { name } of db.tables.filter((table) => isOfSessions(table.name))) {
    for (;;) {
      const count = await removeSlice(db, name, id)
      if (name === 'messages' || name === 'artifacts') removed[name] += count
      if (count < SLICE) break
    }
  }
  // Nothing can have come in between: whoever writes looks at the mark in the same transaction.
  await db.transaction('rw', db.sessions, async () => {
    if ((await db.sessions.get(id))?.removed) await db.sessions.delete(id)
  })
  return removed
}

/** A transaction of its own. Once somebody has finished, the id may be another session's: then nothing is removed. */
function removeSlice(db: BackfoldDatabase, name: string, id: string): PromiseLike<number> {
  return db.transaction('rw', [db.sessions, db.table(name)], async () => {
    if (!(await db.sessions.get(id))?.removed) return 0
    return db
      .table(name)
      .where(':id')
      .between([id, Dexie.minKey], [id, Dexie.maxKey])
      .limit(SLICE)
      .delete()
  })
}

/** Whether a table has rows that belong to one session, by the first part of their key. */
function isOfSessions(name: string): boolean {
  return name !== 'sessions' && name !== 'keys'
}

/** Sessions whose removal was begun, as they stand in the database. */
export function listRemoved(db: BackfoldDatabase): PromiseLike<string[]> {
  return db.sessions.where('removed').equals(1).primaryKeys()
}
