import type { SyncSteering } from '../protocol/sync-desk.ts'
import type { SyncCredentials, SyncStatus } from '../protocol/sync.ts'

/** The sync of one engine: it follows the remote log and sends what changes here, as long as it is not closed. */
export interface SyncRunner {
  status(): SyncStatus
  /** Calls back with every new status; returns the way to stop. */
  watch(listener: (status: SyncStatus) => void): () => void
  /** Tries again now what waits for its next try. */
  retry(): void
  /** Credentials that take the place of those before, from the next connection on. */
  renew(credentials: SyncCredentials): void
  readonly removeDevice: SyncSteering['removeDevice']
  readonly skipMissing: SyncSteering['skipMissing']
  close(): Promise<void>
}
