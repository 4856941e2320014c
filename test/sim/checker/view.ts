import type { BlockDigest, Job } from '../../../src/core/compaction/job.ts'
import type { Generation, Snapshot } from '../../../src/core/session/generation.ts'
import type { Message } from '../../../src/core/session/message.ts'
import type { SessionRow } from '../../../src/core/session/session-row.ts'
import type { RowChange } from '../world/stored-rows.ts'

/** The session as it was stored at one moment, with nothing under way. Never changed afterwards. */
export interface View {
  readonly index: number
  /** Virtual time at which it was stored. */
  readonly elapsed: number
  readonly session: SessionRow
  readonly log: readonly Message[]
  /** The messages on the active path. */
  readonly active: readonly Message[]
  readonly head: Generation | undefined
}

/** A row before and after a transaction. */
export interface Changed<Row> {
  readonly before: Row | undefined
  readonly after: Row
}

/** What one transaction changed. */
export interface Delta {
  readonly messages: readonly Changed<Message>[]
  readonly generations: readonly Changed<Generation>[]
  readonly jobs: readonly Changed<Job>[]
  readonly snapshots: readonly Changed<Snapshot>[]
  /** Finished blocks that were removed, with the job that they belonged to. */
  readonly removedBlocks: readonly BlockDigest[]
}

/** The committed rows of one session, put together from what each transaction changed. */
export class CommittedRows {
  readonly generations: Map<number, Generation> = new Map()
  readonly jobs: Map<number, Job> = new Map()
  readonly snapshots: Map<number, Snapshot> = new Map()
  session: SessionRow | undefined
  private readonly blocks = new Map<string, BlockDigest>()
  private log: readonly Message[] = []
  private active: readonly Message[] = []
  private readonly id: string

  constructor(id: string) {
    this.id = id
  }

  /** Takes over the changes of one transaction. */
  apply(changes: readonly RowChange[]): Delta {
    const messages: Changed<Message>[] = []
    const generations: Changed<Generation>[] = []
    const jobs: Changed<Job>[] = []
    const snapshots: Changed<Snapshot>[] = []
    const removedBlocks: BlockDigest[] = []
    for (const { table, key, row } of changes) {
      if (!key.startsWith(this.id)) continue
      if (table === 'blocks') {
        removedBlocks.push(...this.takeBlock(key, row as BlockDigest | undefined))
        continue
      }
      if (row === undefined) continue
      if (table === 'sessions') this.session = row as SessionRow
      else if (table === 'messages') {
        const after = row as Message
        const before = this.log[after.seq - 1]
        if (before !== after) messages.push({ before, after })
      } else if (table === 'generations') take(this.generations, row as Generation, generations)
      else if (table === 'jobs') take(this.jobs, row as Job, jobs)
      else if (table === 'snapshots') take(this.snapshots, row as Snapshot, snapshots)
    }
    messages.sort((a, b) => a.after.seq - b.after.seq)
    if (messages.length > 0) this.takeMessages(messages)
    return { messages, generations, jobs, snapshots, removedBlocks }
  }

  view(index: number, elapsed: number): View | undefined {
    const { session, log, active } = this
    if (!session) return undefined
    return { index, elapsed, session, log, active, head: this.generations.get(session.head) }
  }

  private takeBlock(key: string, row: BlockDigest | undefined): readonly BlockDigest[] {
    const before = this.blocks.get(key)
    if (row) this.blocks.set(key, row)
    else this.blocks.delete(key)
    return row || !before ? [] : [before]
  }

  private takeMessages(messages: readonly Changed<Message>[]): void {
    const log = [...this.log]
    for (const { after } of messages) log[after.seq - 1] = after
    this.log = log
    this.active = log.filter((message) => message.active)
  }
}

function take<Row extends { readonly n: number }>(
  rows: Map<number, Row>,
  after: Row,
  changed: Changed<Row>[],
): void {
  const before = rows.get(after.n)
  if (before === after) return
  rows.set(after.n, after)
  changed.push({ before, after })
}

/** What a message says, for comparing. Rows are never changed in place, so it is computed once. */
export function partsText(message: Message): string {
  const known = texts.get(message)
  if (known !== undefined) return known
  const text = JSON.stringify(message.parts)
  texts.set(message, text)
  return text
}

const texts = new WeakMap<Message, string>()
