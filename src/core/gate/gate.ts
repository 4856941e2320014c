import { EMPTY_WINDOW, type SpendLimit, type SpendWindow } from '../compaction/spend.ts'
import type { DeviceState } from '../ports/device-conditions.ts'
import type { ModelFailure } from '../ports/language-model.ts'
import { NO_RATE, NO_RATE_LIMIT, type CallRate, type RateLimit } from './call-rate.ts'
import { DEFAULT_DEVICE_POLICY, type DeviceCondition, type DevicePolicy } from './device-wait.ts'
import type { CallOutcome, ProviderHealth } from './provider-health.ts'

/** What a provider allows, and when jobs may ask it. */
export interface GateSettings {
  /** Calls that it answers at the same time, from 1. */
  readonly slots: number
  /** Whether everything stays on this device: decides which conditions of the device hold its jobs up. */
  readonly isLocal: boolean
  /** Whether a call needs a place that all tabs share before it may begin. */
  readonly needsPlaces: boolean
  readonly rate: RateLimit
  readonly spend: SpendLimit
  readonly device: DevicePolicy
  /** How long jobs keep away after a turn's call, in milliseconds: the next one often follows at once. */
  readonly lullMs: number
  /** How long a call that was told to stop may hold up a turn, in milliseconds. */
  readonly graceMs: number
}

/** Nothing is held up that nobody said anything about: 16 slots, and no limit on rate and spend. */
export const DEFAULT_GATE_SETTINGS: GateSettings = {
  slots: 16,
  isLocal: false,
  needsPlaces: false,
  rate: NO_RATE_LIMIT,
  spend: { calls: Infinity, tokens: Infinity, windowMs: 3_600_000 },
  device: DEFAULT_DEVICE_POLICY,
  lullMs: 500,
  graceMs: 1_000,
}

/** Turns that interrupt one job's call before it ends instead of being asked again. */
export const MAX_INTERRUPTIONS = 16

/** Job calls that wait for one provider; more are refused. */
export const MAX_WAITING_JOBS = 200

/** A call that wants to be made. */
export interface GateRequest {
  readonly id: string
  readonly kind: 'turn' | 'job'
  /** Of jobs: higher ones come first; equal ones in the order of asking. */
  readonly priority: number
  /** Tokens that the call is expected to cost. */
  readonly tokens: number
  /** When it was asked for. */
  readonly at: number
  /** Longest time that a job's call waits before it is refused, in milliseconds. Turns have none. */
  readonly maxWaitMs: number
  /** Longest wait of known length that a job's call takes on, in milliseconds; a longer one refuses it. */
  readonly patienceMs: number
}

export const WAIT_CODES = [
  'turns',
  'stopping',
  'turn-first',
  'lull',
  'retry-after',
  'cool-down',
  'probe',
  'spend',
  'rate',
  'slots',
  'other-tab',
] as const

/** Why a call waits. */
export type WaitCode = (typeof WAIT_CODES)[number] | DeviceCondition

export interface Wait {
  readonly code: WaitCode
  /** For people. */
  readonly reason: string
  /** How much longer it lasts at least, in milliseconds, where that is known. */
  readonly forMs?: number
}

/**
 * Where a call is.
 *
 *             free slot            place             ended
 *  waiting ──────────────▶ placing ──────▶ running ──────────▶ (gone)
 *     ▲                       │               │
 *     └───────── ended ── stopping ◀── pre-empted, cancelled
 */
export type CallStatus =
  | { readonly is: 'waiting'; readonly wait: Wait }
  /** Has a slot, and waits for a place that other tabs hold. */
  | { readonly is: 'placing'; readonly since: number }
  | { readonly is: 'running'; readonly since: number }
  | {
      /** Was told to stop and has not ended yet: it holds its slot. */
      readonly is: 'stopping'
      readonly since: number
      readonly isAskedAgain: boolean
      readonly hasBegun: boolean
    }

export interface GateCall {
  readonly request: GateRequest
  readonly status: CallStatus
  /** How often a turn has interrupted it. */
  readonly interruptions: number
}

/** The scheduler of one provider's slots. Plain data. */
export interface Gate {
  readonly settings: GateSettings
  /** In the order of asking; a call that is asked again keeps its place. */
  readonly calls: readonly GateCall[]
  readonly rate: CallRate
  readonly health: ProviderHealth | undefined
  readonly spend: SpendWindow
  /** When the last turn's call ended. */
  readonly turnEndedAt: number | undefined
}

/** Everything that can happen. Facts, hence the past tense. */
export type GateEvent =
  | { readonly type: 'asked'; readonly request: GateRequest }
  /** Whoever asked does not want the answer any more. */
  | { readonly type: 'cancelled'; readonly id: string }
  /** The place that it needed was got. */
  | { readonly type: 'placed'; readonly id: string }
  /** The call has ended, of itself or because it was told to: the acknowledgement of an abort. */
  | { readonly type: 'ended'; readonly id: string; readonly outcome: CallOutcome }
  /** Somebody else learned something about the provider, such as a host in a turn. */
  | { readonly type: 'reported'; readonly outcome: CallOutcome }
  /** One more turn, of this tab or another, found no place. */
  | { readonly type: 'wanted' }
  | { readonly type: 'configured'; readonly settings: GateSettings }
  /** Time passed, or the device changed. */
  | { readonly type: 'looked' }
  /** A person wants the provider to be tried again. */
  | { readonly type: 'reset' }

/** What the caller must now do. The gate itself does nothing. */
export type GateCommand =
  /** Get a place for it, and tell. */
  | { readonly do: 'place'; readonly id: string }
  /** Make the call. */
  | { readonly do: 'begin'; readonly id: string }
  /** Abort the call or the wait for its place, and tell when it has ended. */
  | { readonly do: 'abort'; readonly id: string }
  /** Hand what the call came to to whoever asked. */
  | { readonly do: 'answer'; readonly id: string }
  /** Tell whoever asked that there will be no answer. */
  | {
      readonly do: 'refuse'
      readonly id: string
      readonly code: ModelFailure
      readonly reason: string
      readonly retryAfterMs?: number
    }

export interface GateStep {
  readonly gate: Gate
  readonly commands: readonly GateCommand[]
  /** After how many milliseconds the gate wants to look again; undefined if time changes nothing. */
  readonly lookInMs: number | undefined
}

/** What the gate sees of the world. */
export interface GateView {
  readonly now: number
  readonly device: DeviceState
}

export function createGateState(settings: GateSettings): Gate {
  return {
    settings,
    calls: [],
    rate: NO_RATE,
    health: undefined,
    spend: EMPTY_WINDOW,
    turnEndedAt: undefined,
  }
}
