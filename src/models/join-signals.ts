import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'

/** A signal that follows others. */
export interface JoinedSignals {
  readonly signal: AbortSignal
  abort(): void
  /** Stops following: whoever is followed lives longer than one call. */
  release(): void
}

/** Aborted as soon as one of the signals is. */
export function joinSignals(...followed: readonly AbortSignalLike[]): JoinedSignals {
  const joined = new AbortController()
  const abort = (): void => joined.abort()
  for (const each of followed) {
    each.addEventListener('abort', abort, { once: true })
    if (each.aborted) abort()
  }
  return {
    signal: joined.signal,
    abort,
    release() {
      for (const each of followed) each.removeEventListener('abort', abort)
    },
  }
}
