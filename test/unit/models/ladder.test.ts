import { expect, test } from 'vitest'
import type { Ladder } from '../../../src/core/gate/ladder.ts'
import type { LanguageModel, ModelFailure } from '../../../src/core/ports/language-model.ts'
import { createLadder, type SummariserLadder } from '../../../src/models/ladder.ts'
import { createManualClock, type ManualClock } from '../../support/build-clock.ts'
import { createAskedModel } from '../../support/build-language-model.ts'

type Outcome = { readonly kind: 'answered'; readonly by: string } | Failed

interface Failed {
  readonly kind: 'failed'
  readonly code: ModelFailure
  readonly reason: string
}

const GOOD = new AbortController().signal

function open(): {
  clock: ManualClock
  ladder: SummariserLadder
  /** What a model does to the work; it answers if nothing is said. */
  plan: Map<string, ModelFailure>
  work: (model: LanguageModel) => Promise<Outcome>
} {
  const clock = createManualClock()
  const models = ['local', 'remote'].map((name) => createAskedModel({ name }))
  const plan = new Map<string, ModelFailure>()
  return {
    clock,
    ladder: createLadder(models, { clock }),
    plan,
    work: async ({ info: { name } }) => {
      const code = plan.get(name)
      clock.pass(10)
      if (!code) return { kind: 'answered', by: name }
      return { kind: 'failed', code, reason: `${name} said ${code}` }
    },
  }
}

test('[STEP5] the best model answers, and the steps say so', async () => {
  const { ladder, work } = open()
  expect(await ladder.run(work, GOOD)).toMatchObject({
    kind: 'answered',
    value: { by: 'local' },
    model: { info: { name: 'local' } },
    steps: [{ name: 'local', outcome: 'answered', ms: 10 }],
  })
})

test('[STEP2, STEP5] down to the built-in one, with each step taken or left out', async () => {
  const { ladder, work, plan } = open()
  plan.set('local', 'device-lost')
  plan.set('remote', 'not-json')
  const first = await ladder.run(work, GOOD)
  expect(first.kind).toBe('built-in')
  expect(first.steps.map(({ name, code, outcome }) => `${name} ${outcome} ${code}`)).toEqual([
    'local failed device-lost',
    'remote failed not-json',
    'remote failed not-json',
  ])
  plan.clear()
  const second = await ladder.run(work, GOOD)
  expect(second).toMatchObject({
    kind: 'answered',
    steps: [
      { name: 'local', outcome: 'left-out', code: 'device-lost' },
      { name: 'remote', outcome: 'answered' },
    ],
  })
})

test('[STEP3, STEP4] it climbs back up, by time or by a person, and tells of every change', async () => {
  const { ladder, work, plan, clock } = open()
  const seen: Ladder[] = []
  const stop = ladder.watch((state) => seen.push(state))
  ladder.watch(() => {
    throw new Error('a listener of no use')
  })
  plan.set('local', 'server')
  await ladder.run(work, GOOD)
  plan.clear()
  clock.pass(30_000)
  expect(await ladder.run(work, GOOD)).toMatchObject({ value: { by: 'local' } })
  expect(ladder.state().events.map(({ kind, from, to }) => `${kind} ${from} ${to}`)).toEqual([
    'down local remote',
    'up remote local',
  ])
  plan.set('local', 'unauthorised')
  await ladder.run(work, GOOD)
  clock.pass(86_400_000)
  plan.clear()
  expect(await ladder.run(work, GOOD)).toMatchObject({ value: { by: 'remote' } })
  ladder.reset('local')
  expect(await ladder.run(work, GOOD)).toMatchObject({ value: { by: 'local' } })
  expect(seen.at(-1)).toBe(ladder.state())
  const told = seen.length
  stop()
  ladder.reset()
  expect(seen).toHaveLength(told)
})

test('[STEP5] work that throws, at once or later, is a failure of its step', async () => {
  const { ladder } = open()
  const outcome = await ladder.run(({ info: { name } }): Promise<Outcome> => {
    if (name === 'local') throw new Error('broken')
    return Promise.reject(new Error('broken later'))
  }, GOOD)
  expect(outcome.kind).toBe('built-in')
  expect(outcome.steps.map(({ code, reason }) => `${code}: ${reason}`)).toEqual([
    'failed: broken',
    'failed: broken',
    'failed: broken later',
    'failed: broken later',
  ])
})

test('[STEP5] who cancels is answered at once, and no step is blamed', async () => {
  const { ladder, work } = open()
  const abort = new AbortController()
  const running = ladder.run((): Promise<Outcome> => new Promise(() => {}), abort.signal)
  abort.abort()
  expect(await running).toMatchObject({ kind: 'aborted', steps: [{ code: 'aborted' }] })
  expect(await ladder.run(work, abort.signal)).toEqual({ kind: 'aborted', steps: [] })
  expect(ladder.state().events).toEqual([])
  // A model that somebody else closed is passed over for this call only.
  const { ladder: other, work: otherWork, plan } = open()
  plan.set('local', 'aborted')
  expect(await other.run(otherWork, GOOD)).toMatchObject({ value: { by: 'remote' } })
  expect(other.state().steps[0]?.state.status).toBe('open')
})

test('[STEP2] without models there is the built-in one', async () => {
  const ladder = createLadder([], { clock: createManualClock() })
  const outcome = await ladder.run(
    async (): Promise<Outcome> => ({ kind: 'answered', by: '' }),
    GOOD,
  )
  expect(outcome).toEqual({ kind: 'built-in', steps: [] })
})

test('[SVC13] of a ladder only those that are named are asked, and behind them stands the built-in one', async () => {
  const { ladder, work, plan } = open()
  expect(await ladder.run(work, GOOD, ['remote'])).toMatchObject({
    kind: 'answered',
    value: { by: 'remote' },
    steps: [{ name: 'remote' }],
  })
  expect(await ladder.run(work, GOOD, [])).toEqual({ kind: 'built-in', steps: [] })
  plan.set('local', 'device-lost')
  const { kind, steps } = await ladder.run(work, GOOD, ['local'])
  expect(kind).toBe('built-in')
  expect(steps.map(({ name }) => name)).toEqual(['local'])
  expect((await ladder.run(work, GOOD)).kind).toBe('answered')
})
