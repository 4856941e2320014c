import type { KeyringPin } from '../../core/sync/judge-keyring.ts'
import type { Committed, OutgoingEntry, RemoteEntry } from '../../core/ports/remote-log.ts'

/** The keyring's place in the remote log of a space. */
export interface KeyringHome {
  /**
   * All entries at the keyring's place, in order; none where there are none. Not older than what this connection was told
   * of. Rejects where the server can't be asked.
   */
  read(): Promise<readonly RemoteEntry[]>
  /** Adds an entry there if nothing was added behind `expected`, which is 0 where there is none. */
  write(entry: OutgoingEntry, expected: number): Promise<Committed>
}

/** What this device remembers of the keyring of a space, on the device alone. */
export interface KeyringPins {
  read(): Promise<KeyringPin | undefined>
  write(pin: KeyringPin): Promise<void>
}
