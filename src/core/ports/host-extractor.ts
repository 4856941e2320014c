import type { ProposedLine } from '../compaction/accept-lines.ts'
import type { BlockRange } from '../compaction/job.ts'
import type { Message } from '../session/message.ts'
import type { AbortSignalLike } from './abort-signal-like.ts'

/** One block of the covered part, as an extractor of the host gets it. */
export interface ExtractorBlock {
  readonly session: string
  readonly job: number
  readonly range: BlockRange
  /** The messages of the block on the active path. Untrusted text: data, never orders. */
  readonly messages: readonly Message[]
  /** What a person asked of this job. */
  readonly instructions?: string
}

/**
 * Something of the host's own that adds lines to digests: a model, a ticket system, a parser. It runs
 * beside the built-in extractors, and a fold never depends on it: what throws, hangs or answers nonsense
 * is left out, and the reason is kept.
 *
 * @typeParam S - The signal that a call is cancelled by: the platform's own, where there is one.
 */
export interface HostExtractor<S extends AbortSignalLike = AbortSignalLike> {
  /** 1 to 60 characters, unique. */
  readonly name: string
  /** Where its lines are joined, 0 to 1,000; 500 by default, behind the built-in ones. */
  readonly priority?: number
  /** Longest time for one block, 100 to 600,000 ms; 10,000 by default. */
  readonly timeoutMs?: number
  /** True if it costs nothing: then no spend window applies, and it runs at the hard threshold too. */
  readonly isModelFree?: boolean
  /** Lines are checked: a line stands in its sources, or it is dropped. */
  extract(block: ExtractorBlock, signal: S): Promise<readonly ProposedLine[]>
}
