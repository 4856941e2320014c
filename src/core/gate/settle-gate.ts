import { begin, chooseInterrupted, isOverdue, stop, withCall, withoutCall } from './gate-calls.ts'
import type { CallStatus, Gate, GateCall, GateCommand, GateStep, GateView, Wait } from './gate.ts'
import { findJobWait, refusalCode } from './job-wait.ts'

/** A gate that is being settled. Local to one call of {@link settleGate}. */
interface Work {
  gate: Gate
  readonly commands: GateCommand[]
  /** Least time after which something may change by itself. */
  lookInMs: number
}

/**
 * Gives free slots to whoever may go: turns first, and at once at the cost of jobs; then jobs, as far as
 * nothing holds them up. Everyone else is told what they wait for.
 *
 * @see SPEC.md rules GATE1–GATE5
 */
export function settleGate(gate: Gate, view: GateView): GateStep {
  const work: Work = { gate: catchUp(gate, view.now), commands: [], lookInMs: Infinity }
  const left = startTurns(work, view.now)
  if (left.length > 0) makeRoom(work, left, view.now)
  startJobs(work, view)
  watchPlacing(work, view.now)
  const { lookInMs } = work
  const isTimed = lookInMs !== Infinity
  return {
    gate: work.gate,
    commands: work.commands,
    lookInMs: isTimed ? Math.max(1, Math.ceil(lookInMs)) : undefined,
  }
}

/** After a clock jumped back nothing has happened in the future. */
function catchUp(gate: Gate, now: number): Gate {
  const turnEndedAt = (gate.turnEndedAt ?? 0) > now ? undefined : gate.turnEndedAt
  const calls = gate.calls.map((call) => {
    const { request, status } = call
    const isLate = request.at > now || (status.is !== 'waiting' && status.since > now)
    if (!isLate) return call
    const moved: CallStatus = status.is === 'waiting' ? status : { ...status, since: now }
    return { ...call, request: { ...request, at: now }, status: moved }
  })
  return { ...gate, turnEndedAt, calls }
}

/** Starts turns while there are slots; returns those that are left. */
function startTurns(work: Work, now: number): readonly GateCall[] {
  const { slots, graceMs } = work.gate.settings
  const held = work.gate.calls.filter((call) => {
    return call.status.is !== 'waiting' && !isOverdue(call, graceMs, now)
  })
  const turns = waitingOf(work.gate, 'turn')
  const free = Math.max(0, slots - held.length)
  for (const call of turns.slice(0, free)) start(work, call, now)
  return turns.slice(free)
}

/** Stops as many jobs' calls as turns lack slots, beside those that are about to end anyway. */
function makeRoom(work: Work, turns: readonly GateCall[], now: number): void {
  const { gate } = work
  const { slots, graceMs } = gate.settings
  const going = gate.calls.filter(({ status: { is } }) => is === 'running' || is === 'placing')
  for (const call of chooseInterrupted(going, turns.length + going.length - slots)) {
    work.gate = stop(work.gate, call, now, true)
    work.commands.push({ do: 'abort', id: call.request.id })
  }
  let stopping = 0
  for (const call of work.gate.calls) {
    const { status } = call
    if (status.is !== 'stopping' || isOverdue(call, graceMs, now)) continue
    stopping += 1
    work.lookInMs = Math.min(work.lookInMs, status.since + graceMs - now)
  }
  turns.forEach((call, at) => {
    const wait: Wait =
      at < stopping
        ? { code: 'stopping', reason: 'a call is told to stop and has not ended yet' }
        : { code: 'turns', reason: 'other turns hold all slots' }
    work.gate = withCall(work.gate, { ...call, status: { is: 'waiting', wait } })
  })
}

/** Whether a turn waits for a slot or a place: no job of this tab may take it first. */
export function isTurnWaiting({ calls }: Gate): boolean {
  return calls.some(({ request, status }) => {
    return request.kind === 'turn' && (status.is === 'waiting' || status.is === 'placing')
  })
}

