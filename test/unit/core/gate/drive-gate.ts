import {
  createGateState,
  DEFAULT_GATE_SETTINGS,
  type Gate,
  type GateCommand,
  type GateEvent,
  type GateRequest,
  type GateSettings,
} from '../../../../src/core/gate/gate.ts'
import type { CallOutcome } from '../../../../src/core/gate/provider-health.ts'
import { waitOf } from '../../../../src/core/gate/settle-gate.ts'
import { stepGate } from '../../../../src/core/gate/step-gate.ts'
import type { DeviceState } from '../../../../src/core/ports/device-conditions.ts'

export const ANSWERED: CallOutcome = { kind: 'answered' }
export const ABORTED: CallOutcome = { kind: 'failed', code: 'aborted', reason: 'told to stop' }

export function failedWith(
  code: Extract<CallOutcome, { kind: 'failed' }>['code'],
  retryAfterMs?: number,
): CallOutcome {
  const outcome = { kind: 'failed', code, reason: `it said ${code}` } as const
  return retryAfterMs === undefined ? outcome : { ...outcome, retryAfterMs }
}

/** A gate that a test walks through, one event at a time; commands are written as `begin a`. */
export class DrivenGate {
  gate: Gate
  now = 1_000_000
  device: DeviceState = {}
  lookInMs: number | undefined

  constructor(settings: Partial<GateSettings> = {}) {
    this.gate = createGateState({ ...DEFAULT_GATE_SETTINGS, lullMs: 0, ...settings })
  }

  step(event: GateEvent): readonly string[] {
    return this.obey(event).map((command) => `${command.do} ${command.id}`)
  }

  obey(event: GateEvent): readonly GateCommand[] {
    const { gate, commands, lookInMs } = stepGate(this.gate, event, {
      now: this.now,
      device: this.device,
    })
    this.gate = gate
    this.lookInMs = lookInMs
    return commands
  }

  turn(id: string): readonly string[] {
    return this.step({ type: 'asked', request: this.request('turn', id, {}) })
  }

  job(id: string, more: Partial<GateRequest> = {}): readonly string[] {
    return this.step({ type: 'asked', request: this.request('job', id, more) })
  }

  end(id: string, outcome: CallOutcome = ANSWERED): readonly string[] {
    return this.step({ type: 'ended', id, outcome })
  }

  cancel(id: string): readonly string[] {
    return this.step({ type: 'cancelled', id })
  }

  /** Lets time pass, and the gate look. */
  pass(ms: number): readonly string[] {
    this.now += ms
    return this.step({ type: 'looked' })
  }

  /** Where a call is, with the code of what it waits for. */
  at(id: string): string {
    const call = this.gate.calls.find(({ request }) => request.id === id)
    if (!call) return 'gone'
    const wait = waitOf(call)
    return wait ? `${call.status.is}: ${wait.code}` : call.status.is
  }

  request(kind: 'turn' | 'job', id: string, more: Partial<GateRequest>): GateRequest {
    return {
      id,
      kind,
      priority: 0,
      tokens: 100,
      at: this.now,
      maxWaitMs: 600_000,
      patienceMs: Infinity,
      ...more,
    }
  }
}
