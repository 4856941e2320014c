import { useMemo, useSyncExternalStore } from 'react'
import { hashOf, parseRoute, type Route } from './route.ts'

/** The page's route, which follows the address: links, the back button and what a person types. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash)
  return useMemo(() => parseRoute(hash), [hash])
}

/** Goes to a route as a link would; `replace` leaves no step to come back to. */
export function go(route: Route, replace = false): void {
  if (replace) location.replace(hashOf(route))
  else location.hash = hashOf(route)
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}
