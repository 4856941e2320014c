import type { WireFormat } from '../core/session/message.ts'
import type { PolicyOptions } from '../core/session/policy.ts'

/** A request of a host's app, as it is about to be sent to a model. */
export interface HostRequest {
  readonly url: string
  /** Names of its headers, in lower case. Their values never leave the page: keys are among them. */
  readonly headerNames: readonly string[]
  /** To the letter. */
  readonly body: string
}

/** What may be done about a request. */
export interface PlanOptions {
  /** Session that the request belongs to; without it, told from what the request says. */
  readonly session?: string
  /**
   * Whose request it is, such as the origin of a page: at most 200 characters. Requests of one scope find and make
   * sessions of that scope only, whatever they say. Without it, they find and make those of no scope.
   */
  readonly scope?: string
  /** Policy of sessions that are made for requests: budget, thresholds, retained tail. */
  readonly policy?: PolicyOptions
  /** Whether recall tools are added to the request's own. */
  readonly recall?: boolean
}

/** Why a request goes out exactly as it was. */
export type PassReason =
  /** Not JSON, or of no known format. */
  | 'unknown-format'
  /** The server holds the history, or a part of it. */
  | 'server-state'
  /** A title, tags or follow-up questions: no turn of the conversation. */
  | 'auxiliary'
  /** Nothing was folded yet, or nothing of it is in the request. */
  | 'nothing-folded'
  /** Numbers in it would be changed by being read. */
  | 'inexact-numbers'
  /** The conversation is not known well enough yet. */
  | 'unconfirmed'
  /** What the digest covers was taken back by the host. */
  | 'taken-back'
  /** The error is another one, or folding can't make the request any shorter. */
  | 'not-rescued'
  /** Something went wrong, or took too long. */
  | 'failed'

/** What is to be sent. */
export type RequestPlan =
  | {
      readonly kind: 'pass'
      readonly reason: PassReason
      /** Name under which the answer is recorded; missing if it is of no interest. */
      readonly plan?: string
      readonly session?: string
      readonly format?: WireFormat
    }
  | {
      readonly kind: 'send'
      readonly plan: string
      readonly session: string
      readonly format: WireFormat
      /** The body to send instead. */
      readonly body: string
      readonly generation: number
      /** Messages that the digest stands for. */
      readonly folded: number
      /** Messages that the host had dropped and that are covered or shown again. */
      readonly restored: number
      /** Estimated tokens of the messages as the host has them, and as they are sent. */
      readonly tokens: { readonly before: number; readonly after: number }
    }

/** What became of an answer. */
export type AnswerOutcome =
  | { readonly kind: 'appended'; readonly session: string; readonly seq: number }
  | { readonly kind: 'ignored'; readonly reason: string }

/**
 * Formats in which recall tool calls can be answered on the way, so that the host sees one answer, streamed or not.
 * In others no recall tools are added to requests.
 */
export const RECALL_FORMATS = ['openai', 'anthropic', 'gemini', 'ollama'] as const

export type RecallFormat = (typeof RECALL_FORMATS)[number]

/** What follows from an answer that makes recall tool calls. */
export type RecallStep =
  /** The body of the next request: the calls and what was recalled are in it. */
  | { readonly kind: 'send'; readonly body: string }
  /** None of the calls is ours, or some are the host's to answer: the answer is the host's. */
  | { readonly kind: 'done' }
