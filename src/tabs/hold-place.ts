import type { Place } from '../core/ports/gate-places.ts'
import type { LockManagerLike } from './web-lock-leases.ts'

/**
 * Holds a lock until the place is given back; undefined where it is not free.
 *
 * @param onFreed - Called once others can have the lock.
 */
export function holdPlace(
  locks: LockManagerLike,
  name: string,
  options: { readonly signal?: AbortSignal; readonly ifAvailable?: boolean },
  onFreed: () => void,
): Promise<Place | undefined> {
  return new Promise((resolve, reject) => {
    const held = locks.request(name, options, (lock): Promise<boolean> => {
      if (lock === null) {
        resolve(undefined)
        return Promise.resolve(false)
      }
      return new Promise((release) => resolve({ release: () => release(true) }))
    })
    held.then((wasHeld) => {
      if (wasHeld) onFreed()
    }, reject)
  })
}
