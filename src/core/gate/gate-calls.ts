import { spendInWindow } from '../compaction/spend.ts'
import { addCall } from './call-rate.ts'
import type { Gate, GateCall } from './gate.ts'

/** The gate once this call runs: it counts from now, whatever becomes of it. */
export function begin(gate: Gate, call: GateCall, now: number): Gate {
  const { settings } = gate
  const { kind, tokens } = call.request
  const running = withCall(gate, { ...call, status: { is: 'running', since: now } })
  const rate = addCall(gate.rate, tokens, settings.rate, now)
  if (kind === 'turn') return { ...running, rate }
  const spend = spendInWindow(gate.spend, { calls: 1, tokens }, settings.spend, now)
  return { ...running, rate, spend }
}

/**
 * Jobs' calls that turns stop first: those that have no place yet, then of the lowest priority the newest,
 * which loses least.
 */
export function chooseInterrupted(calls: readonly GateCall[], most: number): readonly GateCall[] {
  if (most <= 0) return []
  const jobs = calls.filter(({ request }) => request.kind === 'job').reverse()
  jobs.sort((a, b) => rankOf(b) - rankOf(a) || a.request.priority - b.request.priority)
  return jobs.slice(0, most)
}

function rankOf({ status }: GateCall): number {
  return status.is === 'placing' ? 1 : 0
}

export function stop(gate: Gate, call: GateCall, now: number, isAskedAgain: boolean): Gate {
  const hasBegun = call.status.is === 'running'
  const status = { is: 'stopping', since: now, isAskedAgain, hasBegun } as const
  return withCall(gate, { ...call, status })
}

export function findCall(gate: Gate, id: string): GateCall | undefined {
  return gate.calls.find(({ request }) => request.id === id)
}

export function withoutCall(gate: Gate, id: string): Gate {
  return { ...gate, calls: gate.calls.filter(({ request }) => request.id !== id) }
}

export function withCall(gate: Gate, call: GateCall): Gate {
  const { id } = call.request
  return { ...gate, calls: gate.calls.map((one) => (one.request.id === id ? call : one)) }
}

/** Whether a call was told to stop so long ago that turns do not wait for it any more. */
export function isOverdue({ status }: GateCall, graceMs: number, now: number): boolean {
  return status.is === 'stopping' && now - status.since >= graceMs
}
