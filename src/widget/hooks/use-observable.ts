import { useSyncExternalStore } from 'react'
import type { Observable } from '../../client/session.ts'

/** Draws the component anew whenever the value changes; null for nothing to watch. Also on a server. */
export function useObservable<T>(observable: Observable<T>): T
export function useObservable<T>(observable: Observable<T> | null): T | null
export function useObservable<T>(observable: Observable<T> | null): T | null {
  const get = observable === null ? getNothing : observable.get
  return useSyncExternalStore<T | null>(observable?.subscribe ?? watchNothing, get, get)
}

const getNothing = (): null => null
const watchNothing = (): (() => void) => getNothing
