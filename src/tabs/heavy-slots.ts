import type { LockManagerLike } from './web-lock-leases.ts'

/** Runs work while holding one of the origin's places for heavy threads. */
export type HeavySlots = <T>(work: () => Promise<T>) => Promise<T>

/**
 * At most `max(1, cores − 1)` heavy threads compute at once over all tabs of the origin, so that one
 * core is always left for what the person sees.
 */
export function createHeavySlots(locks: LockManagerLike, cores: number): HeavySlots {
  const places = Math.max(1, cores - 1)
  let next = 0
  return async (work) => {
    for (let place = 0; place < places; place += 1) {
      const tried = await locks.request(nameOf(place), { ifAvailable: true }, async (lock) =>
        lock ? { value: await work() } : undefined,
      )
      if (tried) return tried.value
    }
    next = (next + 1) % places
    return locks.request(nameOf(next), {}, work)
  }
}

function nameOf(place: number): string {
  return `backfold:heavy:${place}`
}
