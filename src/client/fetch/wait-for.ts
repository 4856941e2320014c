/**
 * Waits for something, but not for long.
 *
 * @returns undefined once the time is over.
 * @throws What the promise rejects with, and the signal's reason as soon as it is aborted.
 */
export function waitFor<T>(
  promise: Promise<T>,
  waitMs: number,
  signal?: AbortSignal | null,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal?.reason as Error)
    if (signal?.aborted === true) abort()
    const timer = setTimeout(resolve, waitMs)
    signal?.addEventListener('abort', abort)
    void promise.then(resolve, reject).then(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    })
  })
}
