import type { Clock } from '../../src/core/ports/clock.ts'

/** Time that stands still until a test lets it pass. */
export interface ManualClock extends Clock {
  /** Timers that wait. */
  waiting(): number
  /** Lets time pass; timers that are due end. */
  pass(ms: number): void
}

export function createManualClock(start: number = 1_000_000): ManualClock {
  let now = start
  let timers: { readonly due: number; readonly end: () => void }[] = []
  return {
    now: () => now,
    delay: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        const cancel = (): void => {
          timers = timers.filter((other) => other !== timer)
          reject(new Error('cancelled'))
        }
        const end = (): void => {
          signal.removeEventListener('abort', cancel)
          resolve()
        }
        const timer = { due: now + delayMs, end }
        timers.push(timer)
        signal.addEventListener('abort', cancel)
      }),
    waiting: () => timers.length,
    pass(ms) {
      now += ms
      const due = timers.filter((timer) => timer.due <= now)
      timers = timers.filter((timer) => timer.due > now)
      for (const timer of due) timer.end()
    },
  }
}