function startJobs(work: Work, view: GateView): void {
  const { calls, settings } = work.gate
  let free = settings.slots - calls.filter(({ status }) => status.is !== 'waiting').length
  let ahead: Wait | undefined = isTurnWaiting(work.gate)
    ? { code: 'turn-first', reason: 'turns come before jobs' }
    : undefined
  const jobs = waitingOf(work.gate, 'job')
  for (const call of [...jobs].sort((a, b) => b.request.priority - a.request.priority)) {
    const wait = ahead ?? findWait(work.gate, call, free, view)
    if (!wait) {
      start(work, call, view.now)
      free -= 1
      continue
    }
    // A job that is refused holds up nobody behind it.
    if (!refuseLate(work, call, wait, view.now)) ahead = wait
  }
}

function findWait(gate: Gate, call: GateCall, free: number, view: GateView): Wait | undefined {
  const wait = findJobWait(gate, call, view)
  if (wait) return wait
  if (free <= 0) return { code: 'slots', reason: 'all slots are taken' }
  const { lullMs } = gate.settings
  const forMs = gate.turnEndedAt === undefined ? 0 : gate.turnEndedAt + lullMs - view.now
  if (free > 1 || forMs <= 0) return undefined
  return { code: 'lull', reason: 'a turn has just ended, and may go on', forMs }
}

/** Refuses a job that has waited too long, or is sure to; says of any other what it waits for. */
function refuseLate(work: Work, call: GateCall, wait: Wait, now: number): boolean {
  const { request, status } = call
  const { forMs = 0 } = wait
  const leftMs = request.at + request.maxWaitMs - now
  if (leftMs <= 0 || forMs > Math.min(leftMs, request.patienceMs) || forMs === Infinity) {
    refuse(work, call, wait)
    return true
  }
  work.lookInMs = Math.min(work.lookInMs, leftMs, forMs > 0 ? forMs : Infinity)
  if (status.is === 'waiting' && !isSame(status.wait, wait)) {
    work.gate = withCall(work.gate, { ...call, status: { is: 'waiting', wait } })
  }
  return false
}

function refuse(work: Work, { request: { id } }: GateCall, wait: Wait): void {
  const { forMs } = wait
  const isKnown = forMs !== undefined && forMs !== Infinity
  work.commands.push({
    do: 'refuse',
    id,
    code: refusalCode(wait, work.gate),
    reason: `would wait too long: ${wait.reason}`,
    ...(isKnown ? { retryAfterMs: forMs } : {}),
  })
  work.gate = withoutCall(work.gate, id)
}

/** Waiting for a place counts as waiting: a job's call that does so for too long is given up. */
function watchPlacing(work: Work, now: number): void {
  for (const call of work.gate.calls) {
    const { request, status } = call
    if (status.is !== 'placing' || request.kind === 'turn') continue
    const leftMs = request.at + request.maxWaitMs - now
    if (leftMs > 0) {
      work.lookInMs = Math.min(work.lookInMs, leftMs)
      continue
    }
    const { id } = request
    work.gate = stop(work.gate, call, now, false)
    const reason = `would wait too long: ${OTHER_TAB.reason}`
    work.commands.push({ do: 'refuse', id, code: 'unavailable', reason }, { do: 'abort', id })
  }
}

function start(work: Work, call: GateCall, now: number): void {
  const { id } = call.request
  if (work.gate.settings.needsPlaces) {
    work.gate = withCall(work.gate, { ...call, status: { is: 'placing', since: now } })
    work.commands.push({ do: 'place', id })
  } else {
    work.gate = begin(work.gate, call, now)
    work.commands.push({ do: 'begin', id })
  }
}

function waitingOf(gate: Gate, kind: 'turn' | 'job'): readonly GateCall[] {
  return gate.calls.filter(({ request, status }) => {
    return request.kind === kind && status.is === 'waiting'
  })
}

function isSame(a: Wait, b: Wait): boolean {
  return a.code === b.code && a.reason === b.reason && a.forMs === b.forMs
}

const OTHER_TAB: Wait = { code: 'other-tab', reason: 'another tab uses the provider' }

/** What a call waits for; undefined for one that runs, or was told to stop. */
export function waitOf({ status }: GateCall): Wait | undefined {
  if (status.is === 'waiting') return status.wait
  return status.is === 'placing' ? OTHER_TAB : undefined
}
