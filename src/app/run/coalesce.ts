/** Time, as far as needed here, so that tests need none. */
export type Wait = (ms: number) => Promise<void>

/**
 * Wraps work that may be asked for far more often than it should run: one run at a time, at least
 * `gapMs` between two, and a call is never fulfilled by a run that had already begun.
 *
 * @see SPEC.md rule APP42
 */
export function coalesce(
  work: () => Promise<void>,
  gapMs: number,
  wait: Wait,
): () => Promise<void> {
  let current: Promise<void> | null = null
  let next: Promise<void> | null = null

  const begin = (): Promise<void> => {
    const run = work()
    const settled = run
      .catch(() => undefined)
      .then(() => wait(gapMs))
      .then(() => {
        current = null
      })
    current = settled
    return run
  }
  return () => {
    if (current === null) return begin()
    next ??= current.then(() => {
      next = null
      return begin()
    })
    return next
  }
}
