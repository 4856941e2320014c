import type { CallOutcome } from '../../../src/core/gate/provider-health.ts'
import type { DeviceState } from '../../../src/core/ports/device-conditions.ts'
import { InvariantError } from '../checker/invariant-error.ts'
import type { Tab, World } from '../world/world.ts'

/** What a provider of a run allows. */
export interface SimProvider {
  readonly name: string
  readonly slots: number
  readonly isLocal: boolean
  /** Calls in ten seconds, per tab. */
  readonly calls: number
}

export const RATE_WINDOW_MS = 10_000
const GRACE_MS = 1_000

/** A turn or a job that was asked for. */
export interface AskedCall {
  readonly n: number
  readonly tab: Tab
  readonly kind: 'turn' | 'job'
  readonly provider: SimProvider
  readonly priority: number
  readonly maxWaitMs: number
  readonly patienceMs: number
  readonly askedAt: number
  readonly device: () => DeviceState
  attempts: Attempt[]
  isCancelled: boolean
  isAnswered: boolean
}

/** One time that a call was made. */
export interface Attempt {
  readonly call: AskedCall
  readonly n: number
  abortedAt: number | undefined
  isEnded: boolean
  /** Nothing is left to be asked again, though the one who asked may not have heard yet. */
  isFinal: boolean
  /** It began while another call was overdue: where tabs share places, it may hold none. */
  readonly isOvertaking: boolean
}

/** What a call came to, with the attempt that it came from. */
export type SimOutcome = CallOutcome & { readonly attempt?: Attempt }

/** What may be expected of a run. */
export interface Strictness {
  /** Nothing is late, lost or frozen: slots and moments are exact. */
  readonly isExact: boolean
  /** Tabs share places. */
  readonly hasPlaces: boolean
}

/** Watches every call with a book of its own, and knows nothing of how the gate decides. */
export class GateChecker {
  readonly calls: AskedCall[] = []
  interruptions = 0
  answered = 0
  private readonly world: World
  private readonly strictness: Strictness
  private readonly begins: { tab: Tab; provider: SimProvider; at: number }[] = []

  constructor(world: World, strictness: Strictness) {
    this.world = world
    this.strictness = strictness
  }

  ask(
    asked: Omit<AskedCall, 'n' | 'askedAt' | 'attempts' | 'isCancelled' | 'isAnswered'>,
  ): AskedCall {
    const call: AskedCall = {
      ...asked,
      n: this.calls.length + 1,
      askedAt: this.world.elapsed,
      attempts: [],
      isCancelled: false,
      isAnswered: false,
    }
    this.calls.push(call)
    this.world.note(`${call.tab.name}: asks ${nameOf(call)}`)
    return call
  }

  begin(call: AskedCall): Attempt {
    this.world.note(`${call.tab.name}: begins ${nameOf(call)}`)
    if (call.attempts.some(({ isEnded }) => !isEnded)) this.break(`${nameOf(call)} runs twice`)
    if (call.attempts.at(-1)?.isFinal) this.break(`${nameOf(call)} begins though it has ended`)
    if (call.isAnswered || call.isCancelled) this.break(`${nameOf(call)} begins though it is over`)
    if (call.kind === 'turn' && call.attempts.length > 0) this.break(`${nameOf(call)} begins again`)
    if (call.kind === 'job') this.checkJob(call)
    this.checkSlots(call)
    this.begins.push({ tab: call.tab, provider: call.provider, at: this.world.elapsed })
    if (call.kind === 'job') this.checkRate(call)
    const attempt = {
      call,
      n: call.attempts.length + 1,
      abortedAt: undefined,
      isEnded: false,
      isFinal: false,
      isOvertaking: call.kind === 'turn' && this.hasOverdue(call.provider),
    }
    call.attempts.push(attempt)
    return attempt
  }

  abort(attempt: Attempt): void {
    this.world.note(`${attempt.call.tab.name}: aborts ${nameOf(attempt.call)}`)
    attempt.abortedAt = this.world.elapsed
    if (attempt.call.kind === 'turn' && !attempt.call.isCancelled) this.break('a turn is stopped')
    if (attempt.call.isCancelled) return
    this.interruptions += 1
    this.checkNeed(attempt.call)
  }

  end(attempt: Attempt, outcome: CallOutcome): void {
    this.world.note(`${attempt.call.tab.name}: ends ${nameOf(attempt.call)}`)
    attempt.isEnded = true
    attempt.isFinal = attempt.abortedAt === undefined || outcome.kind === 'answered'
  }

  cancel(call: AskedCall): void {
    this.world.note(`${call.tab.name}: cancels ${nameOf(call)}`)
    call.isCancelled = true
  }

  answer(call: AskedCall, outcome: SimOutcome): void {
    this.world.note(`${call.tab.name}: is answered ${nameOf(call)}`)
    if (call.isAnswered) this.break(`${nameOf(call)} is answered twice`)
    call.isAnswered = true
    this.answered += 1
    if (outcome.attempt) {
      const isLast = outcome.attempt === call.attempts.at(-1) && outcome.attempt.isEnded
      if (!isLast) this.break(`${nameOf(call)} is answered with what is not its last attempt`)
      const isDropped = outcome.kind === 'failed' && outcome.code === 'aborted'
      if (isDropped && !call.isCancelled) this.break(`${nameOf(call)} is lost to an abort`)
      return
    }
    if (outcome.kind === 'answered') this.break(`${nameOf(call)} is answered by nobody`)
    if (outcome.code === 'aborted' && call.isCancelled) return
    if (call.kind === 'turn') this.break(`${nameOf(call)} is refused`)
    const waited = this.world.elapsed - call.askedAt
    const knownMs = outcome.retryAfterMs ?? 0
    const isLate = waited + knownMs >= call.maxWaitMs || knownMs > call.patienceMs
    const isWorn = outcome.reason.startsWith('turns interrupted') && call.attempts.length >= 16
    if (this.strictness.isExact && !isLate && !isWorn) {
      this.break(`${nameOf(call)} is refused after ${waited} ms: ${outcome.reason}`)
    }
  }

