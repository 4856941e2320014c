import { learnRate } from './call-rate.ts'
import { begin, chooseInterrupted, findCall, stop, withCall, withoutCall } from './gate-calls.ts'
import {
  MAX_INTERRUPTIONS,
  MAX_WAITING_JOBS,
  type Gate,
  type GateCall,
  type GateCommand,
  type GateEvent,
  type GateRequest,
  type GateStep,
  type GateView,
} from './gate.ts'
import { findJobWait } from './job-wait.ts'
import { healthAfter, type CallOutcome } from './provider-health.ts'
import { isTurnWaiting, settleGate } from './settle-gate.ts'

/** A gate with what an event makes the caller do, before the slots are looked at. */
interface Draft {
  readonly gate: Gate
  readonly commands: readonly GateCommand[]
}

/**
 * Advances the gate of one provider by one event, and decides who may go now.
 *
 * Pure and total: late events are normal, so one that does not fit the state is ignored. Time may jump;
 * what lies in the future because it jumped back holds nothing up.
 *
 * @see SPEC.md rules GATE1–GATE12
 */
export function stepGate(gate: Gate, event: GateEvent, view: GateView): GateStep {
  const { gate: changed, commands } = applyEvent(gate, event, view)
  const settled = settleGate(changed, view)
  return { ...settled, commands: [...commands, ...settled.commands] }
}

function applyEvent(gate: Gate, event: GateEvent, view: GateView): Draft {
  switch (event.type) {
    case 'asked':
      return ask(gate, event.request)
    case 'cancelled':
      return cancel(gate, event.id, view.now)
    case 'placed':
      return place(gate, event.id, view)
    case 'ended':
      return end(gate, event.id, event.outcome, view.now)
    case 'reported':
      return only(learn(gate, event.outcome, view.now))
    case 'wanted':
      return yieldPlace(gate, view.now)
    case 'configured':
      return only({ ...gate, settings: event.settings })
    case 'looked':
      return only(gate)
    case 'reset':
      return only({ ...gate, health: undefined, rate: { made: gate.rate.made } })
  }
}

function only(gate: Gate): Draft {
  return { gate, commands: [] }
}

function ask(gate: Gate, request: GateRequest): Draft {
  const { id, kind } = request
  if (gate.calls.some((call) => call.request.id === id)) return only(gate)
  const waiting = gate.calls.filter(({ status }) => status.is === 'waiting').length
  if (kind === 'job' && waiting >= MAX_WAITING_JOBS) {
    const reason = `${waiting} calls wait for this provider already`
    return { gate, commands: [{ do: 'refuse', id, code: 'unavailable', reason }] }
  }
  const wait = { code: 'slots', reason: 'has just been asked' } as const
  const call: GateCall = { request, status: { is: 'waiting', wait }, interruptions: 0 }
  return only({ ...gate, calls: [...gate.calls, call] })
}

function cancel(gate: Gate, id: string, now: number): Draft {
  const call = findCall(gate, id)
  if (!call) return only(gate)
  const refuse = { do: 'refuse', id, code: 'aborted', reason: 'cancelled' } as const
  const { status } = call
  if (status.is === 'waiting') return { gate: withoutCall(gate, id), commands: [refuse] }
  if (status.is !== 'stopping') {
    return { gate: stop(gate, call, now, false), commands: [refuse, { do: 'abort', id }] }
  }
  if (!status.isAskedAgain) return only(gate)
  const stopped = { ...call, status: { ...status, isAskedAgain: false } }
  return { gate: withCall(gate, stopped), commands: [refuse] }
}

/** A place may come late: what held jobs up when the call asked for it is looked at again. */
function place(gate: Gate, id: string, view: GateView): Draft {
  const call = findCall(gate, id)
  if (call?.status.is !== 'placing') return only(gate)
  const { request } = call
  const isHeldUp =
    request.kind === 'job' && (isTurnWaiting(gate) || findJobWait(gate, call, view) !== undefined)
  if (isHeldUp) return { gate: stop(gate, call, view.now, true), commands: [{ do: 'abort', id }] }
  return { gate: begin(gate, call, view.now), commands: [{ do: 'begin', id }] }
}

function end(gate: Gate, id: string, outcome: CallOutcome, now: number): Draft {
  const call = findCall(gate, id)
  if (!call || call.status.is === 'waiting') return only(gate)
  const { status, request } = call
  const turnEndedAt = request.kind === 'turn' ? now : gate.turnEndedAt
  const rest = { ...withoutCall(gate, id), turnEndedAt }
  const answer = { do: 'answer', id } as const
  if (status.is !== 'stopping') {
    const next = request.kind === 'job' ? learn(rest, outcome, now) : rest
    return { gate: next, commands: [answer] }
  }
  if (!status.isAskedAgain) return only(rest)
  // What ended well while it was told to stop need not be done again.
  if (outcome.kind === 'answered') return { gate: learn(rest, outcome, now), commands: [answer] }
  return askAgain(gate, call, status.hasBegun)
}

function askAgain(gate: Gate, call: GateCall, hasBegun: boolean): Draft {
  const { id } = call.request
  const interruptions = call.interruptions + (hasBegun ? 1 : 0)
  if (interruptions >= MAX_INTERRUPTIONS) {
    const reason = `turns interrupted this call ${interruptions} times`
    const refuse = { do: 'refuse', id, code: 'unavailable', reason } as const
    return { gate: withoutCall(gate, id), commands: [refuse] }
  }
  const wait = { code: 'turn-first', reason: 'a turn interrupted it' } as const
  return only(withCall(gate, { ...call, interruptions, status: { is: 'waiting', wait } }))
}

function learn(gate: Gate, outcome: CallOutcome, now: number): Gate {
  const health = healthAfter(gate.health, outcome, now)
  const isRate = outcome.kind === 'failed' && outcome.code === 'rate-limited'
  return { ...gate, health, rate: isRate ? learnRate(gate.rate, now) : gate.rate }
}

/** A turn that found no place gets that of one call. */
function yieldPlace(gate: Gate, now: number): Draft {
  const running = gate.calls.filter(({ status }) => status.is === 'running')
  const [call] = chooseInterrupted(running, 1)
  if (!call) return only(gate)
  const { id } = call.request
  return { gate: stop(gate, call, now, true), commands: [{ do: 'abort', id }] }
}
