import type { Observable } from '../../client/session.ts'

/** The versions of the app: the one that runs, and one that may wait. */
export interface Updates {
  /** A newer version is stored and waits until no page uses this one, or until it is taken. */
  readonly waiting: Observable<boolean>
  /** Whether the app can be opened without a connection. */
  readonly offline: Observable<boolean>
  /** Stores the app, and looks for new versions from then on. What is needed to draw the first page comes before. */
  start(): void
  /** Lets the new version take over: this page and all others reload. */
  take(): void
}

interface Value<T> extends Observable<T> {
  set(value: T): void
}

/** How often it is looked for a new version while the page stays open, in milliseconds. */
const LOOK_EVERY_MS = 3_600_000

/**
 * Stores the app for use without a connection, and tells of new versions. Where the browser has no service workers, or
 * allows none here, the app works as any page does.
 *
 * @param beforeReload - Done before this page is left because another tab took the new version.
 * @see SPEC.md rules PWA1–PWA5
 */
export function watchUpdates(beforeReload: () => Promise<void>): Updates {
  const waiting = createValue(false)
  const offline = createValue(false)
  let take = (): void => {}
  const register = async (): Promise<void> => {
    const { Workbox } = await import('workbox-window')
    const workbox = new Workbox('./sw.js')
    let isLeaving = false
    let isServed = navigator.serviceWorker.controller !== null
    workbox.addEventListener('waiting', () => waiting.set(true))
    workbox.addEventListener('controlling', () => {
      offline.set(true)
      const wasServed = isServed
      isServed = true
      // The first version that takes over changes nothing on the page, whichever tab has stored it.
      if (!wasServed || isLeaving) return
      isLeaving = true
      void beforeReload().then(() => location.reload())
    })
    take = () => workbox.messageSkipWaiting()
    const registration = await workbox.register()
    offline.set(navigator.serviceWorker.controller !== null || registration?.active != null)
    setInterval(() => void workbox.update().catch(() => {}), LOOK_EVERY_MS)
  }
  return {
    waiting,
    offline,
    start() {
      if ('serviceWorker' in navigator) void register().catch(() => {})
    },
    take: () => take(),
  }
}

function createValue<T>(first: T): Value<T> {
  let value = first
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    set(next) {
      if (next === value) return
      value = next
      for (const listener of listeners) listener()
    },
  }
}
