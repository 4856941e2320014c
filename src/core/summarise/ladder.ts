import type { ModelFailure } from '../ports/language-model.ts'
import type { DropCounts } from './patch.ts'

/** What is asked: all that is wanted, the same in the right form, or only facts of less. */
export type StepKind = 'ask' | 'repair' | 'tighter'

/** What came of one call. */
export type StepOutcome =
  | { readonly kind: 'taken' }
  /** The model says that there is nothing to note. */
  | { readonly kind: 'none' }
  /** An answer that can't be read. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** An answer that can be read, and of which nothing may be taken. */
  | { readonly kind: 'refused'; readonly dropped: DropCounts }
  | { readonly kind: 'failed'; readonly code: ModelFailure; readonly reason: string }

/** Where a block stands on the ladder. Plain data. */
export interface LadderState {
  readonly step: StepKind
  /** Questions in a row of which nothing came. */
  readonly fruitless: number
  /** Calls in a row that failed. */
  readonly failures: number
  /** Whether this piece was asked about more tightly. */
  readonly wasTight: boolean
}

export type NextStep =
  /** Ask again about the same piece. */
  | { readonly kind: 'repair' | 'tighter'; readonly state: LadderState; readonly reason: string }
  /** Go on with the next question of the piece. */
  | { readonly kind: 'next-question'; readonly state: LadderState; readonly reason: string }
  /** Nothing more about this piece. */
  | { readonly kind: 'next-piece'; readonly state: LadderState; readonly reason: string }
  /** Code alone does the rest of the block. */
  | { readonly kind: 'give-up'; readonly reason: string }

export const FIRST_STEP: LadderState = { step: 'ask', fruitless: 0, failures: 0, wasTight: false }

/** Questions in a row without fruit after which the model is not asked any more. */
const MOST_FRUITLESS = 3
/** Failed calls in a row after which it is not asked any more. Adapters have tried again by themselves. */
const MOST_FAILURES = 2

/** A smaller question may pass where this one did not. */
const TOO_MUCH: ReadonlySet<ModelFailure> = new Set(['context-exceeded', 'too-large', 'truncated'])
/** May have been chance. */
const PASSING: ReadonlySet<ModelFailure> = new Set([
  'rate-limited',
  'server',
  'timed-out',
  'failed',
  'not-json',
  'refused',
])

/** Reasons that lie in the form of an answer, and that another try may mend without the transcript. */
const OF_FORM = ['malformed', 'section', 'sources', 'length'] as const

/**
 * Decides what comes after a call: normal, once in the right form, tighter, code only. It always ends: a question
 * has at most one repair, a piece at most one tighter question, and what fails again and again ends the block.
 *
 * @see SPEC.md rules SUM6, SUM7
 */
export function nextStep(state: LadderState, outcome: StepOutcome): NextStep {
  const { step } = state
  switch (outcome.kind) {
    case 'taken':
    case 'none':
      return {
        kind: step === 'tighter' ? 'next-piece' : 'next-question',
        state: { ...state, step: 'ask', fruitless: 0, failures: 0 },
        reason: outcome.kind === 'taken' ? 'notes were taken' : 'nothing to note',
      }
    case 'unreadable':
      return step === 'ask'
        ? again('repair', { ...state, failures: 0 }, outcome.reason)
        : tighterOrNext({ ...state, failures: 0 }, outcome.reason)
    case 'refused': {
      const reason = `nothing could be taken: ${describeDrops(outcome.dropped)}`
      const isForm = OF_FORM.some((one) => (outcome.dropped[one] ?? 0) > 0)
      return step === 'ask' && isForm
        ? again('repair', { ...state, failures: 0 }, reason)
        : tighterOrNext({ ...state, failures: 0 }, reason)
    }
    case 'failed':
      return afterFailure(state, outcome.code, outcome.reason)
  }
}

function afterFailure(state: LadderState, code: ModelFailure, why: string): NextStep {
  const reason = `${code}: ${why}`
  const failures = state.failures + 1
  if (TOO_MUCH.has(code) && !state.wasTight) {
    return tighterOrNext({ ...state, failures }, reason)
  }
  const fruitless = state.fruitless + 1
  if (!PASSING.has(code) || failures >= MOST_FAILURES || fruitless >= MOST_FRUITLESS) {
    return { kind: 'give-up', reason }
  }
  return { kind: 'next-question', state: { ...state, step: 'ask', failures, fruitless }, reason }
}

function again(kind: 'repair' | 'tighter', state: LadderState, reason: string): NextStep {
  return { kind, state: { ...state, step: kind }, reason }
}

function tighterOrNext(state: LadderState, reason: string): NextStep {
  if (!state.wasTight) return again('tighter', { ...state, wasTight: true }, reason)
  const fruitless = state.fruitless + 1
  if (fruitless >= MOST_FRUITLESS) return { kind: 'give-up', reason }
  // Another question about what was too much already would be as well.
  const kind = state.step === 'tighter' ? 'next-piece' : 'next-question'
  return { kind, state: { ...state, step: 'ask', fruitless }, reason }
}

/** The state in which the next piece begins. */
export function atNextPiece(state: LadderState): LadderState {
  return { ...state, step: 'ask', wasTight: false }
}

/** Counts of reasons in words. */
function describeDrops(dropped: DropCounts): string {
  const shown = Object.entries(dropped).map(([reason, count]) => `${count} ${reason}`)
  return shown.length === 0 ? 'it held nothing' : shown.join(', ')
}
