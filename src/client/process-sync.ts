import { createSyncSwitch, type SyncSwitch, type Unsynced } from '../sync/sync-switch.ts'
import { systemClock } from '../tabs/system-clock.ts'

/** Sync of a process, which has no other tabs. What it takes is loaded when it is begun. */
export function createProcessSync(base: Unsynced): SyncSwitch {
  const random = { id: () => crypto.randomUUID() }
  return createSyncSwitch(base, async (setup) => {
    const [{ openSync }, { createNoSyncNotices }, { prepareSync }] = await Promise.all([
      import('../sync/open-sync.ts'),
      import('../sync/sync-notices.ts'),
      import('../sync/prepare-sync.ts'),
    ])
    return openSync(setup, await prepareSync(base), {
      clock: systemClock,
      random,
      notices: createNoSyncNotices(),
      takePlace: async () => ({ release() {} }),
    })
  })
}
