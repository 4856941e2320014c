import type { Clock } from '../core/ports/clock.ts'
import type { SyncJournal } from '../core/ports/sync-journal.ts'
import { createMemorySyncJournal } from '../store/memory-sync-journal.ts'
import { createSyncSwitch, type SyncSwitch, type Unsynced } from '../sync/sync-switch.ts'
import { createSyncedStore } from '../sync/synced-store.ts'

/**
 * Sync of a process, which has no other tabs. What it takes is loaded when it is begun.
 *
 * @param kept - Its journal, closed with it. In memory by default: a process that is started again is another device then.
 */
export function createProcessSync(
  base: Unsynced,
  clock: Clock,
  kept: SyncJournal = createMemorySyncJournal(),
): SyncSwitch {
  const random = { id: () => crypto.randomUUID() }
  // Sync may end and begin again meanwhile, as the same device.
  const journal = keepOpen(kept)
  // What changes while nobody is told has to be told later on.
  const meanwhile = createSyncedStore(base.store, {
    newId: random.id,
    onChanged() {},
    journal,
    takesUp: false,
  })
  const open: Parameters<typeof createSyncSwitch>[1] = async (setup) => {
    const [{ openSync }, { createNoSyncNotices }, { prepareSync }, { createSilentClaimChannel }] =
      await Promise.all([
        import('../sync/open-sync.ts'),
        import('../sync/sync-notices.ts'),
        import('../sync/prepare-sync.ts'),
        import('../sync/claim-bus.ts'),
      ])
    const channel = createSilentClaimChannel()
    const parts = prepareSync({ ...base, clock, random, journal, channel })
    return openSync(setup, parts, {
      clock,
      random,
      notices: createNoSyncNotices(),
      takePlace: async () => ({ release() {} }),
    })
  }
  const sync = createSyncSwitch(base, open, meanwhile)
  return {
    ...sync,
    desk: {
      ...sync.desk,
      async close() {
        await sync.desk.close()
        await kept.close()
      },
    },
  }
}

/** The same journal, which whoever is done with it leaves open. */
function keepOpen(journal: SyncJournal): SyncJournal {
  return {
    read: () => journal.read(),
    write: (state) => journal.write(state),
    departures: () => journal.departures(),
    putDeparture: (departure) => journal.putDeparture(departure),
    dropDeparture: (id) => journal.dropDeparture(id),
    deletions: () => journal.deletions(),
    putDeletion: (deletion) => journal.putDeletion(deletion),
    dropDeletions: () => journal.dropDeletions(),
    keyringPin: (space) => journal.keyringPin(space),
    putKeyringPin: (space, pin) => journal.putKeyringPin(space, pin),
    close: async () => {},
  }
}
