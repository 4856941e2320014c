import type { SessionJobs } from '../protocol/job-registry.ts'
import type { Observable } from './session.ts'

/** The registry of all jobs, kept up to date as long as somebody watches it. */
export interface JobRegistry {
  readonly observable: Observable<readonly SessionJobs[]>
  /** Something about a job has changed, here or in another tab. */
  changed(): void
}

/**
 * Reads the registry when it is looked at, and again after changes while somebody watches, one read at a
 * time: many changes during a read cost one more.
 */
export function createJobRegistry(
  read: () => Promise<readonly SessionJobs[]>,
  notify: (listener: () => void) => void,
): JobRegistry {
  const listeners = new Set<() => void>()
  let current: readonly SessionJobs[] = []
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
