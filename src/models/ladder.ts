import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { LanguageModel, ModelFailure } from '../core/ports/language-model.ts'
import {
  afterAnswer,
  createLadderState,
  findStep,
  nextStep,
  resetLadder,
  type Ladder,
  type LadderFailure,
} from '../core/gate/ladder.ts'
import type { CallOutcome } from '../core/gate/provider-health.ts'

/** One step of the ladder that a call was at, and what came of it there. */
export interface StepTaken {
  readonly name: string
  readonly outcome: 'answered' | 'failed' | 'left-out'
  /** Why it did not answer. */
  readonly code?: ModelFailure
  readonly reason?: string
  readonly ms: number
}

/** How a piece of work came out on the ladder. */
export type LadderOutcome<T> =
  | {
      readonly kind: 'answered'
      readonly value: T
      readonly model: LanguageModel
      readonly steps: readonly StepTaken[]
    }
  /** No model is left: the built-in summariser does it. */
  | { readonly kind: 'built-in'; readonly steps: readonly StepTaken[] }
  /** Whoever asked does not want it any more. */
  | { readonly kind: 'aborted'; readonly steps: readonly StepTaken[] }

/** Summarisers as fallbacks: one after the other is asked until one answers. */
export interface SummariserLadder {
  /**
   * Does a piece of work with the best model that may be asked. Never rejects.
   *
   * @param work - Whatever needs a model; the outcome `failed` makes the ladder step down.
   * @param only - Names of the models that may be asked; any by default.
   */
  run<T extends CallOutcome>(
    work: (model: LanguageModel, signal: AbortSignalLike) => Promise<T>,
    signal: AbortSignalLike,
    only?: readonly string[],
  ): Promise<LadderOutcome<Answer<T>>>
  /** How each step stands, and what happened lately. */
  state(): Ladder
  /** Calls back after every change of the state; returns the way to stop. */
  watch(listener: (state: Ladder) => void): () => void
  /** A person wants a step tried again, or all of them. */
  reset(name?: string): void
}

/**
 * @param models - The best first. Behind the last one stands the built-in summariser, whatever is named.
 */
export function createLadder(
  models: readonly LanguageModel[],
  deps: { readonly clock: Clock },
): SummariserLadder {
  const { clock } = deps
  const listeners = new Set<(state: Ladder) => void>()
  let ladder = createLadderState(models.map(({ info }) => info.name))
  const change = (next: Ladder): void => {
    if (next === ladder) return
    ladder = next
    for (const listener of [...listeners]) tell(listener, next)
  }
  return {
    async run(work, signal, only) {
      const steps: StepTaken[] = []
      let position = { step: findStep(ladder, 0, clock.now()), tries: 0 }
      noteLeftOut(steps, ladder, 0, position.step)
      for (;;) {
        if (signal.aborted) return { kind: 'aborted', steps }
        const model = models[position.step]
        if (!model) return { kind: 'built-in', steps }
        const { name } = model.info
        if (only && !only.includes(name)) {
          const step = findStep(ladder, position.step + 1, clock.now())
          noteLeftOut(steps, ladder, position.step + 1, step)
          position = { step, tries: 0 }
          continue
        }
        const startedAt = clock.now()
        const outcome = await attempt(() => work(model, signal), signal)
        const now = clock.now()
        const ms = Math.max(0, now - startedAt)
        if (outcome.is === 'answered') {
          change(afterAnswer(ladder, position.step, now))
          steps.push({ name, outcome: 'answered', ms })
          return { kind: 'answered', value: outcome.value, model, steps }
        }
        const { code, reason } = outcome.failure
        steps.push({ name, outcome: 'failed', code, reason, ms })
        // What failed because it was aborted says nothing of the step.
        if (signal.aborted) return { kind: 'aborted', steps }
        const next = nextStep(ladder, position, outcome.failure, now)
        change(next.ladder)
        if (next.position.step > position.step) {
          noteLeftOut(steps, ladder, position.step + 1, next.position.step)
        }
        position = next.position
      }
    },
    state: () => ladder,
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    reset: (name) => change(resetLadder(ladder, name)),
  }
}

/** Steps that are passed over because they are left alone now. */
function noteLeftOut(steps: StepTaken[], ladder: Ladder, from: number, to: number): void {
  for (const { name, state } of ladder.steps.slice(from, to)) {
    if (state.status === 'open') continue
    steps.push({ name, outcome: 'left-out', code: state.code, reason: state.reason, ms: 0 })
  }
}

type Answer<T> = Extract<T, { readonly kind: 'answered' }>

type Attempt<T> =
  | { readonly is: 'answered'; readonly value: Answer<T> }
  | { readonly is: 'failed'; readonly failure: LadderFailure }

/** What the work comes to; whoever aborts it does not wait for it. */
function attempt<T extends CallOutcome>(
  work: () => Promise<T>,
  signal: AbortSignalLike,
): Promise<Attempt<T>> {
  return new Promise((resolve) => {
    const end = (outcome: Attempt<T>): void => {
      signal.removeEventListener('abort', abort)
      resolve(outcome)
    }
    const fail = (failure: LadderFailure): void => end({ is: 'failed', failure })
    const abort = (): void => fail({ code: 'aborted', reason: 'cancelled' })
    signal.addEventListener('abort', abort, { once: true })
    callWork(work).then(
      (value) => {
        if (isAnswer(value)) end({ is: 'answered', value })
        else fail(failureOf(value))
      },
      (thrown: unknown) => {
        const reason = thrown instanceof Error ? thrown.message : 'the work failed'
        fail({ code: 'failed', reason })
      },
    )
  })
}

function isAnswer<T extends CallOutcome>(outcome: T): outcome is Answer<T> {
  return outcome.kind === 'answered'
}

function failureOf(outcome: CallOutcome): LadderFailure {
  return outcome.kind === 'failed' ? outcome : { code: 'failed', reason: 'it answered nothing' }
}

/** Also what throws before it returns a promise rejects. */
async function callWork<T>(work: () => Promise<T>): Promise<T> {
  return work()
}

/** A listener that throws is its owner's affair. */
function tell(listener: (state: Ladder) => void, state: Ladder): void {
  try {
    listener(state)
  } catch {
    // Nobody here could do anything about it.
  }
}
