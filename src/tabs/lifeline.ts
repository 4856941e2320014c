import type { LockManagerLike } from './web-lock-leases.ts'

/**
 * Holds a lock for as long as this thread lives. Whoever waits for the same lock learns of its death
 * at once, whatever it died of. Resolves once the lock is held.
 */
export function holdLifeline(locks: LockManagerLike, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, {}, () => {
        resolve()
        return new Promise<never>(() => {})
      })
      .catch(reject)
  })
}

/** Resolves when the thread that holds the lifeline is gone. Ask only once it is held. */
export async function watchLifeline(
  locks: LockManagerLike,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  await locks.request(name, { signal }, async () => {})
}
