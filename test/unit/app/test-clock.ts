import type { ReplayClock } from '../../../src/app/replay/replay-player.ts'

/** A clock that moves only when told to. */
export interface TestClock extends ReplayClock {
  /** Moves time on, ending waits on the way, in order; lets what follows from each run first. */
  advance(ms: number): Promise<void>
}

export function createTestClock(): TestClock {
  let now = 0
  const waits = new Set<{ readonly until: number; readonly end: () => void }>()
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 200; turn++) await Promise.resolve()
  }
  return {
    now: () => now,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const entry = {
          until: now + ms,
          end: () => {
            waits.delete(entry)
            resolve()
          },
        }
        if (signal.aborted) resolve()
        else {
          waits.add(entry)
          signal.addEventListener('abort', entry.end, { once: true })
        }
      }),
    advance: async (ms) => {
      const end = now + ms
      await settle()
      for (;;) {
        const next = [...waits].sort((a, b) => a.until - b.until)[0]
        if (next === undefined || next.until > end) break
        now = Math.max(now, next.until)
        next.end()
        await settle()
      }
      now = end
      await settle()
    },
  }
}
