/** Failures in a row after which an extractor is left out without being asked. */
export const MAX_EXTRACTOR_FAILURES = 3

/** How long it is left out before it is tried once more, in milliseconds. */
export const EXTRACTOR_PAUSE_MS = 300_000

/** How an extractor has been doing lately. */
export interface ExtractorHealth {
  readonly failures: number
  /** Why it failed last. */
  readonly reason: string
  /** When it failed last. */
  readonly at: number
}

/**
 * A breaker for one extractor: three failures in a row open it, after a pause one call is let through, and
 * whatever succeeds closes it. Undefined is the health of an extractor that nothing is wrong with.
 *
 * @see SPEC.md rule EXT6
 */
export function afterFailure(
  health: ExtractorHealth | undefined,
  reason: string,
  at: number,
): ExtractorHealth {
  return { failures: (health?.failures ?? 0) + 1, reason, at }
}

/** Why an extractor is not to be asked now; undefined if it may be. A clock that jumps back opens the way. */
export function pausedReason(health: ExtractorHealth | undefined, now: number): string | undefined {
  if (!health || health.failures < MAX_EXTRACTOR_FAILURES) return undefined
  const isPaused = now >= health.at && now - health.at < EXTRACTOR_PAUSE_MS
  return isPaused ? `paused after ${health.failures} failures: ${health.reason}` : undefined
}
