import type { RecallHit } from '../session/recall-hit.ts'
import type { AbortSignalLike } from './abort-signal-like.ts'

/** Finds passages of a session's whole log by words. It may run in another thread. */
export interface Searcher {
  search(
    request: { readonly session: string; readonly query: string; readonly limit: number },
    signal: AbortSignalLike,
  ): Promise<readonly RecallHit[]>
}
