import type { Notices } from '../core/ports/notices.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { JournalState, SyncJournal } from '../core/ports/sync-journal.ts'
import { startAnew, startQuery } from '../core/sync/start-syncing.ts'

export interface AnewPorts {
  readonly store: SessionStore
  readonly journal: SyncJournal
  readonly notices: Pick<Notices, 'post'>
  newId(): string
}

/**
 * Gives all that takes part its part in another log: all of it is to be sent there that is not there. The journal is written
 * last, so that what a crash cuts short is done once more, which changes nothing.
 *
 * @see SPEC.md rule PUMP21
 */
export async function beginAnew(
  { store, journal, notices, newId }: AnewPorts,
  state: JournalState,
): Promise<void> {
  for (const { id } of await store.listSessions()) {
    await store.commit(startQuery(id), (read) => ({
      writes: startAnew(read, newId),
      outcome: undefined,
    }))
    notices.post({ session: id, kind: 'synced' })
  }
  await journal.dropDeletions()
  for (const departure of await journal.departures()) {
    if (departure.kind === 'deleted')
      await journal.putDeparture({ ...departure, head: 0, claim: 0 })
  }
  await journal.write(state)
}
