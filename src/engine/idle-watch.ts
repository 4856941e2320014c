import type { SessionCell } from './session-cell.ts'

/** Notices when nothing has been asked of a session for a while. */
export interface IdleWatch {
  /** Something happened. */
  touch(): void
  /** Does what was asked of the session. Until that has ended, well or not, the session is not idle. */
  during<T>(work: () => Promise<T>): Promise<T>
  stop(): void
}

/**
 * Calls back once a session whose candidate waits for it has been idle for as long as its policy says,
 * and its jobs, if any run, have ended.
 *
 * @see SPEC.md rule TURN7
 */
export function createIdleWatch(
  cell: SessionCell,
  onIdle: (signal: AbortSignal) => Promise<void>,
): IdleWatch {
  let timer = new AbortController()
  let underWay = 0
  let stopped = false
  const wait = async (signal: AbortSignal): Promise<void> => {
    await cell.ports.clock.delay(cell.row().policy.idleAfterMs, signal)
    do {
      // One job may follow another: after one that failed, or after an apply that left much above it.
      for (let job = cell.running(); job; job = cell.running()) await job.settled
      if (signal.aborted || cell.row().policy.applyAt !== 'idle') return
      await onIdle(signal)
    } while (cell.running())
  }
  const touch = (): void => {
    timer.abort()
    if (stopped || underWay > 0 || cell.row().policy.applyAt !== 'idle') return
    timer = new AbortController()
    // Interrupted by the next call, or by a store that is gone: the next call begins anew.
    wait(timer.signal).catch(() => {})
  }
  return {
    touch,
    async during(work) {
      underWay += 1
      timer.abort()
      try {
        return await work()
      } finally {
        underWay -= 1
        touch()
      }
    },
    stop() {
      stopped = true
      timer.abort()
    },
  }
}
