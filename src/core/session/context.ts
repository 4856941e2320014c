import type { DigestLine } from './generation.ts'
import type { Message, Seq } from './message.ts'

/** One element of a context. */
export type Entry =
  | {
      /** `recalled`: passages that the newest user message refers to; they are no message of the log. */
      readonly kind: 'pinned' | 'message' | 'recalled'
      readonly message: Message
      readonly tokens: number
    }
  | {
      readonly kind: 'stubbed'
      /** The message with its large payloads replaced by stubs. */
      readonly message: Message
      readonly tokens: number
      readonly artifacts: readonly string[]
    }
  | {
      readonly kind: 'digest'
      readonly generation: number
      readonly mark: Seq
      readonly text: string
      readonly lines: readonly DigestLine[]
      readonly tokens: number
    }

/** Tokens of a context by what they are spent on. */
export interface Categories {
  readonly pinned: number
  readonly digest: number
  readonly user: number
  readonly assistant: number
  readonly tools: number
}

/** The ordered entries sent to the model in the next turn: a view of the log. */
export interface Context {
  readonly generation: number
  readonly mark: Seq
  /** Newest message of the log that the context holds. */
  readonly through: Seq
  readonly entries: readonly Entry[]
  readonly tokens: number
  readonly categories: Categories
}
