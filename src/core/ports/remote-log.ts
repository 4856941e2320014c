import type { Channel } from '../sync/sync-record.ts'

/**
 * A log on a server that all devices of a space share: a person's, or that of people who trust each other. It keeps one
 * order over all sessions, and for each session and channel the right to be written only behind what the writer has seen.
 *
 * It knows nothing of what entries say: they are bytes, perhaps sealed. What it can't tell is an outcome too: a write whose
 * answer was lost is `unsure`, and was made or not; whoever wrote it finds out by following.
 */
export interface RemoteLog {
  /**
   * Delivers every entry of the space behind a position, in order, and goes on with what comes. One batch at a time: the
   * next is delivered once `take` has resolved. It never says that it has caught up before the newest position that this
   * connection was told of.
   */
  follow(after: number, take: (batch: RemoteBatch) => Promise<void>): Following
  /** Adds an entry at the end. The same id at the same place twice within minutes is kept once; longer after that twice. */
  append(entry: OutgoingEntry): Promise<Appended>
  /**
   * Adds entries of one session, the last of them under the condition that nothing was added to its channel behind
   * `expected`: all of them, or on older servers the last one only where all others are there.
   */
  commit(entries: readonly OutgoingEntry[], expected: number): Promise<Committed>
  close(): Promise<void>
}

/** Where an entry belongs. */
export interface RemotePlace {
  /** Stands for the session: letters, digits, `-` and `_`, at most 64. */
  readonly token: string
  readonly channel: Channel
}

export interface OutgoingEntry extends RemotePlace {
  readonly id: string
  readonly bytes: Uint8Array
}

export interface RemoteEntry extends RemotePlace {
  readonly position: number
  /** Empty for what no device wrote: it says nothing, and still is what a commit to its channel has to name. */
  readonly id: string
  readonly bytes: Uint8Array
}

export interface RemoteBatch {
  readonly entries: readonly RemoteEntry[]
  /** Whether all that was there has been delivered with this. */
  readonly isCaughtUp: boolean
}

export interface Following {
  /** Resolves once no batch is delivered any more: it was stopped, or the connection is gone for good. Never rejects. */
  readonly ended: Promise<void>
  stop(): void
}

export type Appended =
  { readonly kind: 'stored'; readonly position: number } | Unsure | RefusedWrite

export type Committed =
  | { readonly kind: 'stored'; readonly position: number }
  /**
   * Something was added behind what the writer had seen. Nothing of this was; but for the last entry it may have been on older
   * servers, and where some of it was there before.
   */
  | { readonly kind: 'moved' }
  | Unsure
  | RefusedWrite

interface Unsure {
  readonly kind: 'unsure'
  readonly reason: string
}

interface RefusedWrite {
  readonly kind: 'refused'
  readonly reason: RefusalReason
  /** A sentence for people. */
  readonly detail: string
}

/** `denied`: these credentials may not. `too-large`: the entry will never fit. `full`: the server has no room. */
export type RefusalReason = 'denied' | 'too-large' | 'full' | 'failed'
