import { useSyncExternalStore } from 'react'

const MINUTE_MS = 60_000

/** Unix time in milliseconds, as of the beginning of this minute; draws anew when the next one begins. */
export function useMinute(): number {
  return useSyncExternalStore(subscribe, currentMinute)
}

function currentMinute(): number {
  return Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS
}

function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, MINUTE_MS / 4)
  return () => clearInterval(timer)
}
