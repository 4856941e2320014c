import { BackfoldError } from '../core/backfold-error.ts'
import type { Candidate } from '../core/compaction/candidate.ts'
import type { CutBounds } from '../core/compaction/cut.ts'
import {
  beginJob,
  blockRows,
  endJob,
  finishBlock,
  jobQuery,
  leaveJob,
  saveCandidate,
  type Saved,
} from '../core/compaction/job-steps.ts'
import type { Job, JobState, Trigger } from '../core/compaction/job.ts'
import { addSpend, type SpendWindow } from '../core/compaction/spend.ts'
import type { Generation } from '../core/session/generation.ts'
import type { Write } from '../core/ports/session-store.ts'
import type { Policy } from '../core/session/policy.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import { withDeadline, type Timed } from './deadline.ts'
import type { EnginePorts } from './engine-ports.ts'
import type { ExtractorSet } from './extractor-set.ts'
import { failureText } from './failure-text.ts'

/** How a job ended, with a reason that a person can read. */
export type JobEnd =
  | {
      readonly kind: 'ready'
      readonly job: Job
      readonly generation: Generation | undefined
      readonly session: SessionRow
    }
  | {
      readonly kind: 'skipped' | 'rejected' | 'abandoned' | 'failed'
      readonly job: Job | undefined
      readonly reason: string
    }

export interface JobOptions {
  readonly session: string
  readonly trigger: Trigger
  readonly bounds: CutBounds
  /** Newest messages in which large payloads stay. */
  readonly protectMessages: number
  readonly instructions?: string
  readonly policy: Policy
  /** Worker that runs the job. */
  readonly owner: string
  readonly extractors: ExtractorSet
  /** See {@link JobRequest.takesOver}. */
  readonly takesOver?: boolean
}

/** Why a job was aborted that is to be taken over where it stands. */
export const TAKEN_OVER: Error = new Error('taken over at the hard threshold')

/** Called as the job goes on. */
export interface JobReport {
  started(job: Job, session: SessionRow): void
  progressed(job: Job): void
}

/**
 * Runs one job from the cut to the stored candidate. The caller holds the lease, or takes the slot by
 * force at the hard threshold; either way a step that a newer holder has fenced off is refused.
 *
 * Never rejects for what may be expected: whatever goes wrong, the context is the one from before.
 *
 * @see SPEC.md rules RUN1–RUN5
 */
export async function runJob(
  ports: EnginePorts,
  options: JobOptions,
  signal: AbortSignal,
  report: JobReport,
): Promise<JobEnd> {
  const { session, trigger, bounds, instructions, owner, policy } = options
  const start = await ports.store.commit(jobQuery(session), (read) =>
    beginJob(read, {
      session,
      trigger,
      bounds,
      owner,
      extractors: options.extractors.infos().map(({ name }) => name),
      blockTokens: options.extractors.blockTokens(policy),
      now: ports.clock.now(),
      ...(instructions === undefined ? {} : { instructions }),
      ...(options.takesOver === undefined ? {} : { takesOver: options.takesOver }),
    }),
  )
  if (start.kind === 'none') return { kind: 'skipped', job: undefined, reason: start.reason }
  if (start.kind === 'ready') {
    return { kind: 'ready', job: start.job, generation: undefined, session: start.session }
  }
  report.started(start.job, start.session)
  let job = start.job
  for (;;) {
    const window = start.session.spend
    const attempt = await attemptJob(ports, { ...options, window }, job, signal, report)
    if (attempt.kind !== 'retry') return attempt
    job = { ...attempt.job, attempt: attempt.job.attempt + 1 }
    if (job.attempt > policy.attempts) {
      return end(ports, attempt.job, 'failed', `${attempt.reason}, ${policy.attempts} attempts`)
    }
  }
}

type Attempt = JobEnd | { readonly kind: 'retry'; readonly job: Job; readonly reason: string }

