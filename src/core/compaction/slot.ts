import type { Trigger } from './job.ts'

/** Failures in a row after which jobs stop by themselves, until a person or a success resets them. */
export const MAX_CONSECUTIVE_FAILURES = 3

/** Share of the budget by which a context must grow before a skipped or rejected job is tried again. */
export const RETRY_GROWTH = 0.05

/**
 * A session's single place for a job.
 *
 *        pressure-rose            ended: ready             applied / discarded
 *  idle ──────────────▶ running ───────────────▶ ready ───────────────────────▶ idle
 *   ▲                      │
 *   ├── skipped, rejected ─┤
 *   └── failed ────────────┴── third in a row ──▶ paused ── reset ──▶ idle
 */
export type Slot =
  | {
      readonly status: 'idle'
      readonly failures: number
      /** Context tokens below which pressure is ignored, after a job that could not help. */
      readonly retryAbove: number
    }
  | {
      readonly status: 'running'
      readonly failures: number
      readonly trigger: Trigger
      /** Pressure rose again meanwhile. A flag, not a queue: any number costs one more look. */
      readonly lookAgain: boolean
    }
  | { readonly status: 'ready'; readonly failures: number; readonly generation: number }
  | { readonly status: 'paused'; readonly failures: number; readonly reason: string }

/** Everything that can happen to a slot. Facts, hence the past tense. */
export type SlotEvent =
  | { readonly type: 'pressure-rose'; readonly tokens: number }
  | { readonly type: 'requested'; readonly trigger: Trigger }
  | { readonly type: 'candidate-ready'; readonly generation: number }
  | {
      readonly type: 'skipped' | 'rejected' | 'abandoned'
      readonly tokens: number
      readonly budgetTokens: number
      /** A person ended the job: it is not to start again at once. */
      readonly byPerson?: boolean
    }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'applied' }
  | { readonly type: 'discarded' }
  | { readonly type: 'reset' }

/** What the caller must now do. The slot itself does nothing. */
export type SlotCommand =
  | { readonly do: 'nothing' }
  | { readonly do: 'start-job'; readonly trigger: Trigger }
  | { readonly do: 'look-again' }

export interface Step {
  readonly slot: Slot
  readonly command: SlotCommand
}

export const EMPTY_SLOT: Slot = { status: 'idle', failures: 0, retryAbove: 0 }

const NOTHING: SlotCommand = { do: 'nothing' }

/**
 * Advances the slot by one event.
 *
 * Pure and total: late events of a cancelled job are normal, so an event that does not fit the state
 * is ignored, not thrown.
 *
 * @see SPEC.md rules SLOT1–SLOT6
 */
export function stepSlot(slot: Slot, event: SlotEvent): Step {
  switch (event.type) {
    case 'pressure-rose':
      return onPressure(slot, event.tokens)
    case 'requested':
      return onRequest(slot, event.trigger)
    case 'candidate-ready':
      return slot.status === 'running'
        ? keep({ status: 'ready', failures: 0, generation: event.generation })
        : keep(slot)
    case 'skipped':
    case 'rejected':
    case 'abandoned':
      return slot.status === 'running' ? onFruitless(slot, event) : keep(slot)
    case 'failed':
      return slot.status === 'running' ? onFailure(slot, event.reason) : keep(slot)
    case 'applied':
    case 'discarded':
      return slot.status === 'ready'
        ? { slot: EMPTY_SLOT, command: { do: 'look-again' } }
        : keep(slot)
    case 'reset':
      return slot.status === 'paused' || slot.status === 'idle' ? keep(EMPTY_SLOT) : keep(slot)
  }
}

function onPressure(slot: Slot, tokens: number): Step {
  if (slot.status === 'running') return keep({ ...slot, lookAgain: true })
  if (slot.status !== 'idle' || tokens < slot.retryAbove) return keep(slot)
  return start(slot.failures, 'soft')
}

function onRequest(slot: Slot, trigger: Trigger): Step {
  if (slot.status === 'running') return keep(slot)
  return start(slot.status === 'paused' ? 0 : slot.failures, trigger)
}

function onFruitless(
  slot: Extract<Slot, { status: 'running' }>,
  event: Extract<SlotEvent, { readonly budgetTokens: number }>,
): Step {
  const retryAbove =
    event.type === 'abandoned' && !event.byPerson
      ? 0
      : event.tokens + event.budgetTokens * RETRY_GROWTH
  return {
    slot: { status: 'idle', failures: slot.failures, retryAbove },
    command: slot.lookAgain && !event.byPerson ? { do: 'look-again' } : NOTHING,
  }
}

function onFailure(slot: Extract<Slot, { status: 'running' }>, reason: string): Step {
  const failures = slot.failures + 1
  if (failures >= MAX_CONSECUTIVE_FAILURES) return keep({ status: 'paused', failures, reason })
  return { slot: { status: 'idle', failures, retryAbove: 0 }, command: { do: 'look-again' } }
}

function start(failures: number, trigger: Trigger): Step {
  return {
    slot: { status: 'running', failures, trigger, lookAgain: false },
    command: { do: 'start-job', trigger },
  }
}

function keep(slot: Slot): Step {
  return { slot, command: NOTHING }
}
