import { expect, test } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import type { PolicyOptions } from '../../../src/core/session/policy.ts'
import {
  BY_HAND,
  createOrigin,
  openTab,
  rowOf,
  settle,
  until,
  type Origin,
  type Tab,
} from '../../support/build-engine.ts'
import { turn, turns, user } from '../../support/build-log.ts'
import { before, createGate, OUTPUT, type Gate } from './gated-digester.ts'

const SOFT = 2_000 * 0.7
const HARD = 2_000 * 0.95
const AGE_MS = 60_000

interface Held {
  readonly tab: Tab
  readonly session: Session
  /** Opens for jobs to come; the candidate that is ready was made before. */
  readonly gate: Gate
}

/** A session that folds by itself, with a candidate ready and the next job held at a gate. */
async function withCandidate(
  options: PolicyOptions = {},
  origin: Origin = createOrigin(),
): Promise<Held> {
  const gate = createGate()
  const digester = before((_, nth) => (nth <= 2 ? undefined : gate.pass()))
  const tab = openTab({ origin, digester })
  const session = await tab.backfold.session('s', {
    ...BY_HAND,
    automatic: true,
    applyAt: 'turn',
    candidateMaxAgeMs: AGE_MS,
    ...options,
  })
  await session.append(...turns(5, OUTPUT))
  await until(() => session.state.get().candidate !== null)
  expect(session.state.get().tokens.context).toBeLessThan(HARD)
  return { tab, session, gate }
}

function eventsOf({ tab }: Held): readonly string[] {
  return tab.events.flatMap((event) => (event.type === 'appended' ? [] : [event.type]))
}

test('[STALE5, TURN1] a candidate that covers a message pinned since is built anew at once', async () => {
  const held = await withCandidate()
  const { session, gate } = held
  await session.pin(2)
  await session.append(user('and now?'))
  expect(await session.context()).toMatchObject({ adopted: false, generation: 0 })
  await gate.begun
  expect(session.state.get()).toMatchObject({
    candidate: null,
    job: { status: 'running', job: 2, trigger: 'rebuild' },
  })
  expect(await session.context()).toMatchObject({ adopted: false, generation: 0 })
  gate.open()
  await until(() => session.state.get().candidate === 2)
  expect(await session.context()).toMatchObject({ adopted: false, generation: 0 })
  await session.append(...turn(7), user('and then?'))
  const context = await session.context({ format: 'plain' })
  expect(context).toMatchObject({ adopted: true, generation: 2 })
  const shown = context.entries.map((entry) => (entry.kind === 'digest' ? 0 : entry.message.seq))
  expect(shown.slice(0, 3)).toEqual([2, 3, 0])
  expect(await session.jobs()).toMatchObject([
    { n: 2, trigger: 'rebuild', state: 'applied' },
    { n: 1, trigger: 'soft', state: 'superseded', reason: 'pin-covered' },
  ])
})

test('[STALE5, APPLY2, REG3] whoever listens is told that a candidate was discarded, and why', async () => {
  const origin = createOrigin()
  const { tab, session } = await withCandidate({}, origin)
  await session.configure({ automatic: false })
  await session.pin(2)
  const jobs = [tab, openTab({ origin })].map(({ backfold }) => backfold.jobs())
  const states = (): readonly unknown[] => jobs.map((each) => each.get()[0]?.jobs[0]?.state)
  for (const each of jobs) each.subscribe(() => {})
  await until(() => states().every((state) => state === 'ready'))
  const seen = tab.events.length
  expect(await session.apply()).toEqual({ kind: 'refused', reason: 'pin-covered' })
  expect(tab.events.slice(seen)).toMatchObject([{ type: 'skipped', job: 1, reason: 'pin-covered' }])
  await until(() => states().every((state) => state === 'superseded'))
  expect(jobs[1]?.get()[0]?.jobs[0]?.reason).toBe('pin-covered')
  // There is nothing to discard any more, and nothing to tell.
  expect(await session.apply()).toEqual({ kind: 'refused', reason: 'no-candidate' })
  expect(tab.events).toHaveLength(seen + 1)
})

