import type { SyncSetup } from '../protocol/sync-desk.ts'
import type { SyncRunner } from './sync-runner.ts'
import type { Unsynced } from './sync-switch.ts'

/** What every tab works with while it is synchronised, and what one of them does for all. */
export interface SyncParts extends Unsynced {
  /** Calls back with every session of which something was written here that is to be sent; returns the way to stop. */
  watchChanges(listener: (session: string) => void): () => void
  /**
   * Follows the remote log and sends what changes, until it is closed.
   *
   * @param onChanged - Takes what is called with every session of which another tab wrote something.
   */
  run(
    setup: SyncSetup,
    onChanged: (listener: (session: string) => void) => void,
  ): Promise<SyncRunner>
  close(): Promise<void>
}
