import type { JsonObject } from '../../../adapters/copy-json.ts'
import type { WireFormat } from '../../../core/session/message.ts'
import type { ToolFormat } from '../../../protocol/tool-messages.ts'
import type { Completion } from './completion-stream.ts'
import type { FailureCode } from '../failure-code.ts'
import type { LiveFailure } from './live-failure.ts'

/** What a chat asks a model. */
export interface ChatRequest {
  /** The context in the model's format. */
  readonly messages: readonly unknown[]
  readonly system?: string | undefined
  /** In the model's shape; empty for none. */
  readonly tools: readonly unknown[]
  readonly signal: AbortSignal
  readonly onProgress: (completion: Completion) => void
}

/** A message as a model wrote it. */
export interface WireMessage {
  readonly format: WireFormat
  readonly message: JsonObject
}

/** How asking a model ended. `completion` holds whatever arrived. */
export type ChatOutcome =
  | {
      readonly kind: 'finished'
      readonly completion: Completion
      /** The answer to the letter; null where it can't be read as one whole message. */
      readonly wire: WireMessage | null
    }
  | { readonly kind: 'stopped'; readonly completion: Completion }
  | { readonly kind: 'failed'; readonly completion: Completion; readonly failure: LiveFailure }

/** Whoever answers: a server, a host's function, a model on this device. */
export interface ChatModel {
  /** Format in which it takes the context. */
  readonly format: WireFormat
  readonly takesImages: boolean
  /** Shape in which it takes tools; null where it takes none. */
  readonly toolFormat: Exclude<ToolFormat, 'ai-sdk'> | null
  /** False where it answers without a network. */
  readonly needsNetwork: boolean
  /** As summarisers name their providers; empty where none of them asks there. */
  readonly provider: string
  readonly model: string
  /** Never rejects: every way to fail is an outcome. */
  ask(request: ChatRequest): Promise<ChatOutcome>
}

/** Why nobody can answer, as a sentence. */
export interface NoModel {
  readonly problem: string
  readonly code?: FailureCode
}
