import type { DigestLine } from '../session/generation.ts'
import type { Message } from '../session/message.ts'
import type { Spend } from '../compaction/spend.ts'
import type { PatchOperation } from '../summarise/patch.ts'
import type { AbortSignalLike } from './abort-signal-like.ts'

/** One block for whatever writes prose. */
export interface SummariseRequest {
  /** Active messages of the block that are not pinned, in order. Untrusted text. */
  readonly messages: readonly Message[]
  /** Lines of the digest that is patched, those of the job's earlier blocks included. */
  readonly previous: readonly DigestLine[]
  /** What code extracted of the block. */
  readonly extracted: readonly DigestLine[]
  /** Identifiers that the messages above the mark use. */
  readonly inUse: ReadonlySet<string>
  /** Lines that a person changed. */
  readonly locked: ReadonlySet<string>
  /** Most tokens that its lines may have. */
  readonly maxTokens: number
  /** Names of those that may be asked; any by default. */
  readonly only?: readonly string[]
  readonly instructions?: string
}

/** What came of one block. Everything in it was judged by code. */
export interface SummarisedBlock {
  /** Who wrote it; none if only code is left of the ladder. */
  readonly by: string | null
  readonly lines: readonly DigestLine[]
  readonly operations: readonly PatchOperation[]
  /** Things proposed that were not taken. */
  readonly dropped: number
  readonly spend: Spend
  /** Steps down the ladder and what was given up, one sentence each. */
  readonly notes: readonly string[]
}

/**
 * Writes prose for digests: a ladder of models, the last step of which is code alone. A fold never depends on
 * it. It may run in another thread.
 */
export interface Summariser {
  /** Whether there is any step besides code. May change at any time. */
  isPresent(): boolean
  /** Most tokens of the log in one block, so that a killed job repeats little. */
  blockTokens(): number
  /** Never rejects for what may be expected; ends soon after the signal is aborted. */
  summarise(request: SummariseRequest, signal: AbortSignalLike): Promise<SummarisedBlock>
}
