import { NOTHING_READ } from '../../../src/store/nothing-read.ts'
import type { BlockDigest, Job } from '../../../src/core/compaction/job.ts'
import type {
  Decide,
  ReadQuery,
  Snapshotted,
  Write,
} from '../../../src/core/ports/session-store.ts'
import type { Generation, Snapshot } from '../../../src/core/session/generation.ts'
import type { Message } from '../../../src/core/session/message.ts'
import type { SessionRow } from '../../../src/core/session/session-row.ts'

/**
 * Everything that is stored of one session. Immutable: a transaction makes another world, so that a search
 * can go on from the former one in as many ways as there are.
 */
export interface SmallWorld {
  readonly session: SessionRow
  /** By position − 1. */
  readonly log: readonly Message[]
  /** By number, ascending. */
  readonly generations: readonly Generation[]
  readonly snapshots: readonly Snapshot[]
  readonly jobs: readonly Job[]
  /** By job, then by block. */
  readonly blocks: readonly BlockDigest[]
}

export interface Committed<Outcome> {
  readonly world: SmallWorld
  readonly outcome: Outcome
}

/** Reads, decides and writes: one transaction, which happens whole. */
export function commit<Outcome>(
  world: SmallWorld,
  query: Omit<ReadQuery, 'session'>,
  decide: Decide<Outcome>,
): Committed<Outcome> {
  const { writes, outcome } = decide(readWorld(world, query))
  return { world: writeAll(world, writes), outcome }
}

/** What a query finds. Written from the port's description, not from a store. */
export function readWorld(world: SmallWorld, query: Omit<ReadQuery, 'session'>): Snapshotted {
  const { session, log, generations } = world
  const byNumber = (n: number): Generation | undefined => generations.find((row) => row.n === n)
  const candidate = byNumber(session.candidate)
  const mark = query.asApplied && candidate ? candidate.mark : session.mark
  const { range } = query
  return {
    ...NOTHING_READ,
    session,
    head: query.head ? byNumber(session.head) : undefined,
    tail: query.tail ? log.filter((message) => message.active && message.seq > mark) : [],
    pins: query.pins ? log.filter(({ seq }) => seq <= mark && session.pins.includes(seq)) : [],
    range: range ? log.filter(({ seq }) => seq >= range.from && seq <= range.to) : [],
    at: (query.at ?? []).flatMap((seq) => log[seq - 1] ?? []),
    generations: query.generations === 'all' ? generations : [],
    candidate: query.candidate ? candidate : undefined,
    candidateMark: query.candidate && candidate ? log[candidate.mark - 1] : undefined,
    jobs: query.jobs === 'all' ? world.jobs : [],
    openJob: query.openJob ? world.jobs.find((job) => job.n === session.openJob) : undefined,
    blocks: world.blocks.filter((block) => block.job === query.blocks),
  }
}

/** The world after these writes. */
export function writeAll(world: SmallWorld, writes: readonly Write[]): SmallWorld {
  return writes.reduce(writeOne, world)
}

function writeOne(world: SmallWorld, write: Write): SmallWorld {
  switch (write.table) {
    case 'sessions':
      return { ...world, session: write.row }
    case 'messages': {
      const { session: _, ...message } = write.row
      return { ...world, log: placed(world.log, message, ({ seq }) => seq) }
    }
    case 'generations':
      return { ...world, generations: placed(world.generations, write.row, numberOf) }
    case 'snapshots':
      return { ...world, snapshots: placed(world.snapshots, write.row, numberOf) }
    case 'jobs':
      return { ...world, jobs: placed(world.jobs, write.row, numberOf) }
    case 'blocks':
      return { ...world, blocks: writeBlock(world.blocks, write) }
    case 'artifacts':
    case 'notes':
    case 'pads':
    case 'rules':
    case 'facts':
    case 'index':
      return world
  }
}

function writeBlock(
  blocks: readonly BlockDigest[],
  write: Extract<Write, { readonly table: 'blocks' }>,
): readonly BlockDigest[] {
  if ('remove' in write) return blocks.filter(({ job }) => job !== write.remove.job)
  return placed(blocks, write.row, ({ job, block }) => job * 1_000 + block)
}

/** The rows with one more, or another, in its place. */
function placed<Row>(rows: readonly Row[], row: Row, keyOf: (row: Row) => number): readonly Row[] {
  const key = keyOf(row)
  const place = rows.findIndex((other) => keyOf(other) >= key)
  const found = rows[place]
  if (found === undefined) return [...rows, row]
  return keyOf(found) === key ? rows.with(place, row) : rows.toSpliced(place, 0, row)
}

function numberOf(row: { readonly n: number }): number {
  return row.n
}
