import type { FactOverride } from '../memory/facts/fact-override.ts'
import type { MemoryAction } from '../memory/memory-action.ts'
import type { Pad } from '../memory/pads/pad.ts'
import type { RuleRow } from '../memory/vault/rule-row.ts'
import type { StampedDraft } from '../session/append.ts'
import type { Generation } from '../session/generation.ts'
import type { Seq } from '../session/message.ts'
import type { SessionDetails } from '../session/session-details.ts'

/**
 * One thing that one device tells all others of a session. The remote log puts records in one order, and what a session
 * is follows from them in that order alone, so that all devices agree.
 */
export type SyncRecord = RecordFields &
  (
    | { readonly kind: 'message'; readonly message: StampedDraft }
    /** Active messages behind `after` up to `through`, by id, leave the active path; later ones stay. */
    | { readonly kind: 'branch'; readonly after: string; readonly through: string }
    | ({
        readonly kind: 'row'
        /** The sender knew of no row of that key: where there is one by then, this says nothing, and the sender says it anew. */
        readonly isFresh?: boolean
      } & RemoteRow)
    /** A generation that was applied, whole; the head if it fits the log at this place, else nothing. */
    | {
        readonly kind: 'generation'
        /** The head that it was made for: a record's id, empty for none. */
        readonly parent: string
        readonly generation: PortableGeneration
      }
    /** An earlier generation is the head again: a record's id, empty for none at all. */
    | { readonly kind: 'rollback'; readonly parent: string; readonly to: string }
    /** A device begins to fold the session, goes on with it, or ends. */
    | {
        readonly kind: 'claim'
        readonly device: string
        readonly name: string
        readonly state: 'held' | 'free'
      }
    /** Everything said of the session until here is gone. */
    | { readonly kind: 'deleted' }
    /** Messages behind `confirmed` up to `to`, or those of the ids, can't be read: whoever has them is to say them again. */
    | { readonly kind: 'lacking'; readonly to: Seq; readonly ids?: readonly string[] }
    /** A message that the remote log has lost, said again, or what stands in for it; by its place, or 0. */
    | { readonly kind: 'repair'; readonly seq: Seq; readonly message: StampedDraft }
  )

interface RecordFields {
  /** The session's own id. Where records are sealed, the remote log does not know it. */
  readonly session: string
  /** Of the record, never used twice; of a message its own. */
  readonly id: string
  /** Device that said it. */
  readonly by: string
  /** How many messages of the log the sender had seen in their places: whoever has seen fewer by then, lacks some. */
  readonly confirmed: Seq
  /**
   * Position of the deletion behind which the session began, as far as the sender knew; missing where it was never deleted.
   * What is said of places is said of that session alone.
   */
  readonly since?: number
  /**
   * The sender's own messages before this one that it had not read back yet, oldest first and at most four:
   * whoever misses one lacks it.
   */
  readonly prev?: readonly StoredMessage[]
}

/** A message that the remote log said to have stored. */
export interface StoredMessage {
  readonly id: string
  readonly position: number
}

/** A row as it is from now on; null where it was removed. */
export type RemoteRow =
  | { readonly table: 'rules'; readonly key: string; readonly row: RuleRow }
  | { readonly table: 'facts'; readonly key: string; readonly row: FactOverride }
  | { readonly table: 'notes'; readonly key: string; readonly row: MemoryAction }
  | { readonly table: 'pads'; readonly key: string; readonly row: Pad | null }
  | { readonly table: 'session'; readonly key: 'details'; readonly row: SessionDetails }
  | { readonly table: 'session'; readonly key: 'pins'; readonly row: readonly Seq[] }

/** A generation without what is one device's own. */
export type PortableGeneration = Omit<
  Generation,
  'session' | 'n' | 'parent' | 'status' | 'job' | 'record'
>

/** The message that a record says, for the first time or again. */
export function messageOf(record: SyncRecord): StampedDraft | undefined {
  return record.kind === 'message' || record.kind === 'repair' ? record.message : undefined
}

/** A record at its place in the remote log. */
export interface SyncEntry {
  /** Ascending over all sessions of a space; gaps are normal. */
  readonly position: number
  readonly record: SyncRecord
}

/** An entry that says nothing that can be read here. Whatever wants to write behind it has to name it all the same. */
export interface NonsenseEntry {
  readonly position: number
  readonly channel: Channel
}

/** The remote log keeps an order of its own for each of these, within a session. */
export type Channel = 'log' | 'rows' | 'heads' | 'claims'

/** Which of them a record goes to. */
export function channelOf({ kind }: Pick<SyncRecord, 'kind'>): Channel {
  switch (kind) {
    case 'generation':
    case 'rollback':
      return 'heads'
    case 'claim':
      return 'claims'
    case 'row':
      return 'rows'
    case 'message':
    case 'branch':
    case 'deleted':
    case 'lacking':
    case 'repair':
      return 'log'
  }
}
