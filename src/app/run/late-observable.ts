import type { Observable } from '../../client/session.ts'

/** An observable whose source comes later: who watches from before is told once it is there. */
export interface LateObservable<T> {
  readonly observable: Observable<T>
  /** The source is there. Called once. */
  connect(source: Observable<T>): void
}

/** Somebody who watches from before. */
interface Watcher {
  readonly listener: () => void
  stop: () => void
}

/** Makes one that holds `empty` until its source comes. */
export function createLateObservable<T>(empty: T): LateObservable<T> {
  let source: Observable<T> | null = null
  const early = new Set<Watcher>()
  return {
    observable: {
      get: () => source?.get() ?? empty,
      subscribe(listener) {
        if (source) return source.subscribe(listener)
        const watcher: Watcher = { listener, stop: () => void early.delete(watcher) }
        early.add(watcher)
        return () => watcher.stop()
      },
    },
    connect(found) {
      source = found
      for (const watcher of early) {
        watcher.stop = found.subscribe(watcher.listener)
        watcher.listener()
      }
    },
  }
}
