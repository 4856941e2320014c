import { BackfoldError } from '../core/backfold-error.ts'
import { renderDigest } from '../core/compaction/digest-text.ts'
import { pinByOthers } from '../core/memory/model-pins.ts'
import { branchLog } from '../core/session/branch.ts'
import type { Generation, GenerationStatus } from '../core/session/generation.ts'
import type { Seq } from '../core/session/message.ts'
import { rollBack } from '../core/session/rollback.ts'
import type {
  GenerationDetail,
  GenerationDiff,
  GenerationSummary,
  RollbackOutcome,
} from '../protocol/requests.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import type { JobSlot } from './job-slot.ts'
import type { SessionCell } from './session-cell.ts'

/** Messages around a pinned one in which the rest of its tool exchange is looked for. */
export const PIN_REACH = 64
const WHOLE_LOG = { from: 1, to: Number.MAX_SAFE_INTEGER } as const

/** All generations, newest first. */
export async function listGenerations(cell: SessionCell): Promise<readonly GenerationSummary[]> {
  const read = await cell.ports.store.read({ session: cell.id, generations: 'all' })
  return read.generations.map((generation) => summarise(generation, cell)).toReversed()
}

/** One generation with its digest. */
export async function readGeneration(cell: SessionCell, n: number): Promise<GenerationDetail> {
  const generation = await findGeneration(cell, n)
  return {
    ...summarise(generation, cell),
    digest: generation.digest,
    text: renderDigest(generation.digest, generation.mark),
  }
}

/** Digest lines that came and went between two generations; 0 is the log without a digest. */
export async function diffGenerations(
  cell: SessionCell,
  a: number,
  b: number,
): Promise<GenerationDiff> {
  const [from, to] = await Promise.all([findOrEmpty(cell, a), findOrEmpty(cell, b)])
  const inFrom = new Set(from?.digest.map((line) => line.id))
  const inTo = new Set(to?.digest.map((line) => line.id))
  const added = (to?.digest ?? []).filter((line) => !inFrom.has(line.id))
  const removed = (from?.digest ?? []).filter((line) => !inTo.has(line.id))
  return {
    from: a,
    to: b,
    added,
    removed,
    kept: inTo.size - added.length,
    tokensFrom: from?.tokensAfter ?? 0,
    tokensTo: to?.tokensAfter ?? 0,
    markFrom: from?.mark ?? 0,
    markTo: to?.mark ?? 0,
  }
}

const HEAD_MOVED = { kind: 'refused', reason: 'the head moved meanwhile' } as const

/** Makes an earlier generation the head again. A job that runs here ends first: it loses its base. */
export async function rollBackTo(
  cell: SessionCell,
  slot: JobSlot,
  n: number,
  /** Given when nobody asked for it: then it must fit, and this must be the head. */
  byItself?: { readonly reason: string; readonly generation: number },
): Promise<RollbackOutcome> {
  const before = cell.row().tokens.context
  const result = await slot.suspended(async () => {
    const rolled = await cell.ports.store.commit(
      { session: cell.id, generations: 'all', range: WHOLE_LOG, openJob: true },
      (read) =>
        byItself && read.session?.head !== byItself.generation
          ? { writes: [], outcome: HEAD_MOVED }
          : rollBack(read, n, cell.ports.clock.now(), byItself !== undefined),
    )
    if (rolled.kind === 'rolled-back') settleHead(cell, rolled.session)
    return rolled
  })
  if (result.kind === 'refused') return result
  const after = result.session.tokens.context
  const why = byItself && { reason: byItself.reason }
  const event = { type: 'rolled-back', from: result.from, to: n, ...why } as const
  cell.emit(event, { before, after })
  cell.ports.notices.post({ session: cell.id, kind: 'rolled-back' })
  return { kind: 'rolled-back', from: result.from, to: n }
}

/** Takes everything above a message off the active path. */
export async function branchAfter(cell: SessionCell, slot: JobSlot, after: Seq): Promise<void> {
  await slot.suspended(async () => {
    const result = await cell.ports.store.commit(
      { session: cell.id, generations: 'all', range: WHOLE_LOG, openJob: true, rules: 'all' },
      (read) => branchLog(read, after, cell.ports.clock.now()),
    )
    if (result.kind === 'refused') throw new BackfoldError('INVALID_INPUT', result.reason)
    settleHead(cell, result.session)
  })
  cell.emit({ type: 'branched', behind: after })
  cell.ports.notices.post({ session: cell.id, kind: 'branched' })
}

/** Pins a message with its tool exchange, or takes the pin off all of it. */
export async function setPin(
  cell: SessionCell,
  seq: Seq,
  pinned: boolean,
): Promise<readonly Seq[]> {
  const range = { from: Math.max(1, seq - PIN_REACH), to: seq + PIN_REACH }
  const query = { session: cell.id, head: true, range, notes: 'all' } as const
  const result = await cell.ports.store.commit(query, (read) => pinByOthers(read, seq, pinned))
  if (result.kind === 'refused') throw new BackfoldError('INVALID_INPUT', result.reason)
  cell.know(result.session)
  return result.session.pins
}

/** The head moved: what stood in the slot was made for another. */
function settleHead(cell: SessionCell, session: SessionRow): void {
  cell.step({ type: 'discarded' })
  cell.know(session)
  cell.step({ type: 'reset' })
}

async function findOrEmpty(cell: SessionCell, n: number): Promise<Generation | undefined> {
  return n === 0 ? undefined : findGeneration(cell, n)
}

async function findGeneration(cell: SessionCell, n: number): Promise<Generation> {
  const read = await cell.ports.store.read({ session: cell.id, generations: [n] })
  const found = read.generations[0]
  if (!found) throw new BackfoldError('SESSION_NOT_FOUND', `there is no generation ${n}`)
  return found
}

function summarise(generation: Generation, cell: SessionCell): GenerationSummary {
  return {
    n: generation.n,
    parent: generation.parent,
    status: statusOf(generation, cell.row().head),
    mark: generation.mark,
    covered: generation.covered,
    tokensBefore: generation.tokensBefore,
    tokensAfter: generation.tokensAfter,
    createdAt: generation.createdAt,
    ...(generation.appliedAt === undefined ? {} : { appliedAt: generation.appliedAt }),
    checks: generation.checks,
    summariser: generation.summariser,
  }
}

/** A generation that was applied and is not the head any more was superseded. */
function statusOf({ n, status }: Generation, head: number): GenerationStatus {
  return status === 'applied' && n !== head ? 'superseded' : status
}
