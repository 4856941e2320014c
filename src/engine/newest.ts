/** What was added last, and not more of it than there is room for. */
export interface Newest<T> {
  get(key: string): T | undefined
  /** The newest first. */
  keys(): readonly string[]
  /** Adds it, or makes it the newest again. The newest is kept whatever its size. */
  add(key: string, value: T, size?: number): void
}

/** @param room - Most entries, and most that their sizes may come to. */
export function createNewest<T>(room: {
  readonly entries: number
  readonly size?: number
}): Newest<T> {
  const kept = new Map<string, { readonly value: T; readonly size: number }>()
  let total = 0
  const remove = (key: string): void => {
    total -= kept.get(key)?.size ?? 0
    kept.delete(key)
  }
  return {
    get: (key) => kept.get(key)?.value,
    keys: () => [...kept.keys()].toReversed(),
    add(key, value, size = 0) {
      remove(key)
      kept.set(key, { value, size })
      total += size
      for (const oldest of kept.keys()) {
        if (oldest === key) return
        if (kept.size <= room.entries && total <= (room.size ?? Infinity)) return
        remove(oldest)
      }
    },
  }
}
