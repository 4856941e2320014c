import { BackfoldError } from '../../../src/core/backfold-error.ts'
import type { SessionStore, Snapshotted, Write } from '../../../src/core/ports/session-store.ts'

/** A store as one process has it. */
export interface MortalStore {
  readonly store: SessionStore
  /** The process is gone: nothing is read or written any more, and what was written stays. */
  die(): void
}

/**
 * Lets a process be killed between any two transactions of a store that outlives it.
 *
 * @param watch - Is told of everything that is written.
 */
export function createMortalStore(
  store: SessionStore,
  watch: (read: Snapshotted, writes: readonly Write[]) => void,
): MortalStore {
  let isDead = false
  const live = <T>(work: () => Promise<T>): Promise<T> =>
    isDead ? Promise.reject(new BackfoldError('STORAGE_LOST', 'the process was killed')) : work()
  return {
    store: {
      ...store,
      read: (query) => live(() => store.read(query)),
      commit: (query, decide) =>
        live(() =>
          store.commit(query, (read) => {
            const decision = decide(read)
            watch(read, decision.writes)
            return decision
          }),
        ),
      put: (rows, birth) => live(() => store.put(rows, birth)),
      remove: (session, onGone, isMeant) => live(() => store.remove(session, onGone, isMeant)),
      listSessions: () => live(() => store.listSessions()),
      listJobs: (most) => live(() => store.listJobs(most)),
      close: async () => {},
    },
    die() {
      isDead = true
    },
  }
}
