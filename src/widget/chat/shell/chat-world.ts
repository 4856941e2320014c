import { issueId } from '../../../client/connection.ts'

/** Runs work alone, among all tabs of an origin. */
export interface ChatLock {
  /** Waits until nobody else holds it. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Null if somebody else holds it; then the work was not begun. */
  tryRun<T>(work: () => Promise<T>): Promise<{ readonly value: T } | null>
}

/** What a chat needs of its surroundings, so that tests need none. */
export interface ChatWorld {
  readonly isOnline: () => boolean
  /** Calls back when that changes; returns the way to stop. */
  readonly onConnection: (listener: () => void) => () => void
  /** Calls back when the page is about to be left or hidden; returns the way to stop. */
  readonly onHidden: (listener: () => void) => () => void
  /** A lock by its name. */
  readonly lock: (name: string) => ChatLock
  readonly issueId: () => string
  readonly now: () => number
  /** Calls once, after so many milliseconds; returns the way to cancel it. */
  readonly later: (work: () => void, ms: number) => () => void
}

type Locks = Pick<LockManager, 'request'>

/** Locks of the browser's, which it takes back from a tab that is gone. @see SPEC.md rule CHAT13 */
function webLock(locks: Locks, name: string): ChatLock {
  return {
    run: async <T>(work: () => Promise<T>): Promise<T> => await locks.request(name, work),
    tryRun: async <T>(work: () => Promise<T>) =>
      (await locks.request(name, { ifAvailable: true }, async (lock) =>
        lock === null ? null : { value: await work() },
      )) as { readonly value: T } | null,
  }
}

/** Locks within this page, for pages that get no others because they are not secure. */
export function createPageLocks(): (name: string) => ChatLock {
  const held = new Map<string, Promise<unknown>>()
  return (name) => {
    const run = async <T>(work: () => Promise<T>): Promise<T> => {
      const before = held.get(name) ?? Promise.resolve()
      const own = before.then(work, work)
      const settled = own.then(
        () => {},
        () => {},
      )
      held.set(name, settled)
      void settled.then(() => {
        if (held.get(name) === settled) held.delete(name)
      })
      return own
    }
    return {
      run,
      tryRun: async (work) => (held.has(name) ? null : { value: await run(work) }),
    }
  }
}

const pageLocks = createPageLocks()

/** The surroundings of a page. */
export function pageWorld(): ChatWorld {
  return {
    isOnline: () => navigator.onLine,
    onConnection: (listener) => listen(window, ['online', 'offline'], listener),
    onHidden: (listener) => {
      const stop = listen(window, ['pagehide'], listener)
      const stopHidden = listen(document, ['visibilitychange'], () => {
        if (document.visibilityState === 'hidden') listener()
      })
      return () => {
        stop()
        stopHidden()
      }
    },
    lock: (name) => ('locks' in navigator ? webLock(navigator.locks, name) : pageLocks(name)),
    issueId,
    now: () => Date.now(),
    later: (work, ms) => {
      const timer = setTimeout(work, ms)
      return () => clearTimeout(timer)
    },
  }
}

function listen(target: EventTarget, types: readonly string[], listener: () => void): () => void {
  for (const type of types) target.addEventListener(type, listener)
  return () => {
    for (const type of types) target.removeEventListener(type, listener)
  }
}
