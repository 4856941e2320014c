import { BrokenInvariant } from './broken-invariant.ts'

/** A way from one state to another. */
export interface Move<State> {
  readonly to: State
  /** Says what was done, for people: only asked for where something is wrong. */
  describe(): string
}

export interface Problem<State> {
  readonly start: State
  /** States of the same key are one state. */
  keyOf(state: State): string
  /** How much of the bound a state has used up; no move lowers it. */
  costOf(state: State): number
  /** Checks as it goes: it throws {@link BrokenInvariant} where a move breaks one. */
  movesOf(state: State): Iterable<Move<State>>
}

export interface Found {
  readonly states: number
  readonly transitions: number
  /** Cost of the dearest state. */
  readonly deepest: number
}

interface Reached<State> {
  readonly key: string
  readonly state: State
  readonly from: Reached<State> | undefined
  readonly by: Move<State> | undefined
}

/**
 * Visits every state that can be reached, each once, the cheapest first. A state that was reached at a
 * lower cost can do all that it could at a higher one, so it is not visited again.
 *
 * @throws BrokenInvariant with the steps that lead there; none of the cost is needless.
 */
export function searchStates<State>(problem: Problem<State>): Found {
  const { start, keyOf, costOf, movesOf } = problem
  const costs = new Map<string, number>()
  const queues: Reached<State>[][] = []
  const reach = (state: State, from?: Reached<State>, by?: Move<State>): void => {
    const key = keyOf(state)
    const cost = costOf(state)
    if (cost >= (costs.get(key) ?? Infinity)) return
    costs.set(key, cost)
    const queue = (queues[cost] ??= [])
    queue.push({ key, state, from, by })
  }
  reach(start)
  let transitions = 0
  for (let cost = 0; cost < queues.length; cost += 1) {
    const queue = queues[cost] ?? []
    for (let next = 0; next < queue.length; next += 1) {
      const reached = queue[next]
      // Reached at a lower cost after it had been queued for this one.
      if (!reached || costs.get(reached.key) !== cost) continue
      try {
        for (const move of movesOf(reached.state)) {
          transitions += 1
          reach(move.to, reached, move)
        }
      } catch (failure) {
        if (!(failure instanceof BrokenInvariant)) throw failure
        throw new BrokenInvariant(`${failure.message}\nafter:\n  ${stepsTo(reached).join('\n  ')}`)
      }
    }
  }
  return { states: costs.size, transitions, deepest: queues.length - 1 }
}

function stepsTo<State>(reached: Reached<State>): readonly string[] {
  const steps: string[] = []
  for (let at: Reached<State> | undefined = reached; at; at = at.from) {
    steps.unshift(at.by?.describe() ?? 'start')
  }
  return steps
}
