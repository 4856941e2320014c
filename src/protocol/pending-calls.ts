import { BackfoldError } from '../core/backfold-error.ts'

/** Calls to another thread that have not been answered. A call must end even if that thread dies. */
export interface PendingCalls {
  /**
   * The answer, unless the thread is lost or the deadline, in milliseconds, passes first; 0 is none.
   */
  guard<T>(answer: Promise<T>, what: string, deadlineMs: number): Promise<T>
  /** Ends every call, and every later one, with this error. */
  fail(reason: BackfoldError): void
}

export function createPendingCalls(): PendingCalls {
  const waiting = new Set<(reason: BackfoldError) => void>()
  let failed: BackfoldError | undefined
  return {
    guard: (answer, what, deadlineMs) =>
      new Promise((resolve, reject) => {
        if (failed) {
          // Nobody hears of this answer, whatever it is.
          answer.catch(() => {})
          reject(failed)
          return
        }
        const tooLate = (): void =>
          reject(new BackfoldError('TIMED_OUT', `${what}: no answer in ${deadlineMs} ms`))
        const timer = deadlineMs > 0 ? setTimeout(tooLate, deadlineMs) : undefined
        const done = (): void => {
          clearTimeout(timer)
          waiting.delete(reject)
        }
        waiting.add(reject)
        answer.then(resolve, reject).finally(done)
      }),
    fail(reason) {
      failed ??= reason
      for (const reject of [...waiting]) reject(reason)
    },
  }
}
