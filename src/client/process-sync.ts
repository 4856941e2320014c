import { createSyncSwitch, type SyncSwitch, type Unsynced } from '../sync/sync-switch.ts'
import { systemClock } from '../tabs/system-clock.ts'

/** Sync of a process, which has no other tabs. What it takes is loaded when it is begun. */
export function createProcessSync(base: Unsynced): SyncSwitch {
  const random = { id: () => crypto.randomUUID() }
  return createSyncSwitch(base, async (setup) => {
    const [
      { openSync },
      { createNoSyncNotices },
      { prepareSync },
      { createSilentClaimChannel },
      { createMemorySyncJournal },
    ] = await Promise.all([
      import('../sync/open-sync.ts'),
      import('../sync/sync-notices.ts'),
      import('../sync/prepare-sync.ts'),
      import('../sync/claim-bus.ts'),
      import('../store/memory-sync-journal.ts'),
    ])
    const parts = prepareSync({
      ...base,
      clock: systemClock,
      random,
      // A process that is started again reads everything anew, as another device.
      journal: createMemorySyncJournal(),
      channel: createSilentClaimChannel(),
    })
    return openSync(setup, parts, {
      clock: systemClock,
      random,
      notices: createNoSyncNotices(),
      takePlace: async () => ({ release() {} }),
    })
  })
}
