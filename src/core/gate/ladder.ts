import type { ModelFailure } from '../ports/language-model.ts'
import { readRetryAfter } from './provider-health.ts'

/** Name of the last step: code without a model. It is never out of reach. */
export const BUILT_IN = 'built-in'

/** Tries of one call on one step, where the same question may get a better answer. */
const MAX_TRIES = 2

/** Calls in a row that a step failed, each for its own sake, after which it is left alone for a while. */
const MAX_CALL_FAILURES = 3

const FIRST_COOL_DOWN_MS = 30_000
const MAX_COOL_DOWN_MS = 600_000

/** Events that are kept; older ones are dropped. */
export const MAX_LADDER_EVENTS = 50

/** Characters of a reason that are kept. */
const MAX_REASON = 300

/** Whether a step may be asked. */
export type StepState =
  | { readonly status: 'open' }
  /** Left alone for a time. */
  | {
      readonly status: 'cooling'
      readonly since: number
      readonly forMs: number
      readonly code: ModelFailure
      readonly reason: string
    }
  /** Left alone until a person resets it: asking again would fail again. */
  | {
      readonly status: 'closed'
      readonly since: number
      readonly code: ModelFailure
      readonly reason: string
    }

/** One summariser of the ladder. */
export interface LadderStep {
  readonly name: string
  readonly state: StepState
  /** Calls in a row that ended without an answer from it. */
  readonly failures: number
}

/** One step down, or back up, as people see it. */
export interface LadderEvent {
  readonly kind: 'down' | 'up'
  readonly from: string
  readonly to: string
  /** Of a step down. */
  readonly code?: ModelFailure
  readonly reason: string
  readonly at: number
}

/** Summarisers as fallbacks, the best first. The built-in one comes behind all of them. Plain data. */
export interface Ladder {
  readonly steps: readonly LadderStep[]
  /** The newest last. */
  readonly events: readonly LadderEvent[]
}

/** Where one call is: the index of its step, and how often that was tried. */
export interface LadderPosition {
  readonly step: number
  readonly tries: number
}

export interface LadderFailure {
  readonly code: ModelFailure
  readonly reason: string
  readonly retryAfterMs?: number
}

/** What a failure means for the step. */
export type FailureReach =
  /** The question may be asked once more. */
  | 'again'
  /** The step can't answer this call; the next call may ask it. */
  | 'call'
  | 'cool-down'
  /** Until a person has done something about it. */
  | 'session'

const REACHES: Readonly<Record<ModelFailure, FailureReach>> = {
  aborted: 'call',
  unauthorised: 'session',
  forbidden: 'session',
  'not-found': 'session',
  'too-large': 'call',
  'context-exceeded': 'call',
  'rate-limited': 'cool-down',
  server: 'cool-down',
  blocked: 'session',
  offline: 'cool-down',
  tls: 'cool-down',
  'timed-out': 'cool-down',
  truncated: 'again',
  'not-json': 'again',
  refused: 'call',
  unavailable: 'cool-down',
  'needs-consent': 'session',
  'out-of-memory': 'cool-down',
  'device-lost': 'cool-down',
  'invalid-options': 'session',
  failed: 'again',
}

/** How far a failure reaches. A code of another release counts for the call alone. */
export function reachOf(code: ModelFailure): FailureReach {
  return Object.hasOwn(REACHES, code) ? REACHES[code] : 'call'
}

export function createLadderState(names: readonly string[]): Ladder {
  const steps = names.map((name) => ({ name, state: { status: 'open' }, failures: 0 }) as const)
  return { steps, events: [] }
}

/**
 * The best step from `from` on that may be asked now; as many as there are steps for the built-in one. A
 * step whose cool-down is over may be asked again: so a ladder is climbed back up.
 *
 * @see SPEC.md rule STEP3
 */
export function findStep({ steps }: Ladder, from: number, now: number): number {
  const found = steps.findIndex(({ state }, at) => at >= from && isOpen(state, now))
  return found < 0 ? steps.length : found
}

