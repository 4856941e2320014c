import type { ModelFailure } from '../core/ports/language-model.ts'

/** What a person is told of a summariser that has to be there before it can be asked. */
export type SummariserState =
  /** Nobody has looked yet. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'needs-download'; readonly bytes?: number }
  | { readonly kind: 'downloading'; readonly share?: number; readonly bytes?: number }
  | { readonly kind: 'paused'; readonly share?: number; readonly bytes?: number }
  /** On this device, and loaded when it is asked. */
  | { readonly kind: 'available' }
  | { readonly kind: 'loading'; readonly share?: number }
  /** It has answered, or is loaded. */
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'failed'
      readonly code: ModelFailure
      readonly reason: string
      /** When it is worth trying again, in milliseconds from then. */
      readonly retryAfterMs?: number
    }
