import type { SessionState } from '../../protocol/events.ts'
import type { JobEntry } from '../../protocol/job-registry.ts'
import type { ApplyOutcome, CompactOutcome, RollbackOutcome } from '../../protocol/requests.ts'
import { triggerText } from './event-line.ts'
import { reasonText } from './reason-text.ts'
import { shortTokens } from './token-format.ts'

/** The job slot at a glance. */
export interface JobGlance {
  readonly status: 'idle' | 'queued' | 'running' | 'ready'
  readonly title: string
  readonly detail: string
  /** 0 to 1 while running, else null. */
  readonly progress: number | null
}

/** Describes the slot in words. @see SPEC.md rule APP36 */
export function describeSlot(state: SessionState): JobGlance {
  const { job } = state
  switch (job.status) {
    case 'idle':
      return { status: 'idle', title: 'No job', detail: state.nextAction, progress: null }
    case 'queued':
      return {
        status: 'queued',
        title: 'Job queued',
        detail: `Why: ${triggerText(job.trigger)}.`,
        progress: null,
      }
    case 'running':
      return {
        status: 'running',
        title: `Job ${job.job} folds in the background`,
        detail: `Block ${Math.min(job.done + 1, Math.max(1, job.of))} of ${Math.max(1, job.of)}. Why: ${triggerText(job.trigger)}.`,
        progress: job.of > 0 ? Math.min(1, job.done / job.of) : 0,
      }
    case 'ready':
      return {
        status: 'ready',
        title: `Candidate ready: generation ${job.generation}`,
        detail: state.nextAction,
        progress: null,
      }
  }
}

/** How the newest fold does on probation; null if it is over. @see SPEC.md rule APP59 */
export function describeProbation(probation: SessionState['probation']): string | null {
  if (probation === null) return null
  const { generation, turnsLeft, evidence } = probation
  const turns = `${turnsLeft} more ${turnsLeft === 1 ? 'turn' : 'turns'}`
  const against = evidence.length === 0 ? 'Nothing speaks against it.' : `${evidence.join('; ')}.`
  return `Generation ${generation} is watched for ${turns}. ${against}`
}

const STATES: Readonly<Record<JobEntry['state'], string>> = {
  queued: 'queued',
  running: 'running',
  ready: 'candidate ready',
  applied: 'applied',
  superseded: 'superseded',
  skipped: 'skipped',
  rejected: 'rejected',
  abandoned: 'abandoned',
  failed: 'failed',
}

/** A job of the registry in words. */
export interface JobWords {
  readonly state: string
  /** What it changed, and why it started or ended. */
  readonly detail: string
  /** Which tab has it, how often it was taken up, how far it is. */
  readonly course: string
  /** What it cost, if anything. */
  readonly spend: string | null
}

/** One job of the registry in words. @see SPEC.md rules APP36, APP58 */
export function describeJob(job: JobEntry): JobWords {
  const gain =
    job.tokensAfter === null
      ? ''
      : `${shortTokens(job.tokensBefore)} → ${shortTokens(job.tokensAfter)} tokens`
  const why =
    job.reason !== null ? reasonText(job.reason) : `Why it started: ${triggerText(job.trigger)}`
  const blocks = `${job.done} of ${job.blocks.length} blocks`
  const attempts = job.attempt > 1 ? `, attempt ${job.attempt}` : ''
  const { calls, tokens } = job.spend
  return {
    state: STATES[job.state],
    detail: [gain, why].filter((text) => text !== '').join('. '),
    course: `${job.isHere ? 'this tab' : 'another tab'}, ${blocks}${attempts}`,
    spend:
      calls === 0
        ? null
        : `${calls} ${calls === 1 ? 'call' : 'calls'} to models, ${shortTokens(tokens)} tokens`,
  }
}

/** Extractors that were left out of a job, each with its reason and the number of blocks. */
export function leftOutOf(job: JobEntry): readonly string[] {
  const blocks = new Map<string, number>()
  for (const { extractors } of job.blocks) {
    for (const { name, reason } of extractors) {
      if (reason === undefined) continue
      const text = `${name}: ${reason}`
      blocks.set(text, (blocks.get(text) ?? 0) + 1)
    }
  }
  return [...blocks].map(([text, count]) => (count > 1 ? `${text} (${count} blocks)` : text))
}

/** What came of asking for a fold, an apply or a rollback, as one sentence. */
export function describeOutcome(outcome: CompactOutcome | ApplyOutcome | RollbackOutcome): string {
  switch (outcome.kind) {
    case 'ready':
      return `Generation ${outcome.generation} is ready: ${shortTokens(outcome.tokensBefore)} → ${shortTokens(outcome.tokensAfter)} tokens. The next turn adopts it.`
    case 'applied':
      return `Generation ${outcome.generation} is applied.`
    case 'rolled-back':
      return `Rolled back to generation ${outcome.to}. Everything appended since is kept.`
    case 'refused':
      return `Not done: ${reasonText(outcome.reason)}.`
    case 'skipped':
    case 'rejected':
    case 'abandoned':
    case 'failed':
      return `Fold ${outcome.kind}: ${reasonText(outcome.reason)}.`
  }
}
