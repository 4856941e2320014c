import type { DeviceState } from '../core/ports/device-conditions.ts'
import type { LanguageModelInfo } from '../core/ports/language-model.ts'
import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { Summariser, SummariseRequest } from '../core/ports/summariser.ts'
import type { SummariserOptions } from './summariser-options.ts'
import type {
  ModelCommand,
  ModelTest,
  SentRequest,
  SummarisersStatus,
  SummaryTrial,
} from './summariser-status.ts'

/** A model that only the page has, by its place among the page's. */
export interface PageChoice {
  readonly kind: 'page'
  readonly shown: 'browser-ai' | 'host'
  readonly place: number
  readonly info: LanguageModelInfo
  readonly judge: boolean
}

/** One step of a ladder as it crosses threads. */
export type PlainChoice = Exclude<SummariserOptions, { readonly kind: 'browser-ai' }> | PageChoice

/** All that an engine asks of its summarisers, wherever they run. */
export interface SummariserDesk extends Summariser {
  /**
   * Replaces the ladder. `built-in` ends it: what is named behind it is never asked.
   *
   * @throws BackfoldError `INVALID_INPUT` for options out of bounds; the former ladder stays then.
   */
  choose(choices: readonly PlainChoice[]): Promise<void>
  status(): Promise<SummarisersStatus>
  /** Calls back when the status has changed; returns the way to stop. */
  watch(listener: () => void): () => void
  reset(): Promise<void>
  test(step: number): Promise<ModelTest>
  try(step: number, request: SummariseRequest, signal: AbortSignalLike): Promise<SummaryTrial>
  command(step: number, command: ModelCommand): Promise<void>
  sent(): Promise<readonly SentRequest[]>
  /** Resolves when a slot of the provider is free for a turn; a job's call gives way. */
  beginTurn(provider: string, turn: string): Promise<void>
  endTurn(turn: string): Promise<void>
  /** Takes what the page knows of the device. */
  tellDevice(state: DeviceState): Promise<void>
  close(): Promise<void>
}
