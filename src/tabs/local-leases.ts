import type { Lease, Leases } from '../core/ports/leases.ts'

/** Locks of one process: who holds each name, and who waits for it. */
export interface LocalLocks {
  readonly queues: Map<string, (() => void)[]>
}

/** Locks that nobody holds. */
export function createLocalLocks(): LocalLocks {
  return { queues: new Map() }
}

/**
 * Leases within one process: first come, first served, as Web Locks do it. For Node, for origins
 * without Web Locks (one tab only), and for simulations, where several engines share one set of locks.
 */
export function createLocalLeases(locks: LocalLocks = createLocalLocks()): Leases {
  return {
    isFree: async (session) => !locks.queues.has(session),
    acquire: (session, signal) =>
      new Promise<Lease>((resolve, reject) => {
        if (signal.aborted) {
          reject(toError(signal.reason))
          return
        }
        const queue = locks.queues.get(session) ?? []
        locks.queues.set(session, queue)
        const grant = (): void => {
          signal.removeEventListener('abort', abandon)
          resolve(createLease(locks, session, queue, grant))
        }
        const abandon = (): void => {
          queue.splice(queue.indexOf(grant), 1)
          reject(toError(signal.reason))
        }
        signal.addEventListener('abort', abandon, { once: true })
        queue.push(grant)
        if (queue[0] === grant) grant()
      }),
  }
}

/** The first of a queue holds the lock; releasing it grants the next. */
function createLease(
  locks: LocalLocks,
  session: string,
  queue: (() => void)[],
  own: () => void,
): Lease {
  let settle = (): void => {}
  const lost = new Promise<void>((resolve) => {
    settle = resolve
  })
  return {
    lost,
    release() {
      if (queue[0] !== own) return
      queue.shift()
      if (queue.length === 0) locks.queues.delete(session)
      else queue[0]?.()
      settle()
    },
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('the request for the lease was cancelled')
}
