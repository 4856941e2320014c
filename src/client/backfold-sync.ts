import type { SyncSetup } from '../protocol/sync-desk.ts'
import {
  SYNC_OFF,
  type SyncCredentials,
  type SyncOptions,
  type SyncStatus,
} from '../protocol/sync.ts'
import { oneByOne } from '../protocol/one-by-one.ts'
import type { Call } from './create-backfold.ts'
import { readSyncCredentials, readSyncOptions } from './read-sync-options.ts'
import type { Observable } from './session.ts'
import { watchReading } from './watched-reading.ts'

/** One log for all devices of a person: watched and steered. */
export interface Sync {
  /** Its phase is `off` where nothing is synchronised. The same in all tabs. */
  readonly status: Observable<SyncStatus>
  /**
   * Synchronises from now on, as if Backfold had been opened with these options; what was so before ends. Resolves
   * before anybody was reached: see {@link Sync.status}.
   *
   * @throws BackfoldError `INVALID_INPUT` for options out of bounds; then nothing is changed.
   */
  start(options: SyncOptions): Promise<void>
  /** Synchronises no more in this tab. What is not sent yet is kept, and sent once sync is started again. */
  stop(): Promise<void>
  /** Tries again now what waits for its next try. */
  retry(): Promise<void>
  /**
   * Credentials that take the place of those before, in all tabs, from the next connection on.
   *
   * @throws BackfoldError `INVALID_INPUT` for what are none, and while sync is off.
   */
  renew(credentials: SyncCredentials): Promise<void>
  /**
   * Says in the space that a device is no longer part of it. Where the space is sealed, that takes a new passphrase: what is
   * said from then on opens with that alone, and all other devices are refused until they are given it. This device has it
   * from then on, in all tabs; open Backfold with it the next time. It does not take from the device what it has; take its
   * credentials from it as well.
   *
   * @param options.passphrase - 8 to 10,000 characters, other than before; in sealed spaces only, and there it is needed.
   * @throws BackfoldError `INVALID_INPUT` while sync is off, for a device that is not known, and where the passphrase is
   * missing, needless, or the one before; `TIMED_OUT` where it can't be said now.
   */
  removeDevice(id: string, options?: RemoveDeviceOptions): Promise<void>
  /**
   * Goes on with a session without the messages that it lacks, on all devices: the server has lost them, and no device that
   * has them was heard of. In place of each stands a system message that says so; should a device come back that has them,
   * they take its place. At most 1,000 at once. Without it such a session waits, and nothing of it is sent or taken in.
   *
   * @throws BackfoldError `INVALID_INPUT` while sync is off, and where nothing is known to be missing; `TIMED_OUT` where it
   * can't be said now.
   */
  skipMissing(session: string): Promise<void>
  /**
   * Calls back with the session of which something was written elsewhere: in another tab, or on another device. It may
   * be one that was not there before. Returns the way to stop.
   */
  onChanged(listener: (session: string) => void): () => void
}

/** How a device is removed. */
export interface RemoveDeviceOptions {
  /** That of the space from then on. */
  readonly passphrase?: string
}

/** The same, for whoever hears that something has changed. */
export interface OpenSync extends Sync {
  /** @param session - Of which something was written elsewhere; none: its status is another one. */
  told(session?: string): void
}

/** What a page keeps of sync for a worker that is started again. */
export interface PageSync {
  sync?: SyncSetup | undefined
}

/** @see SPEC.md rules CSYNC4–CSYNC10 */
export function createSync(
  call: Call,
  page: PageSync,
  notify: (listener: () => void) => void,
): OpenSync {
  const reading = watchReading(() => call('sync', {}), notify, SYNC_OFF)
  const listeners = new Set<(session: string) => void>()
  const inTurn = oneByOne()
  return {
    told(session) {
      if (session === undefined) {
        reading.changed()
        return
      }
      for (const listener of [...listeners]) notify(() => listener(session))
    },
    status: reading.observable,
    start: (options) =>
      inTurn(async () => {
        const setup = readSyncOptions(options, globalThis.location?.protocol)
        await call('beginSync', { setup })
        page.sync = setup
      }),
    stop: () =>
      inTurn(async () => {
        page.sync = undefined
        await call('endSync', {})
      }),
    retry: () => call('retrySync', {}),
    renew: (given) =>
      inTurn(async () => {
        const credentials = readSyncCredentials(given)
        await call('renewSync', { credentials })
        if (page.sync) page.sync = { ...page.sync, credentials }
      }),
    async removeDevice(device, { passphrase } = {}) {
      await call('removeSyncDevice', { device, ...(passphrase !== undefined && { passphrase }) })
      const { sync } = page
      if (sync && passphrase !== undefined) page.sync = { ...sync, encrypt: { passphrase } }
    },
    skipMissing: (session) => call('skipMissing', { session }),
    onChanged(listener) {
      const own = (session: string): void => listener(session)
      listeners.add(own)
      return () => listeners.delete(own)
    },
  }
}
