import type { SyncSetup } from '../protocol/sync-desk.ts'
import type { OpenedSync, Unsynced } from '../sync/sync-switch.ts'
import type { LockManagerLike } from '../tabs/web-lock-leases.ts'

/** Starts the sync of one tab among others. */
export async function startTabSync(
  _setup: SyncSetup,
  _base: Unsynced,
  _tab: { readonly database: string; readonly locks: LockManagerLike | undefined },
): Promise<OpenedSync> {
  throw new Error('this build can’t reach servers')
}