/** Works through the blocks that are left, then composes. A finished block is never done again. */
async function attemptJob(
  ports: EnginePorts,
  options: JobOptions & { readonly window: SpendWindow },
  start: Job,
  signal: AbortSignal,
  report: JobReport,
): Promise<Attempt> {
  const { store, clock, digester } = ports
  const { policy, extractors, window } = options
  const { session, n } = start
  let job = start
  for (let range = job.blocks[job.done]; range; range = job.blocks[job.done]) {
    const before = job
    const block = await extractors.extract({ job: before, range, policy, window }, signal)
    const spent = { ...job, spend: addSpend(job.spend, block.spend) }
    if (block.kind === 'aborted') return stop(ports, spent, signal)
    const { joined, spend } = block
    if (joined.kind === 'incomplete') return { kind: 'retry', job: spent, reason: joined.reason }
    await putInSlices(store, blockRows(before, joined.result))
    const cost = { spend, leftOut: joined.leftOut }
    const saved = await store.commit(
      { session, openJob: true, writes: ['jobs', 'blocks'] },
      (read) => finishBlock(read, before, cost),
    )
    if (saved.kind === 'fenced') return { kind: 'abandoned', job, reason: saved.reason }
    job = saved.value
    report.progressed(job)
  }
  const composed = await withDeadline(clock, policy.attemptDeadlineMs, signal, (inner) =>
    digester.compose({ session, job: n, protectMessages: options.protectMessages }, inner),
  )
  if (composed.kind === 'aborted') return stop(ports, job, signal)
  if (composed.kind !== 'done') return unfinished(job, composed)
  return storeCandidate(ports, job, composed.value)
}

/** Rows written in one transaction: the disk is busy with them while somebody wants to append. */
const WRITE_SLICE = 8

async function putInSlices(store: EnginePorts['store'], rows: readonly Write[]): Promise<void> {
  for (let from = 0; from < rows.length; from += WRITE_SLICE) {
    await store.put(rows.slice(from, from + WRITE_SLICE))
  }
}

async function storeCandidate(ports: EnginePorts, job: Job, candidate: Candidate): Promise<JobEnd> {
  const { session } = job
  const { summarisedBy = [] } = candidate
  const names = [ports.digester.name, ...summarisedBy]
  const facts = { summariser: names.join(' + '), now: ports.clock.now() }
  const pads = candidate.padRuns?.length ? ({ pads: 'all' } as const) : {}
  const query = { session, openJob: true, rules: 'all', ...pads } as const
  const saved = await ports.store.commit(query, (read) =>
    saveCandidate(read, job, candidate, facts),
  )
  if (saved.kind === 'fenced') return { kind: 'abandoned', job, reason: saved.reason }
  return savedEnd(saved.value)
}

function savedEnd({ job, generation, session }: Saved): JobEnd {
  return job.state === 'rejected'
    ? { kind: 'rejected', job, reason: job.reason ?? 'a check failed' }
    : { kind: 'ready', job, generation, session }
}

/** A job that was aborted ends, unless it is taken over: then it stays where it is. */
async function stop(ports: EnginePorts, job: Job, signal: AbortSignal): Promise<JobEnd> {
  if (signal.reason !== TAKEN_OVER) return end(ports, job, 'abandoned', 'cancelled')
  await ports.store.commit({ session: job.session, openJob: true, writes: ['jobs'] }, (read) =>
    leaveJob(read, job),
  )
  return { kind: 'abandoned', job, reason: TAKEN_OVER.message }
}

/** The composing did not end well: it is tried again. */
function unfinished(
  job: Job,
  timed: Extract<Timed<unknown>, { readonly kind: 'timed-out' | 'failed' }>,
): Attempt {
  const reason =
    timed.kind === 'timed-out' ? 'the summariser did not answer in time' : reasonOf(timed.failure)
  return { kind: 'retry', job, reason }
}

async function end(
  ports: EnginePorts,
  job: Job,
  state: Extract<JobState, 'abandoned' | 'failed'>,
  reason: string,
): Promise<JobEnd> {
  const now = ports.clock.now()
  await ports.store.commit({ session: job.session, openJob: true }, (read) =>
    endJob(read, job, { state, reason, now }),
  )
  return { kind: state, job, reason }
}

function reasonOf(failure: unknown): string {
  if (failure instanceof BackfoldError) return `${failure.code}: ${failure.message}`
  return failureText(failure)
}