test('[STALE6] a candidate that is too old is built anew at once', async () => {
  const { tab, session, gate } = await withCandidate()
  tab.clock.pass(AGE_MS + 1)
  expect(await session.apply()).toEqual({ kind: 'refused', reason: 'too-old' })
  await gate.begun
  expect(session.state.get().job).toMatchObject({ status: 'running', trigger: 'rebuild' })
  gate.open()
  await until(() => session.state.get().candidate === 2)
  expect(await session.apply()).toEqual({ kind: 'applied', generation: 2 })
})

test.each([
  ['just as old as it may be', AGE_MS],
  ['made by a clock that jumped back since', -10 * AGE_MS],
])('[STALE6] a candidate %s is applied', async (_, ms) => {
  const { tab, session } = await withCandidate()
  tab.clock.pass(ms)
  expect(await session.apply()).toEqual({ kind: 'applied', generation: 1 })
})

test('[STALE5, STALE6] where nothing folds by itself, nothing is built anew', async () => {
  const held = await withCandidate()
  const { tab, session } = held
  await session.configure({ automatic: false })
  tab.clock.pass(AGE_MS + 1)
  expect(await session.apply()).toEqual({ kind: 'refused', reason: 'too-old' })
  await settle()
  expect(eventsOf(held).filter((type) => type === 'job-queued')).toHaveLength(1)
  expect(session.state.get()).toMatchObject({ candidate: null, job: { status: 'idle' } })
})

test('[STALE7] much that came since is folded at once, by a job of its own', async () => {
  const held = await withCandidate({ applyAt: 'manual' })
  const { session, gate } = held
  await session.append(...turns(6, OUTPUT))
  expect(await session.apply()).toEqual({ kind: 'applied', generation: 1 })
  expect(session.state.get().tokens.context).toBeGreaterThan(SOFT)
  await gate.begun
  expect(session.state.get().job).toMatchObject({ status: 'running', job: 2, trigger: 'extend' })
  gate.open()
  await until(() => session.state.get().candidate === 2)
  expect(await session.jobs()).toMatchObject([
    { n: 2, trigger: 'extend', state: 'ready', base: 1 },
    { n: 1, trigger: 'soft', state: 'applied' },
  ])
  expect(await session.apply()).toEqual({ kind: 'applied', generation: 2 })
  expect(session.state.get().tokens.context).toBeLessThan(SOFT)
  await settle()
  // What is left is little: the chain of jobs ends.
  expect(await session.jobs()).toHaveLength(2)
})

test('[STALE7] little that came since starts no job', async () => {
  const held = await withCandidate()
  await held.session.append(user('and now?'))
  expect(await held.session.context()).toMatchObject({ adopted: true, generation: 1 })
  await settle()
  expect(await held.session.jobs()).toHaveLength(1)
  expect(eventsOf(held).at(-1)).toBe('applied')
})

test('[STALE5, SLOT4] a candidate that is never fit ends in a pause, not in a loop', async () => {
  const tab = openTab({
    digester: before((_, nth) => {
      if (nth > 2) throw new Error('it broke')
    }),
  })
  const session = await tab.backfold.session('s', { ...BY_HAND, automatic: true, attempts: 1 })
  await session.append(...turns(5, OUTPUT))
  await until(() => session.state.get().candidate !== null)
  await session.pin(2)
  await session.apply()
  await until(() => session.state.get().health.status === 'paused')
  await settle()
  expect((await session.jobs()).map(({ trigger, state }) => [trigger, state])).toEqual([
    ['soft', 'failed'],
    ['soft', 'failed'],
    ['rebuild', 'failed'],
    ['soft', 'superseded'],
  ])
  expect(await rowOf(tab, 's')).toMatchObject({ head: 0, candidate: 0, openJob: 0 })
})
