import type { SyncParts } from './sync-parts.ts'
import type { Unsynced } from './sync-switch.ts'

/** Loads what synchronises, in front of the store and leases of this tab. */
export async function prepareSync(base: Unsynced): Promise<SyncParts> {
  return {
    ...base,
    watchChanges: () => () => {},
    run: () => Promise.reject(new Error('this build can’t reach servers')),
    close: async () => {},
  }
}
