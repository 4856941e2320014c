import type { LanguageModelInfo, ModelReply, ModelRequest } from '../core/ports/language-model.ts'

/**
 * What the worker asks of the page's models, over a port of their own. Messages and no remote calls,
 * because text streams back and because a port that was closed must be noticed.
 */
export type ModelQuestion =
  | {
      readonly type: 'ask'
      /** Number of the call, by which it is answered and aborted. */
      readonly call: number
      /** Place of the model among the page's. */
      readonly model: number
      readonly request: ModelRequest
      /** Whether anybody listens to the text as it grows. */
      readonly isHeard: boolean
    }
  | { readonly type: 'abort'; readonly call: number }
  | { readonly type: 'close'; readonly model: number }
  /** Whoever asked is gone: what runs is aborted. */
  | { readonly type: 'leave' }
  /** Answered at once with `here`, so that silence means something. */
  | { readonly type: 'ping' }

export type ModelAnswer =
  /** The whole text so far. */
  | { readonly type: 'text'; readonly call: number; readonly text: string }
  | {
      readonly type: 'answer'
      readonly call: number
      readonly reply: ModelReply
      /** What is known of the model by now. */
      readonly info: LanguageModelInfo | undefined
    }
  | { readonly type: 'here' }
  /** The page answers nothing any more. */
  | { readonly type: 'gone' }
