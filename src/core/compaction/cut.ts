import { callIds, resultIds, startsTurn, type Message, type Seq } from '../session/message.ts'

/** Why no cut could be made. Each is normal operation, not an error. */
export type NoCutReason =
  'nothing-new' | 'retained-tail-covers-all' | 'open-exchange' | 'too-little-to-gain'

export type Cut =
  | { readonly kind: 'cut'; readonly mark: Seq }
  | { readonly kind: 'none'; readonly reason: NoCutReason }

/** What a cut must leave verbatim. Both bounds hold. */
export interface CutBounds {
  readonly retainMessages: number
  readonly retainTokens: number
  /** Newest message that may be covered, where a person asked for a certain cut. */
  readonly upTo?: Seq
  /** Tokens that must be covered at least; less could not reach the minimum gain. */
  readonly leastTokens?: number
  /** Turns after which a call without a result counts as given up; {@link PATIENCE_TURNS} by default. */
  readonly patienceTurns?: number
}

/**
 * Turns that may start while a tool call is open before it no longer stops a cut. Without a bound, one
 * call that an aborted turn left behind would stop every fold for ever.
 */
export const PATIENCE_TURNS = 3

/**
 * Chooses the high-water mark: the newest legal cut below the retained tail.
 *
 * A cut is legal when no tool call or approval stands on one side and its answer on the other, so
 * a call that is still open is never covered. The mark only ever moves back from the ideal position:
 * covering less is always safe, covering a call without its result never is.
 *
 * @param messages - Active messages above the present mark, ascending.
 * @see SPEC.md rules CUT1–CUT6
 */
export function chooseCut(messages: readonly Message[], bounds: CutBounds): Cut {
  if (messages.length === 0) return { kind: 'none', reason: 'nothing-new' }
  const ideal = firstRetained(messages, bounds)
  if (ideal === 0) return { kind: 'none', reason: 'retained-tail-covers-all' }
  const open = openExchanges(messages, bounds.patienceTurns)
  for (let gap = ideal; gap > 0; gap -= 1) {
    const newest = messages[gap - 1]
    if (!newest || open[gap] !== 0) continue
    const covered = messages.slice(0, gap).reduce((sum, message) => sum + message.tokens, 0)
    return covered < (bounds.leastTokens ?? 0)
      ? { kind: 'none', reason: 'too-little-to-gain' }
      : { kind: 'cut', mark: newest.seq }
  }
  return { kind: 'none', reason: 'open-exchange' }
}

/**
 * Number of exchanges that each gap would split: `result[i]` is about the gap before message `i`.
 * An exchange without an answer reaches to the end, unless so many turns started since that it was
 * given up.
 */
function openExchanges(
  messages: readonly Message[],
  patienceTurns: number = PATIENCE_TURNS,
): readonly number[] {
  const steps = new Array<number>(messages.length + 2).fill(0)
  const waiting = new Map<string, number[]>()
  const open = (id: string, index: number): void => {
    const indices = waiting.get(id)
    if (indices) indices.push(index)
    else waiting.set(id, [index])
  }
  const close = (id: string, index: number): void => {
    const from = waiting.get(id)?.pop()
    if (from !== undefined) addInterval(steps, from + 1, index + 1)
  }
  messages.forEach((message, index) => {
    for (const id of callIds(message)) open(id, index)
    for (const id of approvalIds(message, 'approval-request')) open(id, index)
    for (const id of resultIds(message)) close(id, index)
    for (const id of approvalIds(message, 'approval-response')) close(id, index)
  })
  const patient = patienceStart(messages, patienceTurns)
  for (const indices of waiting.values()) {
    for (const from of indices) {
      if (from >= patient) addInterval(steps, from + 1, messages.length + 1)
    }
  }
  let sum = 0
  return steps.slice(0, messages.length + 1).map((step) => (sum += step))
}

/** Index from which an unanswered call may still be answered. */
function patienceStart(messages: readonly Message[], turns: number): number {
  let left = turns
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index]
    if (message && startsTurn(message)) left -= 1
    if (left === 0) return index
  }
  return 0
}

/** Index of the oldest message that must stay; everything before it may be covered. */
function firstRetained(messages: readonly Message[], bounds: CutBounds): number {
  let index = messages.length
  let tokens = 0
  while (
    index > 0 &&
    (messages.length - index < bounds.retainMessages || tokens < bounds.retainTokens)
  ) {
    index -= 1
    tokens += messages[index]?.tokens ?? 0
  }
  const { upTo } = bounds
  if (upTo === undefined) return index
  const above = messages.findIndex((message) => message.seq > upTo)
  return above === -1 ? index : Math.min(index, above)
}

function approvalIds(
  message: Message,
  type: 'approval-request' | 'approval-response',
): readonly string[] {
  // Prefixed: an approval's id and a call's id are different spaces.
  return message.parts.flatMap((part) =>
    part.type === type ? [`approval:${part.approvalId}`] : [],
  )
}

/** Marks the gaps `from` to `to`, the latter excluded, as inside an exchange. */
function addInterval(steps: number[], from: number, to: number): void {
  steps[from] = (steps[from] ?? 0) + 1
  steps[to] = (steps[to] ?? 0) - 1
}
