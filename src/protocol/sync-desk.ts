import type { SyncCredentials, SyncOptions, SyncStatus } from './sync.ts'

/** {@link SyncOptions} that were looked at and are whole. */
export interface SyncSetup extends SyncOptions {
  readonly servers: readonly string[]
  readonly space: string
  readonly deviceName: string
  readonly fold: 'here' | 'fleet'
}

/** All that an engine asks of its sync, wherever that runs: in this tab or in another one. */
export interface SyncDesk extends SyncSteering {
  /** Synchronises from now on, thus and not as before. */
  begin(setup: SyncSetup): Promise<void>
  /** Does so no more, in this tab. What is not sent yet stays marked, and is sent once it begins again. */
  end(): Promise<void>
}

/** Sync that is under way. */
export interface SyncSteering {
  status(): SyncStatus
  /** Calls back when the status has changed; returns the way to stop. */
  watch(listener: () => void): () => void
  /** Tries again now what waits for its next try. */
  retry(): Promise<void>
  renew(credentials: SyncCredentials): Promise<void>
  /**
   * Resolves once it is said in the space that the device is no longer part of it and, where the space is sealed, all that
   * is said from now on is sealed for those who have the new passphrase.
   *
   * @throws BackfoldError `INVALID_INPUT` in a sealed space without a new passphrase, and in any other with one.
   */
  removeDevice(device: string, passphrase?: string): Promise<void>
  /**
   * Resolves once it is said in the space that a session goes on without the messages that it lacks.
   *
   * @throws BackfoldError `INVALID_INPUT` where it lacks none.
   */
  skipMissing(session: string): Promise<void>
  close(): Promise<void>
}
