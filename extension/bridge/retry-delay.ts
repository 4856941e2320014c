const FIRST_MS = 100
const LONGEST_MS = 30_000

/** How long to wait before a host is looked for again, in milliseconds, after so many attempts in vain. */
export function retryDelay(attempts: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts, 10))
}
