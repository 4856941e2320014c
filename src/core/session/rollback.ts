import { spendAfter } from '../compaction/job-steps.ts'
import type { Snapshotted, Write } from '../ports/session-store.ts'
import { assembleContext } from './assemble.ts'
import type { Generation } from './generation.ts'
import type { Message } from './message.ts'
import { reviseSession, type SessionRow } from './session-row.ts'
import { calibratedContextTokens } from './calibrated-tokens.ts'

/** Share of the budget by which a context must grow after a rollback before jobs start by themselves. */
const HOLD_GROWTH = 0.1

export type RolledBack =
  | { readonly kind: 'rolled-back'; readonly from: number; readonly session: SessionRow }
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * Makes an earlier generation the head again; 0 unfolds everything. The log is not touched, so
 * everything appended since stays.
 *
 * Pure and total. Reads the whole log above the target's mark, because all of it becomes the tail.
 *
 * @param read - With `generations: 'all'`, `range` over the whole log, and `openJob`.
 * @param mustFit - Refuses where the context would reach the hard threshold.
 * @see SPEC.md rules ROLL1–ROLL5
 */
export function rollBack(
  read: Snapshotted,
  n: number,
  now: number,
  mustFit: boolean = false,
): { readonly writes: readonly Write[]; readonly outcome: RolledBack } {
  const { session } = read
  if (!session) return refuse('the session does not exist')
  if (n === session.head) return refuse(`generation ${n} is the head already`)
  const target = read.generations.find((generation) => generation.n === n)
  if (n !== 0) {
    if (!target) return refuse(`there is no generation ${n}`)
    if (target.appliedAt === undefined) return refuse(`generation ${n} was never applied`)
    const atMark = read.range.find((message) => message.seq === target.mark)
    if (!atMark?.active || atMark.chain !== target.coverage) {
      return refuse(`generation ${n} covers messages that left the active path`)
    }
  }
  const moved = moveHead(read, session, target, now)
  const tokens = calibratedContextTokens(moved.session)
  const { budget } = session.policy
  if (mustFit && tokens >= budget.tokens * budget.hard) {
    return refuse(`${Math.round(tokens)} tokens would not fit the budget`)
  }
  const after = holdJobs(moved.session)
  return {
    writes: [...moved.writes, { table: 'sessions', row: after }],
    outcome: { kind: 'rolled-back', from: session.head, session: after },
  }
}

/** The session after a rollback: no job starts by itself until the context has grown. */
export function holdJobs(session: SessionRow): SessionRow {
  const growth = session.policy.budget.tokens * HOLD_GROWTH
  return { ...session, holdUntil: calibratedContextTokens(session) + growth }
}

/**
 * The session with another head, and the writes besides its own row: statuses, and the end of
 * whatever held the slot, because it was made for the former head.
 */
export function moveHead(
  read: Snapshotted,
  session: SessionRow,
  target: Generation | undefined,
  now: number,
): { readonly session: SessionRow; readonly writes: readonly Write[] } {
  const mark = target?.mark ?? 0
  const active = read.range.filter((message) => message.active)
  const context = assembleContext({
    head: target,
    pins: pinned(active, session, mark),
    tail: active.filter((message) => message.seq > mark),
    pinned: session.pins,
  })
  const writes: Write[] = []
  for (const generation of read.generations) {
    const status = statusAfter(generation, session.head, target?.n ?? 0)
    if (status !== generation.status) {
      writes.push({ table: 'generations', row: { ...generation, status } })
    }
  }
  const { openJob } = read
  if (openJob && (openJob.state === 'running' || openJob.state === 'ready')) {
    const reason = 'the head moved'
    writes.push({ table: 'jobs', row: { ...openJob, state: 'superseded', reason, endedAt: now } })
    writes.push({ table: 'blocks', remove: { session: session.id, job: openJob.n } })
  }
  return {
    writes,
    session: reviseSession(session, {
      head: target?.n ?? 0,
      mark,
      headVersion: session.headVersion + 1,
      candidate: 0,
      openJob: 0,
      probation: null,
      spend: spendAfter(session, read.openJob, now),
      tokens: { log: session.tokens.log, context: context.categories },
    }),
  }
}

function statusAfter(
  generation: Generation,
  formerHead: number,
  head: number,
): Generation['status'] {
  if (generation.n === head) return 'applied'
  if (generation.n === formerHead) return 'rolled-back'
  return generation.status === 'candidate' ? 'rejected' : generation.status
}

function pinned(active: readonly Message[], session: SessionRow, mark: number): Message[] {
  const pins = new Set(session.pins)
  return active.filter((message) => message.seq <= mark && pins.has(message.seq))
}

function refuse(reason: string): {
  readonly writes: readonly Write[]
  readonly outcome: RolledBack
} {
  return { writes: [], outcome: { kind: 'refused', reason } }
}
