import type { AbortSignalLike } from './abort-signal-like.ts'

/** A JSON schema of closed objects, arrays, strings, numbers and enums. Plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** One question to a model. Orders stand in `system` and nowhere else; `prompt` quotes untrusted text. */
export interface ModelRequest {
  readonly system: string
  readonly prompt: string
  /** What the answer must fit, as JSON. A model that can't be held to it is told so in words by who asks. */
  readonly schema?: JsonSchema
  /** Most tokens of the answer. */
  readonly maxTokens: number
}

/** Tokens of one call, as the provider counted them. */
export interface ModelUsage {
  readonly input: number
  readonly output: number
}

/** Why a model gave no answer. Stable: people, ladders and breakers tell them apart. */
export const MODEL_FAILURES = [
  'aborted',
  'unauthorised',
  'forbidden',
  'not-found',
  'too-large',
  'context-exceeded',
  'rate-limited',
  'server',
  'blocked',
  'offline',
  'tls',
  'timed-out',
  'truncated',
  'not-json',
  'refused',
  'unavailable',
  'needs-consent',
  'out-of-memory',
  'device-lost',
  'invalid-options',
  'failed',
] as const

export type ModelFailure = (typeof MODEL_FAILURES)[number]

export type ModelReply =
  | {
      readonly kind: 'answered'
      readonly text: string
      /** False where the answer ended at `maxTokens`. */
      readonly isWhole: boolean
      readonly usage?: ModelUsage
    }
  | {
      readonly kind: 'failed'
      readonly code: ModelFailure
      /** For people: what went wrong and what to do. Never holds a key. */
      readonly reason: string
      /** When it is worth asking again, in milliseconds from now. */
      readonly retryAfterMs?: number
    }

/** What is known of a model before it is asked. Plain data: it crosses threads. */
export interface LanguageModelInfo {
  /** What reasons, jobs and people call it, such as `openai-compatible:llama3.2`. */
  readonly name: string
  /** Who answers: models of one provider share its slots. */
  readonly provider: string
  /** Most tokens of question and answer together. */
  readonly contextTokens: number
  /** Calls that the provider answers at the same time. */
  readonly slots: number
  /** Whether everything stays on this device. */
  readonly isLocal: boolean
  /** Whether an answer can be held to a schema. */
  readonly isConstrained: boolean
}

/**
 * Something that answers a question in text: a local model, a remote API, the browser's own AI.
 *
 * `generate` never rejects. A call that the signal aborts answers `aborted` at once, whatever the provider does.
 */
export interface LanguageModel {
  readonly info: LanguageModelInfo
  /** @param onText - Told the whole text so far as it grows, where the provider streams. */
  generate(
    request: ModelRequest,
    signal: AbortSignalLike,
    onText?: (text: string) => void,
  ): Promise<ModelReply>
  /** Frees what it holds. Calls under way answer `aborted`. */
  close(): Promise<void>
}
