import type { Job, JobState, Trigger } from '../core/compaction/job.ts'
import type { Spend } from '../core/compaction/spend.ts'

/** All jobs of one session that are remembered, newest first. */
export interface SessionJobs {
  readonly session: string
  readonly jobs: readonly JobEntry[]
}

/** A job as the registry shows it: whoever runs it, in whatever tab. */
export interface JobEntry {
  readonly session: string
  /** 0 while it waits for the lease. */
  readonly n: number
  readonly trigger: Trigger
  readonly state: JobState | 'queued'
  /** Worker that has it; the one of this tab if `isHere`. */
  readonly owner: string
  readonly isHere: boolean
  readonly attempt: number
  readonly blocks: readonly BlockEntry[]
  readonly done: number
  /** What extractors that are not free have cost. */
  readonly spend: Spend
  readonly tokensBefore: number
  readonly tokensAfter: number | null
  /** Candidate or generation that came of it. */
  readonly generation: number | null
  /** Why it ended; null while it has not. */
  readonly reason: string | null
  readonly startedAt: number
  readonly endedAt: number | null
}

/** One block of a job, and what each extractor made of it. */
export interface BlockEntry {
  readonly from: number
  readonly to: number
  readonly state: 'done' | 'running' | 'waiting'
  readonly extractors: readonly ExtractorEntry[]
}

export interface ExtractorEntry {
  readonly name: string
  readonly state: 'done' | 'running' | 'waiting' | 'left-out'
  /** Why it was left out. */
  readonly reason?: string
}

/** Describes a stored job. */
export function describeJob(job: Job, owner: string): JobEntry {
  return {
    session: job.session,
    n: job.n,
    trigger: job.trigger,
    state: job.state,
    owner: job.owner,
    isHere: job.owner === owner,
    attempt: job.attempt,
    blocks: job.blocks.map((_, index) => describeBlock(job, index)),
    done: job.done,
    spend: job.spend,
    tokensBefore: job.tokensBefore,
    tokensAfter: job.tokensAfter ?? null,
    generation: job.generation ?? null,
    reason: job.state === 'running' ? null : (job.reason ?? null),
    startedAt: job.startedAt,
    endedAt: job.endedAt ?? null,
  }
}

/** Groups jobs by session; the session with the newest job comes first. */
export function groupBySession(entries: readonly JobEntry[]): readonly SessionJobs[] {
  // What still waits comes after everything that has begun.
  const rank = ({ n }: JobEntry): number => (n === 0 ? Number.MAX_SAFE_INTEGER : n)
  const newestFirst = entries.toSorted((a, b) => b.startedAt - a.startedAt || rank(b) - rank(a))
  return [...new Set(newestFirst.map(({ session }) => session))].map((session) => ({
    session,
    jobs: newestFirst.filter((entry) => entry.session === session),
  }))
}

function describeBlock(job: Job, index: number): BlockEntry {
  const { from, to } = job.blocks[index] ?? { from: 0, to: 0 }
  const isRunning = index === job.done && job.state === 'running'
  const state = index < job.done ? 'done' : isRunning ? 'running' : 'waiting'
  return {
    from,
    to,
    state,
    extractors: job.extractors.map((name): ExtractorEntry => {
      const left = job.leftOut.find((one) => one.block === index && one.extractor === name)
      return left ? { name, state: 'left-out', reason: left.reason } : { name, state }
    }),
  }
}
