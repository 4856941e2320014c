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
        const timer = { due: now + delayMs, end: resolve }
        timers.push(timer)
        signal.addEventListener('abort', () => {
          timers = timers.filter((other) => other !== timer)
          reject(new Error('cancelled'))
        })
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
