import type { RecallHit } from '../session/recall-hit.ts'
import type { AbortSignalLike } from './abort-signal-like.ts'

/** What is looked for. */
export interface SearchRequest {
  readonly session: string
  /** Words, identifiers, "phrases" and prefixes (`back*`). */
  readonly query: string
  /** Most messages found. */
  readonly limit: number
  /** Most tokens of all texts found together. Then many short passages come that say different things. */
  readonly tokens?: number
  /** Whether what the session's context holds comes last, and what it knows counts less. */
  readonly beyondContext?: boolean
}

/** Finds passages of a session's whole log by words. It may run in another thread. */
export interface Searcher {
  search(request: SearchRequest, signal: AbortSignalLike): Promise<readonly RecallHit[]>
}
