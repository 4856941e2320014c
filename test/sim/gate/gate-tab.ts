import type { CallOutcome } from '../../../src/core/gate/provider-health.ts'
import type { DeviceState } from '../../../src/core/ports/device-conditions.ts'
import { MODEL_FAILURES } from '../../../src/core/ports/language-model.ts'
import { createGate } from '../../../src/models/gate.ts'
import type { ModelGate } from '../../../src/models/model-gate.ts'
import type { GateNotice, GateNotices } from '../../../src/tabs/gate-notices.ts'
import { createGatePlaces } from '../../../src/tabs/gate-places.ts'
import type { OriginLocks } from '../world/lock-manager.ts'
import { virtualClock } from '../world/origin.ts'
import { Line, type Tab, type Thread, type World } from '../world/world.ts'
import {
  RATE_WINDOW_MS,
  type AskedCall,
  type Attempt,
  type GateChecker,
  type SimOutcome,
  type SimProvider,
} from './gate-checker.ts'

/** Notices between tabs: in order, or late, twice and not at all where the faults say so. */
export class NoticeBus {
  private readonly world: World
  private readonly ears = new Map<Thread, { hear(notice: GateNotice): void; readonly line: Line }>()

  constructor(world: World) {
    this.world = world
  }

  join(own: Thread): GateNotices {
    const { ears } = this
    own.endings.add(() => ears.delete(own))
    return {
      post: (notice) => {
        if (!own.alive) return
        for (const thread of ears.keys()) if (thread !== own) this.deliver(thread, notice)
      },
      listen: (listener) => {
        ears.set(own, { hear: listener, line: new Line() })
        return () => ears.delete(own)
      },
      close: () => ears.delete(own),
    }
  }

  private deliver(thread: Thread, notice: GateNotice): void {
    const { faults, random } = this.world
    const ear = this.ears.get(thread)
    if (!ear || (faults.lostNotices && random.chance(0.3))) return
    const copies = faults.lateNotices && random.chance(0.2) ? 2 : 1
    for (let copy = 0; copy < copies; copy += 1) {
      const delayMs = faults.lateNotices ? random.below(5_000) : 0
      const line = faults.lateNotices ? undefined : ear.line
      const label = `hears ${notice.kind}`
      this.world.schedule(thread, label, () => ear.hear(notice), delayMs, line)
    }
  }
}

/** How calls of a run come out. */
export interface SimHabits {
  /** Longest time that a call takes. */
  readonly callMs: number
  /** Longest time until an abort is acknowledged; beyond a second it is overdue. */
  readonly ackMs: number
  readonly failures: number
  /** How long jobs keep away after a turn. */
  readonly lullMs: number
}

/** How long a call may wait, and before whom it comes. */
export interface SimBounds {
  readonly priority: number
  readonly maxWaitMs: number
  readonly patienceMs: number
}

/** One tab with a gate of its own. */
export class GateTab {
  readonly tab: Tab
  readonly gate: ModelGate
  device: DeviceState = {}
  /** From now on every call is answered. */
  isCalm: boolean = false
  readonly cancels: Map<AskedCall, AbortController> = new Map()
  private readonly thread: Thread
  private readonly world: World
  private readonly checker: GateChecker
  private readonly habits: SimHabits
  private readonly watchers = new Set<() => void>()

  constructor(
    world: World,
    checker: GateChecker,
    habits: SimHabits,
    name: string,
    providers: readonly SimProvider[],
    shared: { readonly locks: OriginLocks; readonly bus: NoticeBus } | undefined,
  ) {
    this.world = world
    this.checker = checker
    this.habits = habits
    this.tab = world.openTab(name)
    this.thread = world.startThread(this.tab, name)
    const clock = virtualClock(world, this.thread)
    const conditions = {
      current: () => this.device,
      watch: (listener: () => void) => {
        this.watchers.add(listener)
        return () => this.watchers.delete(listener)
      },
    }
    const places = shared && {
      places: createGatePlaces({
        locks: shared.locks.manager(this.thread),
        notices: shared.bus.join(this.thread),
        clock,
        random: { id: () => world.issueId() },
      }),
    }
    this.gate = createGate({ clock, conditions, ...places })
    for (const { name: provider, slots, isLocal, calls } of providers) {
      const rate = { calls, tokens: Infinity, windowMs: RATE_WINDOW_MS }
      const needsPlaces = shared !== undefined
      const { lullMs } = habits
      this.gate.configure(provider, { slots, isLocal, rate, needsPlaces, lullMs })
    }
  }

