import type { LockManagerLike } from '../../src/tabs/web-lock-leases.ts'

/**
 * Web Locks of one process: exclusive locks, granted in the order of asking; a cancelled request
 * rejects with the signal's reason, a granted one is not taken back.
 */
export function createLockManager(): LockManagerLike {
  const queues = new Map<string, (() => void)[]>()
  const release = (name: string): void => {
    const queue = queues.get(name) ?? []
    queue.shift()
    queue[0]?.()
  }
  return {
    async request(name, { signal, ifAvailable }, callback) {
      signal?.throwIfAborted()
      const queue = queues.get(name) ?? []
      queues.set(name, queue)
      if (ifAvailable && queue.length > 0) return callback(null)
      await new Promise<void>((resolve, reject) => {
        const grant = (): void => {
          signal?.removeEventListener('abort', cancel)
          resolve()
        }
        const cancel = (): void => {
          queue.splice(queue.indexOf(grant), 1)
          reject(signal?.reason instanceof Error ? signal.reason : new Error('cancelled'))
        }
        signal?.addEventListener('abort', cancel, { once: true })
        queue.push(grant)
        if (queue[0] === grant) grant()
      })
      try {
        return await callback({ name })
      } finally {
        release(name)
      }
    },
  }
}
