import type { Evidence } from '../compaction/probation.ts'
import type { Seq } from '../session/message.ts'
import type { AbortSignalLike } from './abort-signal-like.ts'

/**
 * Looks whether a message shows that the head generation lost something. Reads the log by itself and
 * writes nothing; it may run in another thread.
 */
export interface Examiner {
  examine(
    request: { readonly session: string; readonly seq: Seq },
    signal: AbortSignalLike,
  ): Promise<Evidence | undefined>
}
