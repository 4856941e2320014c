import { softThreshold } from '../core/compaction/pressure.ts'
import { probationNow } from '../core/compaction/probation.ts'
import type { Slot } from '../core/compaction/slot.ts'
import { groupDigits } from '../core/memory/group-digits.ts'
import { calibrateTokens } from '../core/session/calibrated-tokens.ts'
import { sumCategories } from '../core/session/categories.ts'
import { detailsOf } from '../core/session/describe-session.ts'
import type { ApplyAt } from '../core/session/policy.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import { pendingOf } from '../core/sync/pending-of.ts'
import type { SyncState } from '../core/sync/sync-state.ts'
import type {
  Health,
  JobStatus,
  ProbationStatus,
  SessionState,
  SessionSync,
} from '../protocol/events.ts'
import type { RunningJob } from './session-cell.ts'

interface Known {
  readonly row: SessionRow
  readonly slot: Slot
  readonly running: RunningJob | undefined
  /** Calibrated tokens of the context. */
  readonly tokens: number
}

/** Describes a session for its host: plain data, and sentences for people. */
export function stateOf(known: Known): SessionState {
  const { row, slot, tokens } = known
  const { budget } = row.policy
  const estimated = sumCategories(row.tokens.context)
  const factor = estimated > 0 ? tokens / estimated : 1
  const { context } = row.tokens
  return {
    session: row.id,
    details: detailsOf(row),
    generation: row.head,
    mark: row.mark,
    newest: row.nextSeq - 1,
    messages: row.messages,
    budget: {
      tokens: budget.tokens,
      soft: Math.round(softThreshold(budget, row.headroom)),
      hard: Math.round(budget.tokens * budget.hard),
    },
    tokens: {
      log: calibrateTokens(row, row.tokens.log),
      context: Math.round(tokens),
      categories: {
        pinned: Math.round(context.pinned * factor),
        digest: Math.round(context.digest * factor),
        user: Math.round(context.user * factor),
        assistant: Math.round(context.assistant * factor),
        tools: Math.round(context.tools * factor),
      },
    },
    pins: row.pins,
    job: describeJob(known),
    candidate: row.candidate === 0 ? null : row.candidate,
    probation: describeProbation(row),
    nextAction: describeNext(known),
    health: describeHealth(slot),
    ...(row.sync && { sync: describeSync(row, row.sync) }),
  }
}

function describeSync(
  row: SessionRow,
  { confirmed, moves, mended, claim }: SyncState,
): SessionSync {
  return {
    confirmed,
    pending: pendingOf(row),
    moves,
    ...(mended === undefined ? {} : { mended }),
    ...(claim && { foldedBy: claim.name }),
  }
}

function describeJob({ row, slot, running }: Known): JobStatus {
  if (running && !running.job) {
    return { status: 'queued', trigger: slot.status === 'running' ? slot.trigger : 'soft' }
  }
  if (running?.job) {
    const { n, trigger, done, blocks, startedAt } = running.job
    return { status: 'running', job: n, trigger, done, of: blocks.length, startedAt }
  }
  if (row.candidate !== 0) {
    return { status: 'ready', job: row.openJob, generation: row.candidate }
  }
  return { status: 'idle' }
}

function describeNext({ row, slot, running, tokens }: Known): string {
  const { budget } = row.policy
  if (running) return 'A fold is being prepared; the session goes on meanwhile.'
  if (row.candidate !== 0) {
    return `Generation ${row.candidate} is ready and ${WAITS_FOR[row.policy.applyAt]}.`
  }
  if (slot.status === 'paused') return 'Jobs are paused after failures; compact() tries again.'
  if (tokens < row.holdUntil) {
    return 'Held after a rollback: the next fold starts once the context has grown.'
  }
  const left = Math.round(softThreshold(budget, row.headroom) - tokens)
  if (left <= 0) return 'A fold starts with the next message that a legal cut allows.'
  return `A fold starts in about ${groupDigits(left)} tokens.`
}

const WAITS_FOR: Readonly<Record<ApplyAt, string>> = {
  turn: 'will be applied when the next turn starts',
  idle: 'will be applied when the session is idle',
  between: 'will be applied when this or another session is opened',
  hard: 'waits for the hard threshold',
  manual: 'waits for apply()',
}

function describeProbation(row: SessionRow): ProbationStatus | null {
  const probation = probationNow(row)
  if (!probation) return null
  return {
    generation: probation.generation,
    turnsLeft: probation.until - row.turns + 1,
    evidence: probation.evidence.map(({ detail }) => detail),
  }
}

function describeHealth(slot: Slot): Health {
  if (slot.status === 'paused') return { status: 'paused', reason: slot.reason }
  if (slot.failures > 0) {
    return { status: 'degraded', reason: `${slot.failures} jobs in a row failed` }
  }
  return { status: 'ok' }
}
