/** Runs work one after the other, in the order in which it was asked for. */
export interface CallQueue {
  run<T>(work: () => Promise<T>): Promise<T>
}

/**
 * @param onIdle - Told when the last work has ended.
 */
export function createCallQueue(onIdle: () => void): CallQueue {
  let last: Promise<unknown> = Promise.resolve()
  let pending = 0
  return {
    run(work) {
      pending += 1
      const next = last.then(work).finally(() => {
        pending -= 1
        if (pending === 0) onIdle()
      })
      last = next.catch(() => {})
      return next
    },
  }
}
