import type { PolicyOptions } from '../../core/session/policy.ts'
import type { WireFormat } from '../../core/session/message.ts'
import type { PassReason } from '../../protocol/host-requests.ts'

/** What `backfold.fetch()` may do. */
export interface FetchOptions {
  /**
   * Session that requests belong to, or what tells it from a request, whose address comes without the keys in it.
   * Without it, and where the function gives undefined, it is told from what a request says.
   */
  readonly session?:
    string | ((request: { readonly url: string; readonly body: string }) => string | undefined)
  /** Policy of sessions that are made for requests: budget, thresholds, retained tail. */
  readonly policy?: PolicyOptions
  /** Longest wait for a plan, in milliseconds, 0 to 10,000; 150 by default. Then the request goes out as it was. */
  readonly waitMs?: number
  /** Whether a request that fails because it is too long is folded harder and sent once more; false by default. */
  readonly rescue?: boolean
  /**
   * Whether the model is offered the recall tools and its calls of them are answered here, so that the host sees
   * one answer; false by default. Of no effect in formats where this is not possible.
   */
  readonly recall?: boolean
  /** What sends; by default the global `fetch` at the moment of a request. */
  readonly fetch?: typeof fetch
  /** Told what was done about each request that was looked at. */
  readonly onRequest?: (report: RequestReport) => void
}

/** What was done about a request. */
export type RequestReport =
  | {
      readonly kind: 'passed'
      readonly url: string
      /** Also `sealed`: a header vouches for the body, which then can't be another one. */
      readonly reason: PassReason | 'sealed'
      readonly session?: string
      readonly format?: WireFormat
      /** What went wrong, if something did. */
      readonly failure?: unknown
    }
  | {
      /** `rescued`: folded harder and sent once more, because it had been refused as too long. */
      readonly kind: 'sent' | 'rescued'
      readonly url: string
      readonly session: string
      readonly format: WireFormat
      readonly generation: number
      readonly folded: number
      readonly restored: number
      readonly tokens: { readonly before: number; readonly after: number }
    }
  | {
      /** Calls of recall tools in an answer were answered, and the model was asked to go on. */
      readonly kind: 'recalled'
      readonly url: string
      readonly session: string
      readonly format: WireFormat
      /** Which time it was for this request, from 1. */
      readonly round: number
    }
