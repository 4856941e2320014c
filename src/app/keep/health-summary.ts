import type { Job } from '../../core/compaction/job.ts'
import type { SessionState } from '../../protocol/events.ts'
import type { GenerationSummary } from '../../protocol/requests.ts'
import { reasonText } from '../view/reason-text.ts'

/** How a session's folds do, from what is stored of them. */
export interface HealthSummary {
  /** Jobs by how they ended, the most frequent first. */
  readonly outcomes: readonly { readonly state: Job['state']; readonly count: number }[]
  /** Applied generations, those that were rolled back since among them. */
  readonly applied: number
  readonly rolledBack: number
  /** Tokens of the log that need not be sent with the next request. */
  readonly tokensSaved: number
  /** What models that cost something were asked for these folds. */
  readonly calls: number
  readonly tokensSpent: number
  /** What was left out of finished blocks, with how often. */
  readonly leftOut: readonly { readonly what: string; readonly count: number }[]
  readonly warnings: readonly string[]
}

export interface HealthFacts {
  readonly state: SessionState
  /** Newest first. */
  readonly jobs: readonly Job[]
  readonly generations: readonly GenerationSummary[]
}

/** Folds in a row that changed nothing, from which it is said that they go round. */
const LOOPING = 3

/** @see SPEC.md rules HEALTH1–HEALTH3 */
export function summariseHealth({ state, jobs, generations }: HealthFacts): HealthSummary {
  const leftOut = jobs.flatMap((job) =>
    job.leftOut.map(({ extractor, reason }) => `${extractor}: ${reasonText(reason)}`),
  )
  return {
    outcomes: countAll(jobs.map((job) => job.state)).map(([outcome, count]) => ({
      state: outcome,
      count,
    })),
    applied: generations.filter(({ appliedAt }) => appliedAt !== undefined).length,
    rolledBack: generations.filter(({ status }) => status === 'rolled-back').length,
    tokensSaved: Math.max(0, state.tokens.log - state.tokens.context),
    calls: sum(jobs.map(({ spend }) => spend.calls)),
    tokensSpent: sum(jobs.map(({ spend }) => spend.tokens)),
    leftOut: countAll(leftOut).map(([what, count]) => ({ what, count })),
    warnings: warningsOf({ state, jobs, generations }),
  }
}

/** What speaks for a loop or a loss, one sentence each. */
function warningsOf({ state, jobs, generations }: HealthFacts): readonly string[] {
  const warnings: string[] = []
  const { health, probation } = state
  if (health.status === 'paused') {
    warnings.push(`Folding is paused: ${reasonText(health.reason)}. Fold by hand to go on.`)
  }
  if (health.status === 'degraded')
    warnings.push(`Folding is impaired: ${reasonText(health.reason)}.`)
  const idle = jobs.findIndex(({ state: ended }) => ended === 'ready' || ended === 'applied')
  const inVain = (idle === -1 ? jobs : jobs.slice(0, idle)).filter(isInVain)
  if (inVain.length >= LOOPING) {
    const [newest] = inVain
    const why = newest?.reason === undefined ? '' : `: ${reasonText(newest.reason)}`
    warnings.push(`The last ${inVain.length} folds changed nothing${why}.`)
  }
  const rolledBack = generations.filter(({ status }) => status === 'rolled-back').length
  if (rolledBack > 0) {
    warnings.push(
      `${rolledBack} ${rolledBack === 1 ? 'generation was' : 'generations were'} rolled back.`,
    )
  }
  if (probation !== null && probation.evidence.length > 0) {
    warnings.push(
      `Generation ${probation.generation} is in doubt: ${probation.evidence.join('; ')}.`,
    )
  }
  return warnings
}

function isInVain({ state }: Job): boolean {
  return state === 'skipped' || state === 'rejected' || state === 'failed' || state === 'abandoned'
}

function countAll<T extends string>(values: readonly T[]): readonly (readonly [T, number])[] {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
