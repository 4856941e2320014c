import { BackfoldError } from '../core/backfold-error.ts'
import type { SessionStore, Snapshotted } from '../core/ports/session-store.ts'
import { birthOf, type SessionRow } from '../core/session/session-row.ts'

/**
 * The store as one session has it. Once that session is deleted, every call ends with `SESSION_NOT_FOUND`, also where
 * another of the same id has begun since: nothing that was prepared for the one ever gets into the other.
 *
 * @see SPEC.md rules DEL3, DEL6
 */
export function bindStore(store: SessionStore, { id, ...row }: SessionRow): SessionStore {
  const birth = birthOf(row)
  const expect = (read: Snapshotted): Snapshotted => {
    if (!read.session) throw sessionGone(id)
    return read
  }
  return {
    ...store,
    read: async (query) => expect(await store.read({ ...query, birth })),
    commit: (query, decide) => store.commit({ ...query, birth }, (read) => decide(expect(read))),
    put: (rows) => store.put(rows, birth),
  }
}

export function sessionGone(id: string): BackfoldError {
  return new BackfoldError('SESSION_NOT_FOUND', `session ${id} does not exist`)
}
