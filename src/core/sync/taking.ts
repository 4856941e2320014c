import type { Generation } from '../session/generation.ts'
import type { Message, Seq } from '../session/message.ts'
import type { SessionDetails } from '../session/session-details.ts'
import type { LogLine } from './log-line.ts'
import type { RowTables } from './row-tables.ts'
import type { SyncRecord } from './sync-record.ts'
import type { Claim, RemoteHead, Unsent } from './sync-state.ts'

/** A session while entries are taken in: what the remote log says of it, and what was changed here on top of that. */
export interface Taking {
  readonly session: string
  readonly device: string
  readonly now: number
  /** Position of the deletion behind which the session began; 0 for none. */
  readonly since: number
  /** The log as far as the remote log has settled it. */
  readonly line: LogLine
  /** Messages that were provisional before, by id. */
  readonly provisional: ReadonlyMap<string, Message>
  /** Ids of messages whose places are settled, as far as they were asked for. */
  readonly settled: ReadonlySet<string>
  /** Those of them in whose places others stand. */
  readonly standIns: ReadonlySet<string>
  /** Whether messages of the session are missing for good, as far as is known. */
  readonly hasStandIns: boolean
  readonly rows: RowTables
  readonly generations: Map<number, Generation>
  /** Number of the head here, whatever the remote log says. */
  readonly localHead: number
  lastGeneration: number
  head: RemoteHead
  unsent: readonly Unsent[]
  claim: Claim | undefined
  claimedAt: number
  details: SessionDetails | undefined
  conflicts: number
  /** Branches of other devices. */
  branches: number
  /** A branch of another device has changed the active path. */
  hasLeft: boolean
  /** A rule was said, or a branch may have left some. */
  hasRules: boolean
  /** An entry has said which head it is, or moved it. */
  headSaid: 'not' | 'generation' | 'rollback'
  /** Messages that were new by then. */
  addedBefore: number
  /** Messages that were not here before. */
  readonly added: Message[]
  /** Provisional messages in whose places others said something else by the same id. */
  readonly replaced: Message[]
}

/** What an entry came to: `ignored` says nothing that fits. */
export type Step = 'taken' | 'ignored'

export type RecordOf<Kind extends SyncRecord['kind']> = Extract<SyncRecord, { kind: Kind }>

/** Forgets that something is on its way: it has come, or is not wanted any more. */
export function drop(taking: Taking, id: string): void {
  taking.unsent = taking.unsent.filter((mark) => mark.id !== id)
}

/** Whether a generation covers what it says, in a log that is given by its messages. */
export function holds(
  generation: Pick<Generation, 'mark' | 'coverage'>,
  at: (seq: Seq) => Message | undefined,
): boolean {
  const message = at(generation.mark)
  return message?.active === true && message.chain === generation.coverage
}

/** A generation, or its newest ancestor that covers what it says; undefined if none does. */
export function newestHolding(
  n: number,
  generations: ReadonlyMap<number, Generation>,
  at: (seq: Seq) => Message | undefined,
): Generation | undefined {
  let generation = generations.get(n)
  while (generation && !holds(generation, at)) {
    // Numbers of ancestors descend, in sound rows: nothing else may keep this from ending.
    const { parent } = generation
    generation = parent < generation.n ? generations.get(parent) : undefined
  }
  return generation
}
