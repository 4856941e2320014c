import type { AbortSignalLike } from './abort-signal-like.ts'

/** One of a provider's places, held until it is given back. */
export interface Place {
  /** Gives the place back; doing so again does nothing. */
  release(): void
}

/**
 * A provider's slots as all tabs of the origin share them, so that a local server with one slot is asked
 * by one of them at a time.
 */
export interface GatePlaces {
  /**
   * Resolves with a place of the provider; rejects once the signal is aborted before that. A turn never
   * waits behind a job that only waits, and tells the other tabs that it wants a place.
   *
   * @param slots - How many places the provider has, from 1.
   */
  take(
    provider: string,
    slots: number,
    kind: 'turn' | 'job',
    signal: AbortSignalLike,
  ): Promise<Place>
  /**
   * Calls back when a turn of any tab finds no place, until a listener says that a call is about to give up
   * its own; returns the way to stop.
   */
  onWanted(listener: (provider: string) => boolean): () => void
  close(): void
}
