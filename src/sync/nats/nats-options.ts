import type { JobQueue } from '../../core/ports/job-queue.ts'
import type { RemoteLog } from '../../core/ports/remote-log.ts'
import type { SyncCredentials } from '../../protocol/sync.ts'
import type { NatsTransport } from './open-connection.ts'

/** How a space on a NATS server is reached. */
export interface NatsOptions {
  /** All `ws://` or `wss://`, or all `nats://` or `tls://`; those only in Node, where `@nats-io/transport-node` is installed. */
  readonly servers: readonly string[]
  /** Letters, digits, `-` and `_`, at most 64. */
  readonly space: string
  readonly credentials?: SyncCredentials
  /** What stands for a session: only its entries are followed. All of the space by default. */
  readonly session?: string
  /** `BF` by default. */
  readonly stream?: string
  /**
   * Where answers are sent to, as these credentials may listen to it. By default `_INBOX_` with the public key of a JWT's user or
   * with a user's name, where that fits, else something that nobody guesses.
   */
  readonly inboxPrefix?: string
  /** How long an answer is waited for before a write is unsure, in milliseconds; 8,000 by default. */
  readonly patienceMs?: number
  /** How often the server says that nothing new is there, in milliseconds; 5,000 by default, at least 100. */
  readonly beatMs?: number
  /** How long to wait after a first failure, in milliseconds; 250 by default, and twice as long after each further one. */
  readonly restMs?: number
  /** Connects to `nats://` and `tls://`; by default that of `@nats-io/transport-node`, looked up when it is first needed. */
  readonly transport?: NatsTransport
}

/** How the connection is; whoever listens hears every change. */
export type NatsState =
  | { readonly kind: 'connecting' }
  | {
      readonly kind: 'online'
      readonly version: string
      readonly warning?: string
      /** Of the server's log: another one where that was made anew or put back. Missing where it can't be read. */
      readonly incarnation?: string
    }
  /** It is tried again by itself, for ever. */
  | { readonly kind: 'offline'; readonly reason: string }
  /** Somebody has to do something; it is tried again now and then all the same. */
  | { readonly kind: 'refused'; readonly reason: string; readonly version?: string }
  | { readonly kind: 'closed' }

/** A remote log on a NATS server. */
export interface NatsLog extends RemoteLog {
  state(): NatsState
  /** Credentials that take the place of those before: from the next connection on, which is tried at once where there is none. */
  renew(credentials: SyncCredentials): void
  /** Tries at once what waits for its next try. */
  retry(): void
  /** Of the same server. */
  readonly queue: Pick<JobQueue, 'offer'>
}
