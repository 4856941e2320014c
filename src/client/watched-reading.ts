import type { Observable } from './session.ts'

/** Something that has to be read, kept up to date as long as somebody watches it. */
export interface WatchedReading<T> {
  readonly observable: Observable<T>
  /** It has changed, here or in another tab. */
  changed(): void
}

/**
 * Reads when it is looked at, and again after changes while somebody watches, one read at a
 * time: many changes during a read cost one more.
 */
export function watchReading<T>(
  read: () => Promise<T>,
  notify: (listener: () => void) => void,
  empty: T,
): WatchedReading<T> {
  const listeners = new Set<() => void>()
  let current = empty
  let isReading = false
  let isStale = false
  let isKnown = false

  const refresh = async (): Promise<void> => {
    if (isReading) {
      isStale = true
      return
    }
    isReading = true
    do {
      isStale = false
      const next = await read().catch(() => undefined)
      if (!next) {
        // Whoever looks next asks again.
        isKnown = false
        continue
      }
      current = next
      for (const listener of [...listeners]) notify(listener)
    } while (isStale)
    isReading = false
  }

  const ask = (): void => {
    if (isKnown) return
    isKnown = true
    void refresh()
  }

  return {
    changed() {
      if (listeners.size > 0) void refresh()
      else isKnown = false
    },
    observable: {
      get() {
        ask()
        return current
      },
      subscribe(listener) {
        ask()
        const own = (): void => listener()
        listeners.add(own)
        return () => listeners.delete(own)
      },
    },
  }
}
