import { useSyncExternalStore } from 'react'

/** Anything with a current value and a way to hear of changes. */
interface Observed<T> {
  get(): T
  subscribe(listener: () => void): () => void
}

/** Draws the component anew whenever the value changes. */
export function useObserved<T>(observed: Observed<T>): T {
  return useSyncExternalStore(observed.subscribe, observed.get)
}
