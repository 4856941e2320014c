import type { LockManagerLike } from '../../../src/tabs/web-lock-leases.ts'
import type { Thread, World } from './world.ts'

interface LockRequest {
  readonly thread: Thread
  /** Runs the holder's callback; a task of its own in the holder's thread. */
  grant(): void
  /** The browser took the lock away from the one who holds it. */
  steal(): void
}

/**
 * Web Locks of one origin: exclusive, granted in the order of asking, given back when the thread that
 * holds them dies. Where the world says so, a lock is lost while its holder goes on for a while as if
 * nothing had happened, as after a sleep or with a browser's error.
 */
export class OriginLocks {
  private readonly world: World
  private readonly queues = new Map<string, LockRequest[]>()

  constructor(world: World) {
    this.world = world
  }

  /** The thread that holds a lock. */
  holderOf(name: string): Thread | undefined {
    return this.queues.get(name)?.[0]?.thread
  }

  /** Who holds each lock, and who waits for it. */
  describe(): readonly string[] {
    return [...this.queues].map(([name, queue]) => {
      return `${name}: ${queue.map(({ thread }) => thread.name).join(' < ')}`
    })
  }

  /** `navigator.locks` of one thread. */
  manager(thread: Thread): LockManagerLike {
    return {
      request: <T>(
        name: string,
        { signal, ifAvailable }: { readonly signal?: AbortSignal; readonly ifAvailable?: boolean },
        callback: (lock: unknown) => Promise<T>,
      ) =>
        new Promise<T>((resolve, reject) => {
          // What a dead thread still asks for is nobody's concern.
          if (!thread.alive) return
          if (signal?.aborted) {
            reject(reasonOf(signal))
            return
          }
          const run = (lock: unknown): Promise<T> => Promise.resolve(callback(lock))
          if (ifAvailable && this.holderOf(name)) {
            this.world.schedule(thread, `finds ${kindOf(name)} taken`, () => {
              run(null).then(resolve, reject)
            })
            return
          }
          this.enqueue(thread, name, signal, { run, resolve, reject })
        }),
    }
  }

  private enqueue<T>(
    thread: Thread,
    name: string,
    signal: AbortSignal | undefined,
    call: {
      run(lock: unknown): Promise<T>
      resolve(value: T): void
      reject(failure: unknown): void
    },
  ): void {
    const { world } = this
    const end = (): void => this.remove(name, request)
    const cancel = (): void => {
      end()
      thread.endings.delete(end)
      if (signal) call.reject(reasonOf(signal))
    }
    const finish = (): void => {
      thread.endings.delete(end)
      end()
    }
    const request: LockRequest = {
      thread,
      grant: () => {
        world.schedule(thread, `is granted ${kindOf(name)}`, () => {
          if (signal?.aborted) return
          signal?.removeEventListener('abort', cancel)
          if (isLease(name)) this.loseSometimes(name, request)
          call.run({ name }).then(call.resolve, call.reject).finally(finish)
        })
      },
      steal: () => {
        finish()
        const learn = (): void => call.reject(new DOMException('stolen', 'AbortError'))
        world.schedule(thread, 'learns that its lock is lost', learn, world.random.below(4_000))
      },
    }
    signal?.addEventListener('abort', cancel, { once: true })
    thread.endings.add(end)
    const queue = this.queues.get(name) ?? []
    this.queues.set(name, queue)
    queue.push(request)
    if (queue[0] === request) request.grant()
  }

  private remove(name: string, request: LockRequest): void {
    const queue = this.queues.get(name) ?? []
    const at = queue.indexOf(request)
    if (at < 0) return
    queue.splice(at, 1)
    if (queue.length === 0) this.queues.delete(name)
    else if (at === 0) queue[0]?.grant()
  }

  private loseSometimes(name: string, request: LockRequest): void {
    const { faults, random } = this.world
    if (!faults.lostLeases || !random.chance(0.3)) return
    const lose = (): void => {
      if (this.queues.get(name)?.[0] === request && request.thread.alive) request.steal()
    }
    this.world.schedule(undefined, 'a lease is lost', lose, random.below(2_000))
  }
}

function isLease(name: string): boolean {
  return name.includes(':lease:')
}

/** Names hold random ids, which must not get into a trace. */
function kindOf(name: string): string {
  return isLease(name) ? 'the lease' : 'a lock'
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('cancelled')
}
