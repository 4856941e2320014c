import type { Clock } from '../core/ports/clock.ts'

/** Timers by name: starting one again begins its time anew. */
export interface Timers {
  start(name: string, delayMs: number, then: () => void): void
  isRunning(name: string): boolean
  stop(name: string): void
  stopAll(): void
}

export function createTimers(clock: Clock): Timers {
  const running = new Map<string, AbortController>()
  const stop = (name: string): void => {
    running.get(name)?.abort(new Error('stopped'))
    running.delete(name)
  }
  return {
    start(name, delayMs, then) {
      stop(name)
      const controller = new AbortController()
      running.set(name, controller)
      clock.delay(delayMs, controller.signal).then(
        () => {
          // It may have been started again in the very moment in which its time was over.
          if (running.get(name) !== controller) return
          running.delete(name)
          then()
        },
        () => {},
      )
    },
    isRunning: (name) => running.has(name),
    stop,
    stopAll() {
      for (const name of [...running.keys()]) stop(name)
    },
  }
}
