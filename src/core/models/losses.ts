/** Times at which an engine was lost, in Unix milliseconds, newest last. */
export type Losses = readonly number[]

/** So many losses within the window, and there is no next try before the oldest is out of it. */
const MOST_LOSSES = 3
const WINDOW_MS = 600_000

/** A GPU that crashed again and again will crash once more: a model is left alone after a few losses. */
export function noteLoss(losses: Losses, now: number): Losses {
  return [...losses, now].slice(-MOST_LOSSES)
}

/** Milliseconds until the next try; 0 is now. A clock that jumps back does not lock a model out for longer. */
export function untilNextTry(losses: Losses, now: number): number {
  const oldest = losses.length < MOST_LOSSES ? undefined : losses[0]
  return oldest === undefined || oldest > now ? 0 : Math.max(0, oldest + WINDOW_MS - now)
}
