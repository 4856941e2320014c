import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { DeviceState } from '../core/ports/device-conditions.ts'
import type { LanguageModel, ModelFailure } from '../core/ports/language-model.ts'
import { DEFAULT_GATE_SETTINGS, type Gate, type GateSettings } from '../core/gate/gate.ts'
import type { CallOutcome } from '../core/gate/provider-health.ts'
import { waitOf } from '../core/gate/settle-gate.ts'
import { wrapModel } from './gated-model.ts'
import {
  DEFAULT_MAX_WAIT_MS,
  DEFAULT_PATIENCE_MS,
  type CallReport,
  type GateDeps,
  type GateRefusal,
  type JobCall,
  type ModelGate,
  type WrapOptions,
} from './model-gate.ts'
import { ProviderGate, type PendingCall, type Refusal } from './provider-gate.ts'

/** The schedulers of all providers. */
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
