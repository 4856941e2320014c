import type { LoadProgress } from '../../core/models/load-progress.ts'
import type { ModelFailure } from '../../core/ports/language-model.ts'

/** What a local model is at. Plain data: it crosses threads. */
export type WebLlmStatus =
  /** Not loaded; it is as soon as it is asked. */
  | { readonly state: 'idle' }
  /** A person has to say that this may be downloaded. */
  | { readonly state: 'needs-consent'; readonly model: string; readonly downloadBytes: number }
  | { readonly state: 'loading'; readonly model: string; readonly progress: LoadProgress }
  /** The download stands still; what is complete is kept. */
  | { readonly state: 'paused'; readonly model: string; readonly progress: LoadProgress }
  | { readonly state: 'ready'; readonly model: string }
  | { readonly state: 'failed'; readonly code: ModelFailure; readonly reason: string }
  | { readonly state: 'closed' }

/** A status, and who wants to hear of it. */
export interface StatusBoard {
  get(): WebLlmStatus
  set(status: WebLlmStatus): void
  /** @returns Ends the subscription. */
  subscribe(listener: (status: WebLlmStatus) => void): () => void
}

export function createStatusBoard(): StatusBoard {
  let status: WebLlmStatus = { state: 'idle' }
  const listeners = new Set<(status: WebLlmStatus) => void>()
  return {
    get: () => status,
    set(next) {
      if (status.state === 'closed') return
      status = next
      for (const listener of [...listeners]) {
        try {
          listener(next)
        } catch {
          // A listener's failure is its own.
        }
      }
    },
    subscribe(listener) {
      // Wrapped, so that one listener can be there twice and leave once.
      const own = (next: WebLlmStatus): void => listener(next)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
  }
}
