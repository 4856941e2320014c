import type { GaugeState } from '../wire/bridge-wire.ts'
import { knownWindow } from './known-windows.ts'

/** What may say how large a window is. */
export interface WindowSources {
  readonly model: string | null
  /** What a person set, by model; `''` is for every other model. */
  readonly set: Readonly<Record<string, number>>
  /** What the server told, or refused. */
  readonly told?: number | undefined
  /** Windows of a site by a part of the model's name; those of models that are known anywhere by default. */
  readonly known?: Readonly<Record<string, number>>
  /** Tokens that are assumed where nobody knows. */
  readonly assumed?: number
}

export type WindowFound = Pick<GaugeState, 'window' | 'windowFrom'>

/** A model of which nothing is known has hardly less today, and a local one is rarely set up with more. */
const ASSUMED_WINDOW = 32_768

/** Bounds of a window in tokens: what is told beyond them is no window. */
const LEAST_WINDOW = 500
const MOST_WINDOW = 100_000_000

/**
 * How large a model's window is: as a person says, else the server, else what is known of the model.
 *
 * @see SPEC.md rule GAUGE1
 */
export function windowOf({
  model,
  set,
  told,
  known,
  assumed = ASSUMED_WINDOW,
}: WindowSources): WindowFound {
  const own = (model !== null && Object.hasOwn(set, model) ? set[model] : undefined) ?? set['']
  if (isWindow(own)) return { window: own, windowFrom: 'person' }
  if (isWindow(told)) return { window: told, windowFrom: 'server' }
  const found = model === null ? undefined : knownWindow(model, known)
  if (found !== undefined) return { window: found, windowFrom: 'known' }
  return { window: known?.[''] ?? assumed, windowFrom: 'assumed' }
}

export function isWindow(tokens: unknown): tokens is number {
  return (
    Number.isSafeInteger(tokens) && Number(tokens) >= LEAST_WINDOW && Number(tokens) <= MOST_WINDOW
  )
}

/** Share of a window that is kept free for the answer, and its bounds in tokens. */
const ANSWER_SHARE = 0.125
const LEAST_ANSWER = 256
const MOST_ANSWER = 16_384
const LEAST_BUDGET = 1_000

/** Most tokens of a context that goes into a window, with room for the answer. */
export function budgetOf(window: number): number {
  const room = Math.min(Math.max(window * ANSWER_SHARE, LEAST_ANSWER), MOST_ANSWER)
  return Math.max(LEAST_BUDGET, Math.floor(window - room))
}

/** The window of which a budget is what {@link budgetOf} gives. */
export function windowFor(budget: number): number {
  const shared = budget / (1 - ANSWER_SHARE)
  const room = Math.min(Math.max(shared * ANSWER_SHARE, LEAST_ANSWER), MOST_ANSWER)
  return Math.ceil(budget + room)
}