  turn(provider: SimProvider): void {
    const call = this.ask('turn', provider, {
      priority: 0,
      maxWaitMs: Infinity,
      patienceMs: Infinity,
    })
    const cancel = this.cancelOf(call)
    this.gate
      .turn(provider.name, (signal) => this.make(call, signal), cancel.signal)
      .then(
        (outcome) => this.checker.answer(call, outcome),
        (thrown: unknown) => this.fail(call, thrown),
      )
      .catch((thrown: unknown) => this.world.fail(thrown))
  }

  job(provider: SimProvider, bounds: SimBounds): void {
    const call = this.ask('job', provider, bounds)
    const { signal } = this.cancelOf(call)
    this.gate
      .job<SimOutcome>(provider.name, { tokens: 10, signal, ...bounds }, (ours) =>
        this.make(call, ours),
      )
      .then((outcome) => this.checker.answer(call, outcome))
      .catch((thrown: unknown) => this.world.fail(thrown))
  }

  cancel(call: AskedCall): void {
    this.checker.cancel(call)
    this.cancels.get(call)?.abort(new Error('cancelled by the host'))
  }

  setDevice(device: DeviceState): void {
    this.device = device
    for (const listener of [...this.watchers]) listener()
  }

  private fail(call: AskedCall, thrown: unknown): void {
    if (!call.isCancelled) throw thrown
    this.checker.answer(call, { kind: 'failed', code: 'aborted', reason: 'cancelled' })
  }

  private ask(kind: 'turn' | 'job', provider: SimProvider, bounds: SimBounds): AskedCall {
    const device = (): DeviceState => this.device
    return this.checker.ask({ kind, provider, ...bounds, tab: this.tab, device })
  }

  private cancelOf(call: AskedCall): AbortController {
    const cancel = new AbortController()
    this.cancels.set(call, cancel)
    return cancel
  }

  /** The call itself: it takes its time, and some more to end when it is told to. */
  private make(call: AskedCall, signal: AbortSignal): Promise<SimOutcome> {
    const attempt = this.checker.begin(call)
    const { world, habits, thread } = this
    const { random } = world
    return new Promise((resolve) => {
      const end = (outcome: CallOutcome): void => {
        this.checker.end(attempt, outcome)
        resolve({ ...outcome, attempt })
      }
      const finish = (): void => {
        world.unschedule(ending)
        end(this.chooseOutcome(call))
      }
      const ending = world.schedule(thread, 'a call is over', finish, random.below(habits.callMs))
      signal.addEventListener('abort', () => {
        if (attempt.isEnded) return
        world.unschedule(ending)
        this.checker.abort(attempt)
        const ackMs = random.chance(0.3) ? 0 : random.below(habits.ackMs)
        world.schedule(thread, 'an abort is over', () => end(this.chooseEnd(attempt)), ackMs)
      })
    })
  }

  private chooseOutcome(call: AskedCall): CallOutcome {
    const { random } = this.world
    if (this.isCalm || call.kind === 'turn' || !random.chance(this.habits.failures)) {
      return { kind: 'answered' }
    }
    const code = random.pick(MODEL_FAILURES.filter((one) => one !== 'aborted'))
    const failed = { kind: 'failed', code, reason: `it said ${code}` } as const
    return random.chance(0.3) ? { ...failed, retryAfterMs: random.below(20_000) } : failed
  }

  private chooseEnd({ call }: Attempt): CallOutcome {
    const { random } = this.world
    if (call.kind === 'turn' || random.chance(0.1)) return { kind: 'answered' }
    if (random.chance(0.1)) return { kind: 'failed', code: 'server', reason: 'it was cut off' }
    return { kind: 'failed', code: 'aborted', reason: 'told to stop' }
  }
}
