/** The calls that a provider answers at the same time. */
export interface Slots {
  /** Resolves when a slot is free, in the order of asking; false when the signal came first. */
  take(signal: AbortSignal): Promise<boolean>
  give(): void
}

export function createSlots(count: number): Slots {
  let free = count
  const waiting = new Set<() => void>()
  return {
    take(signal) {
      if (signal.aborted) return Promise.resolve(false)
      if (free > 0) {
        free -= 1
        return Promise.resolve(true)
      }
      return new Promise((resolve) => {
        const stop = (): void => {
          waiting.delete(start)
          resolve(false)
        }
        const start = (): void => {
          signal.removeEventListener('abort', stop)
          resolve(true)
        }
        waiting.add(start)
        signal.addEventListener('abort', stop, { once: true })
      })
    },
    give() {
      const [next] = waiting
      if (next === undefined) {
        free += 1
        return
      }
      waiting.delete(next)
      next()
    },
  }
}
