import type { LogOrigin } from '../core/sync/log-origin.ts'
import type { RemoteEntry, RemoteLog } from '../core/ports/remote-log.ts'
import type { SyncSteering } from '../protocol/sync-desk.ts'
import type { SyncCredentials, SyncDevice } from '../protocol/sync.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import type { FoldOffered } from './fleet/offer-fold.ts'
import type { Sealer } from './sealer.ts'

/**
 * Connects to the remote log. Never rejects: what went wrong is an outcome.
 *
 * @param credentials - Newer ones than those that it has, if there are.
 * @param report - Is called with every change of the connection once it is made.
 */
export type ConnectRemote = (
  credentials: SyncCredentials | undefined,
  report: (state: ConnectionState) => void,
) => Promise<Connected>

export type Connected =
  | ({ readonly kind: 'connected' } & RemoteConnection)
  /** It may be there at another time. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** Somebody has to do something first. */
  | { readonly kind: 'refused'; readonly reason: string }

export interface RemoteConnection {
  readonly log: RemoteLog
  readonly sealer: Sealer
  readonly server?: ServerInfo
  /** Missing where any log is as good as any other. */
  readonly origin?: LogOrigin
  /** Credentials that take the place of those before; where it can't do so, they are used with the next connection. */
  renew?(credentials: SyncCredentials): void
  /** Tries at once what waits for its next try. */
  retry?(): void
  /** Is shown every batch before anything of it is opened. Rejects where nothing behind it may be opened now. */
  look?(entries: readonly RemoteEntry[]): Promise<void>
  /** The devices of the space, where they are known. */
  readonly devices?: SpaceDevices
  /** Asks the fleet to fold a session; missing where this device folds itself. */
  offer?(row: SessionRow): Promise<FoldOffered>
}

export interface SpaceDevices {
  list(): readonly SyncDevice[]
  /** Calls back when the list has changed; returns the way to stop. */
  watch(listener: () => void): () => void
  readonly remove: SyncSteering['removeDevice']
}

export interface ServerInfo {
  readonly version: string
  /** What speaks against that server. */
  readonly warning?: string
}

/** How a connection stands that was made once: it is made anew by itself. */
export type ConnectionState =
  | { readonly kind: 'up'; readonly server?: ServerInfo; readonly origin?: LogOrigin }
  | { readonly kind: 'down'; readonly reason: string }
  /** Somebody has to do something. */
  | { readonly kind: 'refused'; readonly reason: string }
