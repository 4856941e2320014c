/** How one device reaches the log that all devices of a person share. Off where it is not given. */
export interface SyncOptions {
  /** Addresses of the servers of one cluster: `wss://…` in browsers, `tls://…` or `nats://…` in Node. */
  readonly servers: string | readonly string[]
  /** The part of the server that these devices share: letters, digits, `-` and `_`, at most 64. `default` by default. */
  readonly space?: string
  readonly credentials?: SyncCredentials
  /** Sessions are sealed on the device with this passphrase of at least 8 characters: the server sees sizes and times. */
  readonly encrypt?: { readonly passphrase: string }
  /** What people call this device; the browser's and system's names by default. At most 100 characters. */
  readonly deviceName?: string
  /**
   * Who folds in the background: this device, or workers elsewhere that take jobs of the fleet; `here` by default. While the
   * server can't be reached this device does, and so it does at the hard threshold.
   */
  readonly fold?: 'here' | 'fleet'
  /** Of the fleet: sealed sessions are opened to whoever has its private part. `backfold-worker --print-key` tells it. */
  readonly workerKey?: string
}

/** What the server knows a device by. */
export type SyncCredentials =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** A user's JWT with the seed of its key. */
  | { readonly kind: 'jwt'; readonly jwt: string; readonly seed: string }

export type SyncPhase =
  | 'off'
  | 'connecting'
  /** What others said meanwhile is being read, and what is pending is being sent. */
  | 'catching-up'
  | 'online'
  /** The server can't be reached; it is tried again. */
  | 'offline'
  /** The server is too old, is set up otherwise, or does not accept the credentials: somebody has to do something. */
  | 'refused'

/** Sync at a glance; a new value whenever anything in it changes. */
export interface SyncStatus {
  readonly phase: SyncPhase
  /** Why, in one sentence for people, where something is wrong. */
  readonly reason?: string
  readonly server?: {
    readonly version: string
    /** What speaks against that server. */
    readonly warning?: string
  }
  readonly device?: { readonly id: string; readonly name: string }
  /** Messages and changes of this device that the server has not confirmed. */
  readonly pending: number
  /** Sessions with something pending. */
  readonly sessionsPending: number
  /** Changes made here that gave way to those of another device, since ever. */
  readonly conflicts: number
  /** Entries that did not open or made no sense, since the connection began. */
  readonly ignored: number
  /** Sessions of which the server lacks messages, as far as one can read it here. */
  readonly lacking: number
  readonly lastError?: { readonly at: number; readonly detail: string }
  /** Every device that was ever seen in the space, this one included. */
  readonly devices: readonly SyncDevice[]
  /** Jobs of other devices that run now. */
  readonly jobsElsewhere: readonly { readonly session: string; readonly device: string }[]
}

export interface SyncDevice {
  readonly id: string
  readonly name: string
  /** Unix time in milliseconds at which it was last heard of, by its own clock. */
  readonly seenAt: number
  readonly isRemoved: boolean
}

/** Sync of a Backfold that was opened without it. */
export const SYNC_OFF: SyncStatus = {
  phase: 'off',
  pending: 0,
  sessionsPending: 0,
  conflicts: 0,
  ignored: 0,
  lacking: 0,
  devices: [],
  jobsElsewhere: [],
}
