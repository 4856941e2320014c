import type { AbortSignalLike } from './abort-signal-like.ts'
import type { BlockRange, BlockResult } from '../compaction/job.ts'
import type { Seq } from '../session/message.ts'
import type { Candidate } from '../compaction/candidate.ts'
import type { ExtractorInfo } from '../compaction/extractor.ts'

/** One block of a job's covered part, for one extractor. */
export interface ExtractRequest {
  readonly session: string
  readonly job: number
  readonly range: BlockRange
  /** Name of one of {@link Digester.extractors}. */
  readonly extractor: string
  readonly largePayloadTokens: number
  /** Most tokens of quotes that the block gives. */
  readonly maxQuoteTokens: number
  /** Messages that stand in the context by their pins: the digest needs no lines of them. */
  readonly pins: readonly Seq[]
}

/** All finished blocks of a job, to be composed into one candidate. */
export interface ComposeRequest {
  readonly session: string
  readonly job: number
  /** Newest messages in which large payloads stay where they are. */
  readonly protectMessages: number
}

/**
 * Does the heavy work of a job: reads the log by itself, and writes nothing.
 *
 * It may run in another thread. A call that the signal aborts rejects; its result never counts.
 */
export interface Digester {
  readonly name: string
  /** What it extracts, each independent of the others. */
  readonly extractors: readonly ExtractorInfo[]
  extract(request: ExtractRequest, signal: AbortSignalLike): Promise<BlockResult>
  compose(request: ComposeRequest, signal: AbortSignalLike): Promise<Candidate>
}
