const FIRST_MS = 1_000
const MOST_MS = 60_000

/**
 * Milliseconds until the next try after so many failures in a row: twice as long each time, at most a minute, and
 * anywhere in the upper half of that, so that devices that were cut off together don't come back together.
 *
 * @param spread - From 0 to 1, at random.
 */
export function backoffMs(failures: number, spread: number): number {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures, 16))
  return Math.round(most / 2 + (most / 2) * spread)
}