  /** No turn may wait for time to pass while a job runs that nobody stopped, or a slot is free. */
  beforeTimePasses(): void {
    if (!this.strictness.isExact) return
    const providers = new Set(this.calls.map(({ provider }) => provider))
    for (const provider of providers) {
      const turns = this.waiting(provider, 'turn')
      if (turns.length === 0) continue
      const open = this.open(provider)
      const counted = this.strictness.hasPlaces ? open : open.filter((one) => !this.isOverdue(one))
      const [first] = turns
      if (first && counted.length < provider.slots) this.break(`${nameOf(first)} waits for nothing`)
      // With several slots, two turns of one tab may get those of another tab one after the other.
      if (this.strictness.hasPlaces && provider.slots > 1) continue
      const jobs = open.filter(({ call }) => call.kind === 'job')
      const stopping = counted.filter(({ abortedAt }) => abortedAt !== undefined)
      const isSpared = jobs.some(({ abortedAt }) => abortedAt === undefined)
      if (first && isSpared && stopping.length < turns.length) {
        this.break(`${nameOf(first)} waits while a job goes on`)
      }
    }
  }

  atRest(): void {
    for (const call of this.calls) {
      if (!call.tab.alive) continue
      if (!call.isAnswered) this.break(`${nameOf(call)} was never answered`)
      if (call.attempts.some(({ isEnded }) => !isEnded)) this.break(`${nameOf(call)} never ended`)
    }
  }

  /** No more calls are stopped than turns wait. */
  private checkNeed(call: AskedCall): void {
    if (!this.strictness.isExact || this.strictness.hasPlaces) return
    const stopping = this.open(call.provider).filter((attempt) => {
      const isStopping = attempt.abortedAt !== undefined && !attempt.call.isCancelled
      return isStopping && !this.isOverdue(attempt)
    })
    const turns = this.waiting(call.provider, 'turn')
    if (stopping.length > turns.length) this.break(`${nameOf(call)} is stopped for nobody`)
  }

  private checkJob(call: AskedCall): void {
    const { isHidden, isOnline, savesData, battery } = call.device()
    const { isLocal } = call.provider
    const isHeldUp = isLocal
      ? isHidden === true || (battery && !battery.isCharging && battery.level < 0.2)
      : isOnline === false || savesData === true
    if (isHeldUp) this.break(`${nameOf(call)} begins though the device holds it up`)
    const turn = this.waiting(call.provider, 'turn').find(({ tab }) => tab === call.tab)
    if (turn) this.break(`${nameOf(call)} begins while ${nameOf(turn)} waits`)
    if (this.strictness.hasPlaces) return
    const first = this.waiting(call.provider, 'job').find((other) => {
      if (other.tab !== call.tab) return false
      const isBefore = other.priority === call.priority && other.n < call.n
      return other.priority > call.priority || isBefore
    })
    if (first) this.break(`${nameOf(call)} begins before ${nameOf(first)}`)
  }

  private checkSlots(call: AskedCall): void {
    const { isExact } = this.strictness
    const open = this.open(call.provider).filter((attempt) => {
      if (this.strictness.hasPlaces && attempt.isOvertaking) return false
      if (call.kind === 'turn') return isExact && !this.isOverdue(attempt)
      return isExact || attempt.call.kind === 'job'
    })
    if ((call.kind === 'job' || isExact) && open.length >= call.provider.slots) {
      const names = open.map((attempt) => nameOf(attempt.call)).join(', ')
      this.break(`${nameOf(call)} begins beside ${names}`)
    }
  }

  private checkRate({ provider, tab }: AskedCall): void {
    if (!this.strictness.isExact) return
    const since = this.world.elapsed - RATE_WINDOW_MS
    const recent = this.begins.filter((begun) => {
      return begun.tab === tab && begun.provider === provider && begun.at > since
    })
    if (recent.length > provider.calls && recent.length > 1) this.break('asked too often')
  }

  private waiting(provider: SimProvider, kind: 'turn' | 'job'): readonly AskedCall[] {
    return this.calls.filter((call) => {
      if (call.provider !== provider || call.kind !== kind || !call.tab.alive) return false
      const last = call.attempts.at(-1)
      const isDone = last && (!last.isEnded || last.isFinal || kind === 'turn')
      return !isDone && !call.isAnswered && !call.isCancelled
    })
  }

  /** Calls under way; those of a dead tab ended with it. */
  private open(provider: SimProvider): readonly Attempt[] {
    return this.calls.flatMap((call) => {
      if (call.provider !== provider || !call.tab.alive) return []
      return call.attempts.filter(({ isEnded }) => !isEnded)
    })
  }

  private hasOverdue(provider: SimProvider): boolean {
    return this.open(provider).some((attempt) => this.isOverdue(attempt))
  }

  private isOverdue({ abortedAt }: Attempt): boolean {
    return abortedAt !== undefined && this.world.elapsed - abortedAt >= GRACE_MS
  }

  private break(what: string): never {
    const failure = new InvariantError(what)
    // Work of the gate's may catch what is thrown here.
    this.world.fail(failure)
    throw failure
  }
}

function nameOf({ kind, n, provider }: AskedCall): string {
  return `${kind} ${n} of ${provider.name}`
}
