import type { BlockDigest, Job } from '../compaction/job.ts'
import type { FactOverride } from '../memory/facts/fact-override.ts'
import type { MemoryAction } from '../memory/memory-action.ts'
import type { Pad } from '../memory/pads/pad.ts'
import type { SegmentRow } from '../memory/recall/segment.ts'
import type { RuleRow } from '../memory/vault/rule-row.ts'
import type { Artifact, Generation, Snapshot } from '../session/generation.ts'
import type { Message, Seq } from '../session/message.ts'
import type { SessionRow } from '../session/session-row.ts'

/** What one transaction reads. All of it is read at one point in time. */
export interface ReadQuery {
  readonly session: string
  /** Only the session that was born thus: another one of that id counts as missing. */
  readonly birth?: string
  /** The head generation. */
  readonly head?: boolean
  /** Every active message above the head's mark. */
  readonly tail?: boolean
  /** The pinned messages at or below the head's mark. */
  readonly pins?: boolean
  /** Messages of a range of the log, both ends included, left-behind branches too; the first `most` of them, or all. */
  readonly range?: { readonly from: Seq; readonly to: Seq; readonly most?: number }
  /** Messages by position. */
  readonly at?: readonly Seq[]
  /** Messages by id. */
  readonly ids?: readonly string[]
  readonly generations?: 'all' | readonly number[]
  /** The generation of the ready candidate, and the message at its mark. */
  readonly candidate?: boolean
  /** Read `tail` and `pins` as they will be once the ready candidate is applied. */
  readonly asApplied?: boolean
  readonly snapshots?: readonly number[]
  readonly jobs?: 'all' | readonly number[]
  /** The job that holds the slot. */
  readonly openJob?: boolean
  /** Finished blocks of a job, ascending. */
  readonly blocks?: number
  /** By hash, or by the first 12 or more digits of it, as texts name them. */
  readonly artifacts?: readonly string[]
  /** At most so many artifacts behind one, by its hash, in an order of the store's own; behind an empty hash from the first on. */
  readonly artifactsBehind?: { readonly hash: string; readonly most: number }
  /** What models did to their memory, ascending. */
  readonly notes?: 'all'
  /** Action pads, deleted ones included, ascending. */
  readonly pads?: 'all'
  /** The rules vault, by id. */
  readonly rules?: 'all'
  /** What a person made of facts, by id. */
  readonly facts?: 'all'
  /** Segments of the index for recall, by number. */
  readonly index?: readonly number[]
  /** The only tables that the decision writes to; all by default. Fewer hold up fewer others. */
  readonly writes?: readonly Write['table'][]
}

/** What a {@link ReadQuery} found. What was not asked for, or is not there, is empty. */
export interface Snapshotted {
  readonly session: SessionRow | undefined
  readonly head: Generation | undefined
  readonly tail: readonly Message[]
  readonly pins: readonly Message[]
  readonly range: readonly Message[]
  readonly at: readonly Message[]
  readonly ids: readonly Message[]
  readonly generations: readonly Generation[]
  readonly candidate: Generation | undefined
  readonly candidateMark: Message | undefined
  readonly snapshots: readonly Snapshot[]
  readonly jobs: readonly Job[]
  readonly openJob: Job | undefined
  readonly blocks: readonly BlockDigest[]
  readonly artifacts: readonly Artifact[]
  readonly notes: readonly MemoryAction[]
  readonly pads: readonly Pad[]
  readonly rules: readonly RuleRow[]
  readonly facts: readonly FactOverride[]
  readonly index: readonly SegmentRow[]
}

/** One row to be written, or removed. Messages are only ever added, or leave the active path. */
export type Write =
  | { readonly table: 'sessions'; readonly row: SessionRow }
  | { readonly table: 'messages'; readonly row: Message & { readonly session: string } }
  | { readonly table: 'generations'; readonly row: Generation }
  | { readonly table: 'snapshots'; readonly row: Snapshot }
  | { readonly table: 'jobs'; readonly row: Job }
  | { readonly table: 'blocks'; readonly row: BlockDigest }
  | { readonly table: 'artifacts'; readonly row: Artifact }
  | { readonly table: 'notes'; readonly row: MemoryAction }
  | { readonly table: 'pads'; readonly row: Pad }
  | {
      readonly table: 'pads'
      readonly removePad: { readonly session: string; readonly n: number }
    }
  | { readonly table: 'rules'; readonly row: RuleRow }
  | { readonly table: 'facts'; readonly row: FactOverride }
  | { readonly table: 'index'; readonly row: SegmentRow }
  | {
      readonly table: 'blocks'
      readonly remove: { readonly session: string; readonly job: number }
    }

/** How much a removal has removed. */
export interface Removed {
  readonly messages: number
  readonly artifacts: number
}

/** Decides, from what was read, what is written. Pure and synchronous: it runs inside the transaction. */
export type Decide<Outcome> = (read: Snapshotted) => {
  readonly writes: readonly Write[]
  readonly outcome: Outcome
}

/**
 * Where sessions are kept.
 *
 * One transaction reads, decides and writes; it either happens whole or not at all, and nothing
 * foreign can be awaited inside it because the decision is synchronous. Every storage failure is a
 * `BackfoldError` with a `STORAGE_*` code.
 *
 * @see SPEC.md rules STO1–STO9
 */
export interface SessionStore {
  /** Reads at one point in time. */
  read(query: ReadQuery): Promise<Snapshotted>
  /** Reads, decides and writes in one transaction. Durable when it resolves. */
  commit<Outcome>(query: ReadQuery, decide: Decide<Outcome>): Promise<Outcome>
  /**
   * Writes rows that nothing refers to yet, in one transaction. Repeating it does no harm. Rows of a session that is
   * being removed, or is not the one meant, are left out.
   *
   * @param birth - Of the session that all rows are of, which must be there then; any by default.
   */
  put(rows: readonly Write[], birth?: string): Promise<void>
  /**
   * Removes a session with all that belongs to it. It counts as missing from one moment to the next; if the removal
   * is cut short then, it goes on when the database is next opened.
   *
   * @param onGone - Called once nobody finds it any more, while its rows may still be removed.
   * @param isMeant - Looks at the session in the transaction from which on it is missing; any is meant by default.
   * @returns What was removed by this call; undefined if there was no session that was meant.
   */
  remove(
    session: string,
    onGone?: () => void,
    isMeant?: (row: SessionRow) => boolean,
  ): Promise<Removed | undefined>
  /** All sessions, newest first. */
  listSessions(): Promise<readonly SessionRow[]>
  /** The jobs that started last, over all sessions, newest first. */
  listJobs(most: number): Promise<readonly Job[]>
  /**
   * Encrypts all that is stored and will be, opens it for good, or changes the passphrase. Only of stores that keep
   * anything; calls meanwhile wait.
   *
   * @param change.passphrase - null to store everything as it is from now on.
   */
  protect?(change: { readonly passphrase: string | null }): Promise<Protected>
  close(): Promise<void>
}

/** What came of a change of encryption. */
export interface Protected {
  readonly kind: 'on' | 'off' | 'changed' | 'unchanged'
  /** Rows that were rewritten. */
  readonly rows: number
  /** Whether what was stored before may still be in the browser's files, until it tidies them up by itself. */
  readonly mayRemain: boolean
  /** Opens the store again without the passphrase, and can't be read: the platform's own key. */
  readonly unlock?: unknown
}
