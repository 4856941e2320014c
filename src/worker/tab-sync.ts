import type { Clock } from '../core/ports/clock.ts'
import type { Random } from '../core/ports/random.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { SyncParts } from '../sync/sync-parts.ts'
import { isSyncNotice, nameSyncChannel } from '../sync/sync-notices.ts'
import { createSyncSwitch, type SyncSwitch, type Unsynced } from '../sync/sync-switch.ts'
import { holdPlace } from '../tabs/hold-place.ts'
import { openChannel } from '../tabs/open-channel.ts'
import type { LockManagerLike } from '../tabs/web-lock-leases.ts'

export interface TabSyncOptions {
  readonly database: string
  /** Undefined on insecure origins; then this tab is on its own. */
  readonly locks: LockManagerLike | undefined
  readonly clock: Clock
  readonly random: Random
  /** Loads what synchronises, in front of what this tab has. */
  readonly prepare: (base: Unsynced) => Promise<SyncParts>
  /** What is written to before it is begun, and once it has ended. */
  readonly meanwhile?: SessionStore
}

/** Sync of one tab among others. What it takes is loaded when it is begun. */
export function createTabSync(base: Unsynced, options: TabSyncOptions): SyncSwitch {
  const { database, locks, clock, random, prepare, meanwhile } = options
  return createSyncSwitch(
    base,
    async (setup) => {
      const [{ openSync }, parts] = await Promise.all([
        import('../sync/open-sync.ts'),
        prepare(base),
      ])
      return openSync(setup, parts, {
        clock,
        random,
        notices: openChannel(nameSyncChannel(database), isSyncNotice),
        takePlace: async (signal) =>
          locks
            ? holdPlace(locks, `backfold:${database}:sync`, { signal }, () => {})
            : { release() {} },
      })
    },
    meanwhile,
  )
}