/** A cool-down that lies in the future because the clock jumped back is over. */
function isOpen(state: StepState, now: number): boolean {
  if (state.status === 'open') return true
  return state.status === 'cooling' && (now < state.since || now - state.since >= state.forMs)
}

/**
 * The ladder after a step failed a call, and where the call goes on: at the same step once more, or at the
 * next one down that is open. At the built-in one nothing fails.
 *
 * @see SPEC.md rules STEP1, STEP2
 */
export function nextStep(
  ladder: Ladder,
  position: LadderPosition,
  failure: LadderFailure,
  now: number,
): { readonly ladder: Ladder; readonly position: LadderPosition } {
  const step = ladder.steps[position.step]
  if (!step) return { ladder, position: { step: ladder.steps.length, tries: 0 } }
  const reach = reachOf(failure.code)
  if (reach === 'again' && position.tries + 1 < MAX_TRIES) {
    return { ladder, position: { ...position, tries: position.tries + 1 } }
  }
  const failed = failStep(step, reach, failure, now)
  const steps = ladder.steps.map((one, at) => (at === position.step ? failed : one))
  const next = findStep({ ...ladder, steps }, position.step + 1, now)
  const event: LadderEvent = {
    kind: 'down',
    from: step.name,
    to: nameOf(steps, next),
    code: failure.code,
    reason: failure.reason.slice(0, MAX_REASON),
    at: now,
  }
  return {
    ladder: { steps, events: withEvent(ladder, event) },
    position: { step: next, tries: 0 },
  }
}

function failStep(
  step: LadderStep,
  reach: FailureReach,
  { code, reason, retryAfterMs }: LadderFailure,
  now: number,
): LadderStep {
  // Whoever asked ended the call, or the model: it says nothing of the step.
  if (code === 'aborted') return step
  const failures = step.failures + 1
  const why = { since: now, code, reason: reason.slice(0, MAX_REASON) }
  if (reach === 'session') return { ...step, failures, state: { status: 'closed', ...why } }
  const over = reach === 'cool-down' ? failures - 1 : failures - MAX_CALL_FAILURES
  if (over < 0) return { ...step, failures, state: { status: 'open' } }
  const growing = Math.min(MAX_COOL_DOWN_MS, FIRST_COOL_DOWN_MS * 2 ** Math.min(over, 30))
  const forMs = readRetryAfter(retryAfterMs) ?? growing
  return { ...step, failures, state: { status: 'cooling', forMs, ...why } }
}

/**
 * The ladder after a step answered: nothing is held against it any more.
 *
 * @see SPEC.md rule STEP3
 */
export function afterAnswer(ladder: Ladder, index: number, now: number): Ladder {
  const step = ladder.steps[index]
  if (!step || (step.failures === 0 && step.state.status === 'open')) return ladder
  const mended: LadderStep = { name: step.name, state: { status: 'open' }, failures: 0 }
  const steps = ladder.steps.map((one, at) => (at === index ? mended : one))
  if (step.state.status === 'open') return { ...ladder, steps }
  const event: LadderEvent = {
    kind: 'up',
    from: nameOf(ladder.steps, findStep(ladder, index + 1, now)),
    to: step.name,
    reason: 'it answers again',
    at: now,
  }
  return { steps, events: withEvent(ladder, event) }
}

/**
 * The ladder after a person asked for a step to be tried again; all steps if none is named.
 *
 * @see SPEC.md rule STEP4
 */
export function resetLadder(ladder: Ladder, name?: string): Ladder {
  const steps = ladder.steps.map((step): LadderStep => {
    if (name !== undefined && name !== step.name) return step
    return { name: step.name, state: { status: 'open' }, failures: 0 }
  })
  return { ...ladder, steps }
}

function nameOf(steps: readonly LadderStep[], index: number): string {
  return steps[index]?.name ?? BUILT_IN
}

function withEvent({ events }: Ladder, event: LadderEvent): readonly LadderEvent[] {
  return [...events.slice(1 - MAX_LADDER_EVENTS), event]
}
