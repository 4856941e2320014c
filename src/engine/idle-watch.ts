import type { SessionCell } from './session-cell.ts'

/** Notices when nothing has been asked of a session for a while. */
export interface IdleWatch {
  /** Something was asked. */
  touch(): void
  stop(): void
}

/**
 * Calls back once a session whose candidate waits for it has been idle for as long as its policy says,
 * and its job, if one runs, has ended.
 *
 * @see SPEC.md rule TURN7
 */
export function createIdleWatch(cell: SessionCell, onIdle: () => Promise<void>): IdleWatch {
  let timer = new AbortController()
  const wait = async (signal: AbortSignal): Promise<void> => {
    await cell.ports.clock.delay(cell.row().policy.idleAfterMs, signal)
    await cell.running()?.settled
    if (!signal.aborted && cell.row().policy.applyAt === 'idle') await onIdle()
  }
  return {
    touch() {
      timer.abort()
      if (cell.row().policy.applyAt !== 'idle') return
      timer = new AbortController()
      // Interrupted by the next call, or by a store that is gone: the next turn looks again.
      wait(timer.signal).catch(() => {})
    },
    stop: () => timer.abort(),
  }
}
