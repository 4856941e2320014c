import type { Clock } from '../core/ports/clock.ts'

/** The real time of this thread. */
export const systemClock: Clock = {
  now: () => Date.now(),
  delay: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      const cancel = (): void => {
        clearTimeout(timer)
        reject(signal.reason instanceof Error ? signal.reason : new Error('cancelled'))
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', cancel)
        resolve()
      }, delayMs)
      signal.addEventListener('abort', cancel, { once: true })
    }),
}
