import type { Job, JobState } from '../../core/compaction/job.ts'
import type { SessionState } from '../../protocol/events.ts'
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

const STATES: Readonly<Record<JobState, string>> = {
  running: 'running',
  ready: 'candidate ready',
  applied: 'applied',
  superseded: 'superseded',
  skipped: 'skipped',
  rejected: 'rejected',
  abandoned: 'abandoned',
  failed: 'failed',
}

/** One job of the list in words: how it ended and why, and what it changed. */
export function describeJob(job: Job): { readonly state: string; readonly detail: string } {
  const gain =
    job.tokensAfter === undefined
      ? ''
      : `${shortTokens(job.tokensBefore)} → ${shortTokens(job.tokensAfter)} tokens`
  const why =
    job.reason !== undefined
      ? reasonText(job.reason)
      : `Why it started: ${triggerText(job.trigger)}`
  return { state: STATES[job.state], detail: [gain, why].filter((text) => text !== '').join('. ') }
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
