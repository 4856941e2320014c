import type { ModelFailure } from '../../core/ports/language-model.ts'

/** Why one attempt gave no answer. */
export interface RemoteFailure {
  readonly code: ModelFailure
  /** For people; without keys. */
  readonly reason: string
  /** Status of HTTP, where there was an answer of the server. */
  readonly status?: number
  /** What the server said, cut to 4,000 characters: to see what it does not understand. Never shown. */
  readonly said?: string
  /** How long the server wants to be left alone, in milliseconds. */
  readonly retryAfterMs?: number
  /** Whether the same request may succeed when made again. */
  readonly isPassing: boolean
}
