import type { Clock } from '../core/ports/clock.ts'
import type { LanguageModel, ModelUsage } from '../core/ports/language-model.ts'
import type { Random } from '../core/ports/random.ts'
import type { DigestLine } from '../core/session/generation.ts'
import type { Message } from '../core/session/message.ts'
import type { StepKind, StepOutcome } from '../core/summarise/ladder.ts'
import type { DropCounts, PatchOperation, Topic } from '../core/summarise/patch.ts'

/** One block for a model. */
export interface BlockForModel {
  /** Active messages of the block, in order. What is pinned should be left out: it stands in the context. */
  readonly messages: readonly Message[]
  /** Lines of the digest that is patched. */
  readonly previous: readonly DigestLine[]
  /** What code extracted of the block: not to be said again. */
  readonly extracted: readonly DigestLine[]
  /** Identifiers that the messages above the mark use. */
  readonly inUse?: ReadonlySet<string>
  /** Lines that a person changed: no model may. */
  readonly locked?: ReadonlySet<string>
  /** What the person who asked for the fold wants of it. */
  readonly instructions?: string
}

export interface SummariserPorts {
  readonly clock: Clock
  readonly random: Random
  readonly count: (text: string) => number
  /** Asked at the end whether the lines stand in their sources; may only reject. */
  readonly judge?: LanguageModel
}

export interface SummariserLimits {
  /** Calls for one block, 1 to 200, the judge's aside. */
  readonly maxCalls?: number
  /** Lines and tokens that one block may add to the digest. */
  readonly maxLines?: number
  readonly maxTokens?: number
  /** Longest time for one call, in milliseconds. */
  readonly callTimeoutMs?: number
  /** One section per call, or all at once; by the model's window if missing. */
  readonly sections?: 'one' | 'all'
}

export const DEFAULT_SUMMARISER_LIMITS = {
  maxCalls: 24,
  maxLines: 30,
  maxTokens: 1_000,
  callTimeoutMs: 120_000,
} as const

/** One call, and what came of it. */
export interface StepTaken {
  /** Index of the piece. */
  readonly piece: number
  readonly step: StepKind
  readonly topics: readonly Topic[]
  readonly outcome: StepOutcome['kind']
  /** For people. */
  readonly reason: string
}

export interface BlockSummary {
  /** `done`: everything was asked. `given-up`: code alone has the rest. Lines and operations hold in any case. */
  readonly kind: 'done' | 'given-up' | 'aborted'
  readonly reason: string
  readonly lines: readonly DigestLine[]
  /** Changes to {@link BlockForModel.previous}, for `applyPatch`. */
  readonly operations: readonly PatchOperation[]
  readonly dropped: DropCounts
  readonly pieces: number
  readonly calls: number
  /** Tokens of all calls, as far as they were told. */
  readonly usage: ModelUsage
  readonly steps: readonly StepTaken[]
}
