import type { RecalledPassages } from '../memory/recalled-entry.ts'
import type { Seq } from './message.ts'
import type { Policy } from './policy.ts'
import type { Calibration } from './calibration.ts'
import type { SpendWindow } from '../compaction/spend.ts'
import type { Probation } from '../compaction/probation.ts'
import type { Categories } from './context.ts'
import type { SessionDetails } from './session-details.ts'
import type { SyncState } from '../sync/sync-state.ts'

/** Version of the shape of stored rows. A row of a newer version is never written to. */
export const ROW_SCHEMA = 2

/** What is known of a session without its log. Small: it is read on every call. */
export interface SessionRow {
  readonly id: string
  readonly schema: number
  /** Advances with every change of this row, so that equal revisions mean equal rows. */
  readonly revision: number
  readonly createdAt: number
  /** Tells it from another session that had the same id before. Missing in rows of older releases. */
  readonly birth?: string
  /** It is being removed, and counts as missing. Kept until all of its rows are gone. */
  readonly removed?: 1
  /**
   * It is being imported and not whole yet, so that nobody finds or opens it; what tells the same import again from
   * another one. Missing in a session that is whole.
   */
  readonly arriving?: string
  /** Time of the newest message, as it says itself; missing until one is appended. */
  readonly updatedAt?: number
  /** Missing until somebody describes it. */
  readonly details?: SessionDetails
  readonly policy: Policy
  /** Position that the next message gets. */
  readonly nextSeq: Seq
  /** Chain hash of the newest message on the active path; empty for an empty log. */
  readonly chain: string
  /** Number of the head generation; 0 while nothing was folded. */
  readonly head: number
  /** High-water mark of the head generation, kept here so that a context needs no second look. */
  readonly mark: Seq
  /** Advances whenever the head changes: on apply, rollback and branch, never on append. */
  readonly headVersion: number
  /** Number of the newest generation ever made, candidates included. */
  readonly lastGeneration: number
  /** Number of branches made. */
  readonly branch: number
  /** Fencing number: the store refuses what an older lease holder prepared. */
  readonly epoch: number
  /** Number of the newest job. */
  readonly lastJob: number
  /** The job that holds the slot, 0 if none. */
  readonly openJob: number
  /** Generation of the ready candidate, 0 if none. */
  readonly candidate: number
  /** No job starts by itself below this many context tokens; set by a rollback, so that it lasts. */
  readonly holdUntil: number
  /** Messages that no compaction may cover, with the rest of their tool exchanges, ascending. */
  readonly pins: readonly Seq[]
  /** Pins of the model that come off when the next turn starts, so that no turn changes its beginning. */
  readonly unpinAtTurn?: readonly Seq[]
  /** What was recalled by itself for the newest turn that needed it. */
  readonly recalled?: RecalledPassages
  readonly tokens: SessionTokens
  readonly messages: number
  /** Number of turns ever started. */
  readonly turns: number
  /** Tokens that are expected to arrive while a job runs, learned from the jobs before. */
  readonly headroom: number
  /** What extractors that are not free have cost lately. */
  readonly spend: SpendWindow
  /** The head generation's probation, while it lasts. */
  readonly probation: Probation | null
  readonly calibration: Calibration
  /** Missing where it was never synchronised. */
  readonly sync?: SyncState
}

/** What tells a session from others that had its id before. */
export function birthOf({ birth = '' }: Pick<SessionRow, 'birth'>): string {
  return birth
}

/** Token counts, all as stamped on write. */
export interface SessionTokens {
  /** Of the active path of the log. */
  readonly log: number
  /** Of the context as it stands, by category. */
  readonly context: Categories
}

/** A session's row with changes: the only way in which a row follows from another. */
export function reviseSession(
  session: SessionRow,
  changes: Partial<Omit<SessionRow, 'id' | 'revision'>>,
): SessionRow {
  return { ...session, ...changes, revision: session.revision + 1 }
}
