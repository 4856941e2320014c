import { expect, test } from 'vitest'
import {
  EMPTY_SLOT,
  stepSlot,
  type Slot,
  type SlotEvent,
} from '../../../src/core/compaction/slot.ts'
import { BrokenInvariant } from './broken-invariant.ts'
import { searchStates, type Move } from './search-states.ts'
import { NOTHING_SEEN, observe, type Observed } from './slot-observer.ts'

const BUDGET = 1_000

type Fruitless = Extract<SlotEvent, { readonly budgetTokens: number }>

/** A fruitless end at two sizes, by itself or by a person. */
function fruitless<Type extends Fruitless['type']>(
  type: Type,
): readonly (Fruitless & { readonly type: Type })[] {
  return [700, 800].flatMap((tokens) => [
    { type, tokens, budgetTokens: BUDGET },
    { type, tokens, budgetTokens: BUDGET, byPerson: true },
  ])
}

/** Events of one type; several types may share a shape. */
type EventOf<Type extends SlotEvent['type']> = SlotEvent & {
  readonly type: Type
}

/** Every kind of event. Pressure comes below, at and above what a fruitless job makes it wait for. */
const EVENTS: { readonly [Type in SlotEvent['type']]: readonly EventOf<Type>[] } = {
  'pressure-rose': [700, 749, 750, 849, 850].map((tokens) => ({ type: 'pressure-rose', tokens })),
  requested: [
    { type: 'requested', trigger: 'manual' },
    { type: 'requested', trigger: 'hard' },
  ],
  'candidate-ready': [{ type: 'candidate-ready', generation: 3 }],
  skipped: fruitless('skipped'),
  rejected: fruitless('rejected'),
  abandoned: fruitless('abandoned'),
  failed: [{ type: 'failed', reason: 'it broke' }],
  applied: [{ type: 'applied' }],
  discarded: [{ type: 'discarded' }],
  reset: [{ type: 'reset' }],
}

interface SlotState {
  readonly slot: Slot
  readonly seen: Observed
  /** Events so far. */
  readonly events: number
}

function* afterEveryEvent({ slot, seen, events }: SlotState): Iterable<Move<SlotState>> {
  for (const event of Object.values(EVENTS).flat()) {
    const step = stepSlot(slot, event)
    const next = { slot: step.slot, seen: observe(seen, event, step), events: events + 1 }
    yield { to: next, describe: () => JSON.stringify(event) }
  }
}

const SLOTS = {
  start: { slot: EMPTY_SLOT, seen: NOTHING_SEEN, events: 0 },
  keyOf: ({ slot, seen }: SlotState) => JSON.stringify([slot, seen]),
  costOf: ({ events }: SlotState) => events,
}

test('[EXH2] after every sequence of events the slot does what its rules say', () => {
  const found = searchStates({ ...SLOTS, movesOf: afterEveryEvent })
  const events = Object.values(EVENTS).flat().length
  process.stdout.write(
    `slot: ${found.states} states, ${found.transitions} transitions, all within ${found.deepest} events\n`,
  )
  // No new state comes after so many events, so this holds for longer sequences too.
  expect(found.deepest).toBeLessThanOrEqual(7)
  expect(found.states).toBeGreaterThanOrEqual(20)
  expect(found.transitions).toBe(found.states * events)
})

test('[EXH2] no sequence of events leaves a slot in which pressure can’t start a job again', () => {
  const wayOut: readonly SlotEvent[] = [
    ...EVENTS['candidate-ready'],
    ...EVENTS.applied,
    ...EVENTS.reset,
  ]
  searchStates({
    ...SLOTS,
    movesOf(state) {
      const { slot } = wayOut.reduce((step, event) => stepSlot(step.slot, event), {
        slot: state.slot,
        command: { do: 'nothing' },
      })
      expect(slot).toEqual(EMPTY_SLOT)
      const { command } = stepSlot(slot, { type: 'pressure-rose', tokens: 0 })
      expect(command).toEqual({ do: 'start-job', trigger: 'soft' })
      return afterEveryEvent(state)
    },
  })
})

test('[EXH2] what the slot does wrong is seen', () => {
  const idle: Slot = { status: 'idle', failures: 0, retryAbove: 0 }
  const rose: SlotEvent = { type: 'pressure-rose', tokens: 700 }
  const nothing = { slot: idle, command: { do: 'nothing' } } as const
  expect(() => observe(NOTHING_SEEN, rose, nothing)).toThrow(BrokenInvariant)
  const started = stepSlot(idle, rose)
  const running = observe(NOTHING_SEEN, rose, started)
  expect(() => observe(running, rose, started)).toThrow('start-job instead of nothing')
  const owed = observe(running, rose, stepSlot(started.slot, rose))
  const [skipped] = EVENTS.skipped
  if (!skipped) throw new RangeError('no skipped event')
  expect(() => observe(owed, skipped, nothing)).toThrow('nothing instead of look-again')
})
