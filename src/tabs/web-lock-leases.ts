import type { Lease, Leases } from '../core/ports/leases.ts'

/** The members of `navigator.locks` that are used here. */
export interface LockManagerLike {
  request<T>(
    name: string,
    options: { readonly signal?: AbortSignal; readonly ifAvailable?: boolean },
    callback: (lock: unknown) => Promise<T>,
  ): Promise<T>
}

/**
 * Leases over Web Locks: the browser gives a lock on when its holder releases it or dies, so nobody has
 * to guess from a missing heartbeat. Locks are never stolen.
 *
 * @param database - Name of the database, so that several Backfolds on one origin don't meet.
 */
export function createWebLockLeases(locks: LockManagerLike, database: string): Leases {
  const lockOf = (session: string): string => `backfold:${database}:lease:${session}`
  return {
    isFree: (session) =>
      locks.request(lockOf(session), { ifAvailable: true }, async (lock) => lock !== null),
    acquire: (session, signal) =>
      new Promise<Lease>((resolve, reject) => {
        const options = signal instanceof AbortSignal ? { signal } : {}
        const held = locks.request(lockOf(session), options, () => {
          return new Promise<void>((release) => {
            resolve({ lost: held.then(ignore, ignore), release })
          })
        })
        held.catch(reject)
      }),
  }
}

function ignore(): void {}
