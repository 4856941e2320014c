import { allowsSpend } from '../compaction/spend.ts'
import type { ModelFailure } from '../ports/language-model.ts'
import { rateWaitMs } from './call-rate.ts'
import { findDeviceWait } from './device-wait.ts'
import type { Gate, GateCall, GateView, Wait } from './gate.ts'
import { coolDownLeftMs } from './provider-health.ts'

/**
 * What holds a job's call up beside the slots: the device, the provider's health, spend and rate, in this
 * order. Undefined if it may be made now.
 *
 * @see SPEC.md rules GATE6–GATE9
 */
export function findJobWait(gate: Gate, call: GateCall, view: GateView): Wait | undefined {
  const { settings } = gate
  const device = findDeviceWait(view.device, settings.isLocal, settings.device)
  if (device) return { code: device.condition, reason: device.reason }
  return (
    findHealthWait(gate, call, view.now) ??
    findSpendWait(gate, call, view.now) ??
    findRateWait(gate, call, view.now)
  )
}

function findHealthWait(gate: Gate, call: GateCall, now: number): Wait | undefined {
  const { health } = gate
  if (!health || health.coolDownMs === 0) return undefined
  const forMs = coolDownLeftMs(health, now)
  if (forMs > 0) {
    return health.code === 'rate-limited'
      ? { code: 'retry-after', reason: `the provider is asked too often: ${health.reason}`, forMs }
      : { code: 'cool-down', reason: `left alone after failures: ${health.reason}`, forMs }
  }
  const isTried = gate.calls.some((other) => other !== call && isTrying(other, call))
  return isTried
    ? { code: 'probe', reason: 'another call tries whether the provider works again' }
    : undefined
}

/** Calls that wait for places side by side try nothing yet: the first that gets one does. */
function isTrying(other: GateCall, call: GateCall): boolean {
  const { status, request } = other
  if (request.kind === 'turn' || status.is === 'waiting') return false
  return status.is !== 'placing' || call.status.is === 'waiting'
}

function findSpendWait(gate: Gate, { request }: GateCall, now: number): Wait | undefined {
  const { spend, settings } = gate
  const { tokens } = request
  if (allowsSpend(spend, tokens, settings.spend, now)) return undefined
  const reason = 'what jobs may spend is used up'
  const isTooLarge = settings.spend.calls < 1 || tokens > settings.spend.tokens
  const forMs = isTooLarge ? Infinity : spend.since + settings.spend.windowMs - now
  return { code: 'spend', reason, forMs }
}

function findRateWait(gate: Gate, { request }: GateCall, now: number): Wait | undefined {
  const forMs = rateWaitMs(gate.rate, request.tokens, gate.settings.rate, now)
  if (forMs <= 0) return undefined
  return { code: 'rate', reason: 'the provider answers only so much in a time', forMs }
}

/** As what a call is refused that has waited for this too long. */
export function refusalCode({ code }: Wait, gate: Gate): ModelFailure {
  switch (code) {
    case 'offline':
      return 'offline'
    case 'rate':
    case 'retry-after':
      return 'rate-limited'
    case 'cool-down':
    case 'probe':
      return gate.health?.code ?? 'unavailable'
    default:
      return 'unavailable'
  }
}
