/** A value that others watch; they hear of changes at most once a frame. */
export interface FrameStore<T> {
  get(): T
  change(patch: Partial<T>): void
  /** Asks for `refresh` to run before the next telling. */
  touch(): void
  subscribe(listener: () => void): () => void
}

/**
 * Holds a page's state. At full speed there are thousands of changes a second; each counts at once,
 * but watchers hear of them together.
 *
 * @param refresh - Brings in what was only touched; called at most once a frame.
 */
export function createFrameStore<T>(
  initial: T,
  nextFrame: (callback: () => void) => void,
  refresh: () => Partial<T>,
): FrameStore<T> {
  const listeners = new Set<() => void>()
  let state = initial
  let asked = false
  let stale = false

  const announce = (): void => {
    if (asked) return
    asked = true
    nextFrame(() => {
      asked = false
      if (stale) state = { ...state, ...refresh() }
      stale = false
      for (const listener of listeners) listener()
    })
  }
  return {
    get: () => state,
    change: (patch) => {
      state = { ...state, ...patch }
      announce()
    },
    touch: () => {
      stale = true
      announce()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
