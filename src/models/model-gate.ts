import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { DeviceConditions } from '../core/ports/device-conditions.ts'
import type { GatePlaces } from '../core/ports/gate-places.ts'
import type { LanguageModel, ModelFailure } from '../core/ports/language-model.ts'
import type { CallStatus, Gate, GateSettings, Wait } from '../core/gate/gate.ts'
import type { CallOutcome } from '../core/gate/provider-health.ts'

/** How long a job's call waits before it is refused, in milliseconds. */
export const DEFAULT_MAX_WAIT_MS = 600_000

/** Longest wait of known length that a job's call takes on, in milliseconds: a fallback may be sooner. */
export const DEFAULT_PATIENCE_MS = 60_000

export interface GateDeps {
  readonly clock: Clock
  /** Missing where nothing is known of the device: then it holds nothing up. */
  readonly conditions?: DeviceConditions
  /** Missing where the tab is alone: then its own slots are all there are. */
  readonly places?: GatePlaces
}

export interface JobCall {
  /** Tokens that the call is expected to cost, question and answer together. */
  readonly tokens: number
  /** Higher ones come first; 0 by default. */
  readonly priority?: number
  /** {@link DEFAULT_MAX_WAIT_MS} by default. */
  readonly maxWaitMs?: number
  /** {@link DEFAULT_PATIENCE_MS} by default. */
  readonly patienceMs?: number
  /** Ends the call for good, whether it waits or runs. */
  readonly signal?: AbortSignalLike
}

/** Why a job's call was not made, in the form of a failed reply. */
export interface GateRefusal {
  readonly kind: 'failed'
  readonly code: ModelFailure
  readonly reason: string
  readonly retryAfterMs?: number
}

export interface WrapOptions {
  /** Of the model's calls among all jobs' calls; 0 by default. */
  readonly priority?: number
  /** Longest time that a call waits before it fails, in milliseconds; ten minutes by default. */
  readonly maxWaitMs?: number
  /** Longest wait of known length, such as for a provider that is left alone; a minute by default. */
  readonly patienceMs?: number
}

/** A call as people see it. */
export interface CallReport {
  readonly provider: string
  readonly id: string
  readonly kind: 'turn' | 'job'
  readonly is: CallStatus['is']
  /** Of a call that waits. */
  readonly wait?: Wait
  readonly interruptions: number
}

/** The schedulers of all providers' slots: chat turns come before jobs, and interrupt them. */
export interface ModelGate {
  /**
   * Makes a call of a turn as soon as a slot is free, and stops a job's call where none is. Nothing else
   * holds a turn up. Passes on what the work comes to.
   *
   * Work that asks the gate for the same provider again may wait for itself: one call of it is one call of
   * the model.
   *
   * @param signal - Aborted, the turn rejects with its reason at once; the work's own signal follows it.
   */
  turn<T>(
    provider: string,
    work: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignalLike,
  ): Promise<T>
  /**
   * Makes a call of a job when nothing holds it up. A turn may abort its signal: what it then comes to is
   * dropped, and the work is done again when a slot is free. Never rejects.
   *
   * @param work - Has to end soon after its signal is aborted: until then it holds its slot.
   */
  job<T extends CallOutcome>(
    provider: string,
    call: JobCall,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | GateRefusal>
  /** The same model with each call as a job's; its provider gets the model's slots. */
  wrap(model: LanguageModel, options?: WrapOptions): LanguageModel
  /** Changes what a provider allows; what is not named stays. */
  configure(provider: string, settings: Partial<GateSettings>): void
  /** Tells what a provider said elsewhere, such as a 429 in a turn. */
  report(provider: string, outcome: CallOutcome): void
  /** A person wants providers tried again: one, or all. */
  reset(provider?: string): void
  /** Every call that waits, runs or is told to stop. */
  calls(): readonly CallReport[]
  /** The state of one provider's scheduler. */
  state(provider: string): Gate | undefined
  /** Calls back after every step; returns the way to stop. */
  watch(listener: () => void): () => void
  /** Ends all jobs' calls. Turns go on without a gate. */
  close(): void
}
