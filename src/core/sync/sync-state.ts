import type { Seq } from '../session/message.ts'

/**
 * What a session knows of its remote log. It is kept in the session's row, so that it changes in the transaction that
 * changes the log itself. Missing where the session was never synchronised.
 */
export interface SyncState {
  /** Position in the remote log of the newest entry that was taken in; 0 for none. */
  readonly cursor: number
  /** Position of the deletion behind which the session began; missing where it was never deleted. */
  readonly since?: number
  /** Newest message whose place is settled by the remote log. Those above it are provisional. */
  readonly confirmed: Seq
  readonly head: RemoteHead
  /** What was changed here and was not seen in the remote log yet, in the order in which it was changed. */
  readonly unsent: readonly Unsent[]
  /** Who folds the session at present, on whatever device; missing if nobody does. */
  readonly claim?: Claim
  /** Position of the newest entry about claims, which the next one has to name. */
  readonly claimedAt: number
  /** How often provisional messages changed places, so that who shows them reads them again. */
  readonly moves: number
  /** How often settled messages changed places, because the remote log, as it was read here, had lacked some. */
  readonly mended?: number
  /** Changes made here that gave way to those of another device. */
  readonly conflicts: number
  /** The remote log lacks messages below this one, as far as one can read it here; missing if it does not. */
  readonly lacks?: Seq
  /** How many messages are missing for good, as far as is known: others stand in their places. Missing for none. */
  readonly standIns?: number
}

/** The head as the remote log has it. */
export interface RemoteHead {
  /** Position of the newest entry about heads, whatever it says: what a compare-and-swap has to name. */
  readonly position: number
  /** Id of the newest valid one; empty while nothing was folded. */
  readonly id: string
  /** Number of that generation here; 0 while nothing was folded. */
  readonly generation: number
}

/** Tables whose rows go over the wire whole: the newest in the remote log's order stands. */
export type SyncedTable = 'rules' | 'facts' | 'notes' | 'pads' | 'session'

/** One change on its way to the remote log. It is forgotten when an entry of its id is seen there, not before. */
export type Unsent =
  | {
      readonly kind: 'row'
      /** Of the entry that will say it; another one for every change. */
      readonly id: string
      readonly table: SyncedTable
      /** Key of the row within the session; of the session itself `details` or `pins`. */
      readonly key: string
      /** Nobody else has seen a row of that key yet: where another device used it too, this one gets another. */
      readonly isFresh?: boolean
    }
  /** Active messages behind `after` up to `through` left the active path. Both are ids; the former may be empty. */
  | {
      readonly kind: 'branch'
      readonly id: string
      readonly after: string
      readonly through: string
      /**
       * Runs of confirmed messages that left with it, first and last of each. For the remote log they are still active, so
       * that they are put back while entries of others are taken in.
       */
      readonly left: readonly (readonly [Seq, Seq])[]
      /** Confirmed messages whose pins it took off. */
      readonly pins: readonly Seq[]
    }
  /** The head is another one than the remote head. */
  | { readonly kind: 'head'; readonly id: string }

/** The exclusive right of one device to fold a session. */
export interface Claim {
  readonly id: string
  readonly device: string
  /** What people call the device. */
  readonly name: string
}

/** A session of which nothing is in the remote log yet. */
export const NEVER_SYNCED: SyncState = {
  cursor: 0,
  confirmed: 0,
  head: { position: 0, id: '', generation: 0 },
  unsent: [],
  claimedAt: 0,
  moves: 0,
  conflicts: 0,
}
