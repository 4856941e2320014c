import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { DeviceState } from '../core/ports/device-conditions.ts'
import type { GatePlaces, Place } from '../core/ports/gate-places.ts'
import {
  createGateState,
  type Gate,
  type GateCommand,
  type GateEvent,
  type GateRequest,
  type GateSettings,
} from '../core/gate/gate.ts'
import type { CallOutcome } from '../core/gate/provider-health.ts'
import { stepGate } from '../core/gate/step-gate.ts'

/** Longest time until the gate looks again, in milliseconds: timers count neither sleep nor clock jumps. */
const MAX_LOOK_MS = 60_000

const ABORTED: CallOutcome = { kind: 'failed', code: 'aborted', reason: 'told to stop' }

export type Refusal = Extract<GateCommand, { readonly do: 'refuse' }>

/** One call as the shell keeps it. */
export interface PendingCall {
  /** Makes the call and keeps what it comes to. Never rejects. */
  make(signal: AbortSignal): Promise<CallOutcome>
  /** Hands what was kept to whoever asked. */
  answer(): void
  refuse(refusal: Refusal): void
}

interface HeldCall extends PendingCall {
  readonly kind: 'turn' | 'job'
  /** Of the call, or of the wait for its place, that is under way. */
  controller: AbortController | undefined
  place: Place | undefined
  hasBegun: boolean
  /** Whoever asked has been told; a call that runs keeps its slot until it ends. */
  isSettled: boolean
  /** Stops listening to whoever asked. */
  forget(): void
}

export interface ProviderGateDeps {
  readonly clock: Clock
  readonly places: GatePlaces | undefined
  readonly device: () => DeviceState
  /** Told after every step. */
  readonly onStep: () => void
}

/** Does what the state machine of one provider decides: makes calls, aborts them, and tells it what came. */
export class ProviderGate {
  readonly provider: string
  gate: Gate
  private readonly deps: ProviderGateDeps
  private readonly calls = new Map<string, HeldCall>()
  private readonly events: GateEvent[] = []
  private isStepping = false
  private timer: AbortController | undefined
  private isClosed = false

  constructor(provider: string, settings: GateSettings, deps: ProviderGateDeps) {
    this.provider = provider
    this.gate = createGateState(settings)
    this.deps = deps
  }

  /** @param signal - Of whoever asks: aborting it ends the call for good. */
  ask(request: Omit<GateRequest, 'at'>, call: PendingCall, signal?: AbortSignalLike): void {
    const { id, kind } = request
    const cancel = (): void => this.step({ type: 'cancelled', id })
    const forget = (): void => signal?.removeEventListener('abort', cancel)
    this.calls.set(id, {
      make: (ours) => call.make(ours),
      answer: () => call.answer(),
      refuse: (refusal) => call.refuse(refusal),
      kind,
      controller: undefined,
      place: undefined,
      hasBegun: false,
      isSettled: false,
      forget,
    })
    signal?.addEventListener('abort', cancel, { once: true })
    this.step({ type: 'asked', request: { ...request, at: this.deps.clock.now() } })
  }

  /** Advances the machine and obeys it. What happens meanwhile, in work that is started, comes next. */
  step(event: GateEvent): void {
    this.events.push(event)
    if (this.isStepping) return
    this.isStepping = true
    let lookInMs: number | undefined
    for (let next = this.events.shift(); next; next = this.events.shift()) {
      const view = { now: this.deps.clock.now(), device: this.deps.device() }
      const step = stepGate(this.gate, next, view)
      this.gate = step.gate
      lookInMs = step.lookInMs
      for (const command of step.commands) this.obey(command)
    }
    this.isStepping = false
    this.lookAgain(lookInMs)
    this.deps.onStep()
  }

  /** A turn of some tab found no place. False if no call of this tab can give up its own. */
  yieldPlace(): boolean {
    const stopping = this.countStopping()
    this.step({ type: 'wanted' })
    return this.countStopping() > stopping
  }

  /** Ends all jobs; turns go on, and those that wait begin: nothing may hold up the chat. */
  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    for (const { request } of this.gate.calls) {
      if (request.kind === 'job') this.step({ type: 'cancelled', id: request.id })
    }
    const settings = { ...this.gate.settings, slots: Infinity, needsPlaces: false }
    this.step({ type: 'configured', settings })
    for (const { status, request } of this.gate.calls) {
      if (status.is === 'placing') this.calls.get(request.id)?.controller?.abort()
    }
  }

  private countStopping(): number {
    return this.gate.calls.filter(({ status }) => status.is === 'stopping').length
  }

  private obey(command: GateCommand): void {
    const { id } = command
    const call = this.calls.get(id)
    if (!call) return
    switch (command.do) {
      case 'place':
        void this.getPlace(id, call)
        return
      case 'begin':
        call.hasBegun = true
        void this.run(id, call)
        return
      case 'abort':
        call.controller?.abort(new DOMException('the gate stopped this call', 'AbortError'))
        return
      case 'answer':
        this.settle(id, call)
        call.answer()
        return
      case 'refuse':
        this.settle(id, call)
        call.refuse(command)
    }
  }

  private settle(id: string, call: HeldCall): void {
    call.forget()
    call.isSettled = true
    if (!call.controller) this.calls.delete(id)
  }

  private async run(id: string, call: HeldCall): Promise<void> {
    const controller = new AbortController()
    call.controller = controller
    const outcome = await call.make(controller.signal)
    this.end(id, call, outcome)
  }

  private async getPlace(id: string, call: HeldCall): Promise<void> {
    const controller = new AbortController()
    call.controller = controller
    call.hasBegun = false
    const { places } = this.deps
    try {
      const { slots } = this.gate.settings
      call.place = await places?.take(this.provider, slots, call.kind, controller.signal)
    } catch {
      // Where places can't be had at all, the tab goes by its own slots.
    }
    const isStopped = controller.signal.aborted && !this.isClosed
    if (!isStopped) this.step({ type: 'placed', id })
    if (call.hasBegun) return
    this.end(id, call, ABORTED)
  }

  private end(id: string, call: HeldCall, outcome: CallOutcome): void {
    const { place } = call
    call.place = undefined
    call.controller = undefined
    place?.release()
    if (call.isSettled) this.calls.delete(id)
    this.step({ type: 'ended', id, outcome })
  }

  private lookAgain(lookInMs: number | undefined): void {
    this.timer?.abort(new Error('not needed any more'))
    this.timer = undefined
    if (lookInMs === undefined || this.isClosed) return
    const timer = new AbortController()
    this.timer = timer
    this.deps.clock.delay(Math.min(lookInMs, MAX_LOOK_MS), timer.signal).then(
      () => {
        if (this.timer === timer) this.step({ type: 'looked' })
      },
      () => {},
    )
  }
}
