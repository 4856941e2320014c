import type { LadderEvent, LadderStep } from '../core/gate/ladder.ts'
import type { ModelFailure } from '../core/ports/language-model.ts'
import type { DigestLine } from '../core/session/generation.ts'
import type { Spend } from '../core/compaction/spend.ts'
import type { SummariserOptions } from './summariser-options.ts'
import type { SummariserState } from './summariser-state.ts'

/** One step of the ladder of summarisers, as people see it. */
export interface SummariserStep {
  readonly name: string
  readonly kind: SummariserOptions['kind'] | 'host'
  /** Who answers; turns of a chat with the same provider come first. */
  readonly provider: string
  readonly isLocal: boolean
  readonly contextTokens: number
  /** Whether it may be asked now, and if not, why. */
  readonly state: LadderStep['state']
  /** What its calls have cost since the ladder was chosen. */
  readonly spend: Spend
  /** Time that its calls took, in milliseconds. */
  readonly ms: number
  /** Of a model that has to be on this device first: how far it is. */
  readonly load: SummariserState | null
}

/** The whole ladder. The built-in summariser stands behind its last step. */
export interface SummarisersStatus {
  readonly steps: readonly SummariserStep[]
  /** Steps down and up, the newest last. */
  readonly events: readonly LadderEvent[]
  /** Why calls wait now, one sentence each. */
  readonly waits: readonly string[]
}

/** What a summariser answers when it is tried. */
export type ModelTest =
  | { readonly kind: 'answered'; readonly text: string; readonly ms: number; readonly spend: Spend }
  | {
      readonly kind: 'failed'
      readonly code: ModelFailure
      readonly reason: string
      readonly ms: number
    }

/** What one summariser makes of a block, for people to compare. Nothing is stored. */
export interface SummaryTrial {
  readonly name: string
  readonly lines: readonly DigestLine[]
  readonly dropped: number
  readonly notes: readonly string[]
  readonly spend: Spend
  readonly ms: number
}

/** A request as it left the device, with secrets masked. */
export interface SentRequest {
  readonly at: number
  readonly model: string
  readonly system: string
  readonly prompt: string
}

/** What a person may ask of a model on this device. */
export type ModelCommand = 'load' | 'pause' | 'resume' | 'unload' | 'remove'
