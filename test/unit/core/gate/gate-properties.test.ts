import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { GateEvent } from '../../../../src/core/gate/gate.ts'
import { MODEL_FAILURES } from '../../../../src/core/ports/language-model.ts'
import type { CallOutcome } from '../../../../src/core/gate/provider-health.ts'
import { ANSWERED, DrivenGate } from './drive-gate.ts'

/** Where a call is by the commands alone. */
type Place = 'waiting' | 'placing' | 'running' | 'stopping' | 'over'

const outcome: fc.Arbitrary<CallOutcome> = fc.oneof(
  fc.constant(ANSWERED),
  fc.record({
    kind: fc.constant('failed' as const),
    code: fc.constantFrom(...MODEL_FAILURES),
    reason: fc.string(),
    retryAfterMs: fc.oneof(fc.integer(), fc.constantFrom(NaN, Infinity, -1, 0)),
  }),
)

const id = fc.nat(12).map(String)

const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('turn' as const), id }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('job' as const),
      id,
      priority: fc.integer({ min: -1, max: 1 }),
      maxWaitMs: fc.constantFrom(0, 5_000, Infinity),
      patienceMs: fc.constantFrom(0, 5_000, Infinity),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('end' as const), id, outcome }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), id }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('placed' as const), id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reported' as const), outcome }) },
  { weight: 1, arbitrary: fc.constant({ do: 'wanted' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('hide' as const), is: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.integer({ min: -10_000, max: 20_000 }),
    }),
  },
)

/** Follows the commands of a gate with a book of its own. */
class Follower {
  readonly driven: DrivenGate
  readonly places = new Map<string, { kind: string; at: Place; isTold: boolean }>()
  private readonly slots: number

  constructor(slots: number, needsPlaces: boolean) {
    this.slots = slots
    this.driven = new DrivenGate({ slots, needsPlaces, isLocal: true, lullMs: 100 })
  }

  step(event: GateEvent): void {
    for (const command of this.driven.obey(event)) {
      const call = this.places.get(command.id)
      if (!call) throw new Error(`${command.do} for a call that nobody made`)
      switch (command.do) {
        case 'place':
          expect(call.at).toBe('waiting')
          call.at = 'placing'
          break
        case 'begin':
          expect(['waiting', 'placing']).toContain(call.at)
          expect(call.isTold).toBe(false)
          call.at = 'running'
          break
        case 'abort':
          expect(['running', 'placing']).toContain(call.at)
          call.at = 'stopping'
          break
        case 'answer':
          expect(call.isTold).toBe(false)
          call.isTold = true
          call.at = 'over'
          break
        case 'refuse':
          expect(call.isTold).toBe(false)
          call.isTold = true
          if (call.at === 'waiting') call.at = 'over'
      }
    }
    this.check()
  }

  ask(event: Extract<GateEvent, { type: 'asked' }>): void {
    const { id: name, kind } = event.request
    const known = this.places.get(name)
    if (!known || known.at === 'over') {
      this.places.set(name, { kind, at: 'waiting', isTold: false })
    }
    this.step(event)
  }

  end(name: string, ended: CallOutcome): void {
    const call = this.places.get(name)
    // A wait for a place ends when it was told to, a call at any time.
    const isHeld = call?.at === 'running' || call?.at === 'stopping'
    if (call && isHeld) call.at = call.isTold ? 'over' : 'waiting'
    if (call && call.at !== 'placing') this.step({ type: 'ended', id: name, outcome: ended })
  }

  private check(): void {
    const calls = [...this.places.values()]
    const held = calls.filter(({ at }) => at !== 'waiting' && at !== 'over')
    const turns = held.filter(({ kind }) => kind === 'turn').length
    // Turns may overtake calls that do not end.
    const going = held.filter(({ at }) => at !== 'stopping')
    expect(going.length).toBeLessThanOrEqual(Math.max(this.slots, turns))
    const isTurnWaiting = calls.some(({ kind, at }) => kind === 'turn' && at === 'waiting')
    if (isTurnWaiting) {
      expect(held.length).toBeGreaterThanOrEqual(this.slots)
      const jobs = going.filter(({ kind }) => kind === 'job').length
      const stopping = held.length - going.length
      if (jobs > 0) expect(stopping).toBeGreaterThan(0)
    }
    const { lookInMs } = this.driven
    if (lookInMs !== undefined) expect(lookInMs).toBeGreaterThanOrEqual(1)
    const open = calls.filter(({ at }) => at !== 'over').length
    expect(this.driven.gate.calls.length).toBe(open)
  }
}

test('[GATE12] whatever comes in whatever order, nothing is lost, doubled, or held in the end', () => {
  const run = fc.property(
    fc.integer({ min: 1, max: 3 }),
    fc.boolean(),
    fc.array(action, { maxLength: 60, size: 'max' }),
    (slots, needsPlaces, actions) => {
      const follower = new Follower(slots, needsPlaces)
      const { driven } = follower
      for (const one of actions) {
        if (one.do === 'turn') {
          follower.ask({ type: 'asked', request: driven.request('turn', one.id, {}) })
        } else if (one.do === 'job') {
          const { do: _, id: name, ...more } = one
          follower.ask({ type: 'asked', request: driven.request('job', name, more) })
        } else if (one.do === 'end') follower.end(one.id, one.outcome)
        else if (one.do === 'cancel') follower.step({ type: 'cancelled', id: one.id })
        else if (one.do === 'placed') follower.step({ type: 'placed', id: one.id })
        else if (one.do === 'reported') follower.step({ type: 'reported', outcome: one.outcome })
        else if (one.do === 'wanted') follower.step({ type: 'wanted' })
        else if (one.do === 'hide') driven.device = { isHidden: one.is }
        else {
          driven.now += one.ms
          follower.step({ type: 'looked' })
        }
      }
      comeToRest(follower)
    },
  )
  fc.assert(run, { numRuns: 500 })
})

function comeToRest(follower: Follower): void {
  const { driven, places } = follower
  driven.device = {}
  for (let round = 0; driven.gate.calls.length > 0; round += 1) {
    expect(round).toBeLessThan(100)
    for (const [name, { at }] of places) {
      if (at === 'placing') follower.step({ type: 'placed', id: name })
      follower.end(name, ANSWERED)
    }
    driven.now += 1_000
    follower.step({ type: 'reset' })
  }
  for (const { at, isTold } of places.values()) expect([at, isTold]).toEqual(['over', true])
}
