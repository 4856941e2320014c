import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assessPressure } from '../../../../src/core/compaction/pressure.ts'
import {
  EMPTY_SLOT,
  MAX_CONSECUTIVE_FAILURES,
  RETRY_GROWTH,
  stepSlot,
  type Slot,
  type SlotEvent,
  type Step,
} from '../../../../src/core/compaction/slot.ts'
import { resolvePolicy } from '../../../../src/core/session/policy.ts'

const BUDGET = 1_000

const rose: SlotEvent = { type: 'pressure-rose', tokens: 700 }
const requested: SlotEvent = { type: 'requested', trigger: 'manual' }
const ready: SlotEvent = { type: 'candidate-ready', generation: 3 }
const failed: SlotEvent = { type: 'failed', reason: 'it broke' }
const applied: SlotEvent = { type: 'applied' }
const discarded: SlotEvent = { type: 'discarded' }
const reset: SlotEvent = { type: 'reset' }

function ended(type: 'skipped' | 'rejected' | 'abandoned', tokens: number = 700): SlotEvent {
  return { type, tokens, budgetTokens: BUDGET }
}

/** The slot after these events, and what the last of them commands. */
function after(...events: readonly SlotEvent[]): Step {
  const start: Step = { slot: EMPTY_SLOT, command: { do: 'nothing' } }
  return events.reduce((step, event) => stepSlot(step.slot, event), start)
}

test('[PRE1] pressure is soft from the soft threshold and hard from the hard one', () => {
  const policy = resolvePolicy({ budget: { tokens: BUDGET, soft: 0.5, hard: 0.9, target: 0.2 } })
  const pressures = [0, 499, 500, 899, 900, 5_000].map((tokens) => assessPressure(tokens, policy))
  expect(pressures).toEqual(['none', 'none', 'soft', 'soft', 'hard', 'hard'])
})

test('[SLOT1] pressure starts one job, and during a job only sets a flag', () => {
  const started = after(rose)
  expect(started.command).toEqual({ do: 'start-job', trigger: 'soft' })
  expect(started.slot).toMatchObject({ status: 'running', trigger: 'soft', lookAgain: false })
  const again = after(rose, rose)
  expect(again.command).toEqual({ do: 'nothing' })
  expect(again.slot).toEqual({ ...started.slot, lookAgain: true })
  expect(after(rose, rose, rose)).toEqual(again)
})

test.each(['skipped', 'rejected', 'abandoned'] as const)(
  '[SLOT2] after a %s job the flag costs one more look',
  (type) => {
    expect(after(rose, ended(type)).command).toEqual({ do: 'nothing' })
    expect(after(rose, rose, rose, ended(type)).command).toEqual({ do: 'look-again' })
    expect(after(rose, rose, ended(type)).slot.status).toBe('idle')
  },
)

test('[SLOT2] a failed job is looked at again, a candidate is not', () => {
  expect(after(rose, failed).command).toEqual({ do: 'look-again' })
  expect(after(rose, rose, ready).command).toEqual({ do: 'nothing' })
})

test.each(['skipped', 'rejected'] as const)(
  '[SLOT3] after a %s job pressure waits for growth',
  (type) => {
    const growth = BUDGET * RETRY_GROWTH
    const { slot } = after(rose, ended(type, 800))
    const at = (tokens: number): Step => stepSlot(slot, { type: 'pressure-rose', tokens })
    expect(growth).toBe(50)
    expect(at(849)).toEqual({ slot, command: { do: 'nothing' } })
    expect(at(850).command).toEqual({ do: 'start-job', trigger: 'soft' })
    expect(stepSlot(slot, requested).command).toEqual({ do: 'start-job', trigger: 'manual' })
  },
)

test('[SLOT3] after an abandoned or failed job pressure waits for nothing', () => {
  expect(after(rose, ended('abandoned', 800), rose).command.do).toBe('start-job')
  expect(after(rose, failed, rose).command.do).toBe('start-job')
})

test('[SLOT4] three failures in a row pause the slot until a request or a reset', () => {
  expect(MAX_CONSECUTIVE_FAILURES).toBe(3)
  expect(after(rose, failed, rose, failed).slot).toMatchObject({ status: 'idle', failures: 2 })
  const paused = after(rose, failed, rose, failed, rose, failed)
  expect(paused).toEqual({
    slot: { status: 'paused', failures: 3, reason: 'it broke' },
    command: { do: 'nothing' },
  })
  expect(stepSlot(paused.slot, rose)).toEqual(paused)
  const asked = stepSlot(paused.slot, requested)
  expect(asked.command).toEqual({ do: 'start-job', trigger: 'manual' })
  expect(asked.slot.failures).toBe(0)
  expect(stepSlot(paused.slot, reset).slot).toEqual(EMPTY_SLOT)
})

test('[SLOT4] a candidate ends the row of failures, a fruitless job does not', () => {
  const twice = [rose, failed, rose, failed] as const
  expect(after(...twice, rose, ready, discarded, rose, failed).slot.status).toBe('idle')
  expect(after(...twice, rose, ended('skipped'), requested, failed).slot.status).toBe('paused')
})

test('[SLOT5] a ready candidate holds the slot until it is applied or discarded', () => {
  const held = after(rose, ready)
  expect(held.slot).toEqual({ status: 'ready', failures: 0, generation: 3 })
  expect(stepSlot(held.slot, rose)).toEqual(held)
  for (const end of [applied, discarded]) {
    expect(stepSlot(held.slot, end)).toEqual({ slot: EMPTY_SLOT, command: { do: 'look-again' } })
  }
})

test('[SLOT6] what does not fit the state is ignored', () => {
  const idle = EMPTY_SLOT
  const running = after(rose).slot
  const held = after(rose, ready).slot
  const paused = after(rose, failed, rose, failed, rose, failed).slot
  const ends = [ready, failed, ended('skipped'), ended('rejected'), ended('abandoned')]
  const strangers: readonly (readonly [Slot, readonly SlotEvent[]])[] = [
    [idle, [...ends, reset]],
    [running, [requested, reset]],
    [held, [...ends, reset]],
    [paused, ends],
  ]
  for (const [slot, events] of strangers) {
    for (const event of events) {
      expect(stepSlot(slot, event)).toEqual({ slot, command: { do: 'nothing' } })
    }
  }
})

test('[SLOT1, SLOT4, SLOT5, SLOT6] in whatever order, one job at a time and no more failures than allowed', () => {
  const tokens = fc.nat(1_200)
  const event: fc.Arbitrary<SlotEvent> = fc.oneof(
    tokens.map((n): SlotEvent => ({ type: 'pressure-rose', tokens: n })),
    fc.constantFrom(requested, ready, failed, failed, applied, discarded, reset),
    fc
      .tuple(fc.constantFrom('skipped', 'rejected', 'abandoned'), tokens)
      .map(([type, n]) => ended(type, n)),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let slot: Slot = EMPTY_SLOT
      for (const next of events) {
        const step = stepSlot(slot, next)
        if (step.command.do === 'start-job') {
          expect(slot.status).not.toBe('running')
          expect(step.slot.status).toBe('running')
        }
        if (slot.status === 'ready' && step.slot.status !== 'ready') {
          expect(['applied', 'discarded', 'requested']).toContain(next.type)
        }
        expect(step.slot.failures).toBeLessThanOrEqual(MAX_CONSECUTIVE_FAILURES)
        expect(step.slot.failures === MAX_CONSECUTIVE_FAILURES).toBe(step.slot.status === 'paused')
        slot = step.slot
      }
    }),
  )
})
