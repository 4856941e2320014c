import type { SessionStore } from '../core/ports/session-store.ts'
import { startQuery, startSyncing } from '../core/sync/start-syncing.ts'

/** Gives a session that never was synchronised its part in it: all of it is to be sent. */
export async function adoptSession(
  store: SessionStore,
  session: string,
  newId: () => string,
): Promise<void> {
  await store.commit(startQuery(session), (read) => ({
    writes: startSyncing(read, newId),
    outcome: undefined,
  }))
}
