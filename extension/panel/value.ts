import type { Observable } from '../../src/client/session.ts'

/** A value that is watched, and set by who holds it. */
export interface Value<T> extends Observable<T> {
  set(value: T): void
}

/** The same value set again is told to nobody. */
export function createValue<T>(first: T): Value<T> {
  let value = first
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    subscribe(listener) {
      const own = (): void => listener()
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of [...listeners]) listener()
    },
  }
}
