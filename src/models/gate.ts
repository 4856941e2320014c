import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { DeviceConditions, DeviceState } from '../core/ports/device-conditions.ts'
import type { GatePlaces } from '../core/ports/gate-places.ts'
import type { LanguageModel, ModelFailure } from '../core/ports/language-model.ts'
import {
  DEFAULT_GATE_SETTINGS,
  type CallStatus,
  type Gate,
  type GateSettings,
  type Wait,
} from '../core/gate/gate.ts'
import type { CallOutcome } from '../core/gate/provider-health.ts'
import { waitOf } from '../core/gate/settle-gate.ts'
import { wrapModel, type WrapOptions } from './gated-model.ts'
import { ProviderGate, type PendingCall, type Refusal } from './provider-gate.ts'

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

export function createGate(deps: GateDeps): ModelGate {
  return new OpenGate(deps)
}

class OpenGate implements ModelGate {
  private readonly deps: GateDeps
  private readonly providers = new Map<string, ProviderGate>()
  private readonly listeners = new Set<() => void>()
  private readonly stops: (() => void)[] = []
  private issued = 0
  private isClosed = false

  constructor(deps: GateDeps) {
    this.deps = deps
    const { conditions, places } = deps
    const look = (): void => {
      for (const gate of this.providers.values()) gate.step({ type: 'looked' })
    }
    if (conditions) this.stops.push(conditions.watch(look))
    if (places) {
      this.stops.push(
        places.onWanted((provider) => this.providers.get(provider)?.yieldPlace() ?? false),
      )
    }
  }

  turn<T>(
    provider: string,
    work: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignalLike,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(reasonOf(signal))
        return
      }
      let pass: () => void = () => {}
      const call: PendingCall = {
        async make(ours) {
          try {
            const value = await work(ours)
            pass = () => resolve(value)
          } catch (thrown) {
            pass = () => reject(thrown)
          }
          return { kind: 'answered' }
        },
        answer: () => pass(),
        refuse: () => reject(signal ? reasonOf(signal) : new Error('cancelled')),
      }
      const bounds = { priority: 0, tokens: 0, maxWaitMs: Infinity, patienceMs: Infinity }
      this.gateOf(provider).ask({ id: this.issueId(), kind: 'turn', ...bounds }, call, signal)
    })
  }

  job<T extends CallOutcome>(
    provider: string,
    asked: JobCall,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | GateRefusal> {
    const { tokens, priority = 0, signal } = asked
    const { maxWaitMs = DEFAULT_MAX_WAIT_MS, patienceMs = DEFAULT_PATIENCE_MS } = asked
    if (this.isClosed) return Promise.resolve(refusal('aborted', 'the gate is closed'))
    if (signal?.aborted) return Promise.resolve(refusal('aborted', 'cancelled'))
    return new Promise((resolve) => {
      let kept: T | GateRefusal = refusal('failed', 'it was never made')
      const call: PendingCall = {
        async make(ours) {
          try {
            kept = await work(ours)
          } catch (thrown) {
            kept = refusal('failed', thrown instanceof Error ? thrown.message : 'the work failed')
          }
          return kept
        },
        answer: () => resolve(kept),
        refuse: (why) => resolve(toReply(why)),
      }
      const bounds = { priority, tokens, maxWaitMs, patienceMs }
      this.gateOf(provider).ask({ id: this.issueId(), kind: 'job', ...bounds }, call, signal)
    })
  }

  wrap(model: LanguageModel, options: WrapOptions = {}): LanguageModel {
    const { provider, slots, isLocal } = model.info
    const known = this.providers.get(provider)?.gate.settings.slots ?? Infinity
    this.configure(provider, {
      slots: Math.max(1, Math.min(known, slots)),
      isLocal,
      needsPlaces: this.deps.places !== undefined,
    })
    return wrapModel(model, (call, work) => this.job(provider, call, work), options)
  }

  configure(provider: string, settings: Partial<GateSettings>): void {
    const gate = this.gateOf(provider)
    gate.step({ type: 'configured', settings: { ...gate.gate.settings, ...settings } })
  }

  report(provider: string, outcome: CallOutcome): void {
    this.gateOf(provider).step({ type: 'reported', outcome })
  }

  reset(provider?: string): void {
    for (const [name, gate] of this.providers) {
      if (provider === undefined || provider === name) gate.step({ type: 'reset' })
    }
  }

  calls(): readonly CallReport[] {
    return [...this.providers.values()].flatMap(({ provider, gate }) =>
      gate.calls.map((call) => {
        const { request, status, interruptions } = call
        const wait = waitOf(call)
        const report = {
          provider,
          id: request.id,
          kind: request.kind,
          is: status.is,
          interruptions,
        }
        return wait ? { ...report, wait } : report
      }),
    )
  }

  state(provider: string): Gate | undefined {
    return this.providers.get(provider)?.gate
  }

  watch(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  close(): void {
    this.isClosed = true
    for (const stop of this.stops.splice(0)) stop()
    for (const gate of this.providers.values()) gate.close()
    this.providers.clear()
  }

  private gateOf(provider: string): ProviderGate {
    const known = this.providers.get(provider)
    if (known) return known
    const { clock, conditions, places } = this.deps
    const made = new ProviderGate(provider, DEFAULT_GATE_SETTINGS, {
      clock,
      places,
      device: (): DeviceState => conditions?.current() ?? {},
      onStep: () => this.tell(),
    })
    // After closing nobody looks after it any more: a turn goes through, and that is all.
    if (!this.isClosed) this.providers.set(provider, made)
    return made
  }

  private issueId(): string {
    this.issued += 1
    return `call-${this.issued}`
  }

  private tell(): void {
    for (const listener of [...this.listeners]) {
      try {
        listener()
      } catch {
        // A listener that throws is its owner's affair.
      }
    }
  }
}

function refusal(code: ModelFailure, reason: string): GateRefusal {
  return { kind: 'failed', code, reason }
}

function toReply({ code, reason, retryAfterMs }: Refusal): GateRefusal {
  const reply = refusal(code, reason)
  return retryAfterMs === undefined ? reply : { ...reply, retryAfterMs }
}

function reasonOf(signal: AbortSignalLike): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('cancelled')
}
