import { expect, test } from 'vitest'
import { DEFAULT_POLICY } from '../../../src/core/session/policy.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import { BY_HAND, createOrigin, openTab, rowOf, settle, until } from '../../support/build-engine.ts'
import { turn, user } from '../../support/build-log.ts'
import { before, createGate, sessionIn } from './gated-digester.ts'

const LOOK = { adopt: false, format: 'plain' } as const

/** Three messages too large for one block together, and a tail. */
function largeLog(): readonly Draft[] {
  const text = 'x'.repeat(DEFAULT_POLICY.blockTokens * 3)
  return [user(text), user(text), user(text), ...turn(1), ...turn(2)]
}

test('[RUN1] a job that throws leaves the context as it was, and says why it ended', async () => {
  const tab = openTab({
    digester: before(() => {
      throw new Error('the summariser broke')
    }),
  })
  const session = await sessionIn(tab)
  const context = await session.context(LOOK)
  const outcome = await session.compact()
  expect(outcome).toMatchObject({ kind: 'failed' })
  expect(await session.context(LOOK)).toEqual(context)
  const [job] = await session.jobs()
  expect(job).toMatchObject({ state: 'failed', reason: 'digest: the summariser broke, 3 attempts' })
  expect(job?.endedAt).toBeDefined()
  expect(await rowOf(tab, 's')).toMatchObject({ openJob: 0, candidate: 0, head: 0 })
  expect(tab.events.at(-1)).toMatchObject({ type: 'failed', reason: job?.reason })
  expect(session.state.get()).toMatchObject({
    job: { status: 'idle' },
    health: { status: 'degraded' },
  })
})

test('[RUN1, RUN2] a job that hangs ends after its deadlines', async () => {
  const tab = openTab({ digester: before(() => new Promise(() => {})) })
  const session = await sessionIn(tab)
  const outcome = session.compact()
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await settle()
    expect((await rowOf(tab, 's')).openJob).toBe(1)
    tab.clock.pass(29_999)
    await settle()
    expect((await session.jobs())[0]?.state).toBe('running')
    tab.clock.pass(1)
  }
  expect(await outcome).toMatchObject({
    kind: 'failed',
    reason: 'digest: no answer within 30 s, 3 attempts',
  })
  expect((await rowOf(tab, 's')).openJob).toBe(0)
  expect(tab.clock.waiting()).toBe(0)
})

test('[RUN1] a cancelled job ends at once, and its work is told to stop', async () => {
  const gate = createGate()
  let stopped = false
  const tab = openTab({
    digester: before(async (_, __, signal) => {
      signal.addEventListener('abort', () => (stopped = true))
      await gate.pass()
    }),
  })
  const session = await sessionIn(tab)
  const context = await session.context(LOOK)
  const outcome = session.compact()
  await gate.begun
  expect(session.state.get().job.status).toBe('running')
  expect(await session.cancel()).toBe(true)
  expect(stopped).toBe(true)
  expect(await outcome).toMatchObject({ kind: 'abandoned', reason: 'cancelled' })
  expect((await session.jobs())[0]).toMatchObject({ state: 'abandoned', reason: 'cancelled' })
  gate.open()
  await settle()
  expect(await session.context(LOOK)).toEqual(context)
  expect(await session.cancel()).toBe(false)
})

test('[RUN2] finished blocks are not done again, and attempts are counted', async () => {
  const done: string[] = []
  const tab = openTab({
    digester: (real) => ({
      ...real,
      async extract(request, signal) {
        if (request.extractor !== 'digest') return real.extract(request, signal)
        done.push(`${request.range.from}-${request.range.to}`)
        if (done.length === 2 || done.length === 3) throw new Error('not yet')
        return real.extract(request, signal)
      },
    }),
  })
  const session = await sessionIn(tab, ...largeLog())
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  expect(done).toEqual(['1-1', '2-2', '2-2', '2-2', '3-6'])
  const [job] = await session.jobs()
  expect(job).toMatchObject({ state: 'ready', done: 3 })
  const progress = tab.events.flatMap((event) =>
    event.type === 'job-progressed' ? [event.done] : [],
  )
  expect(progress).toEqual([1, 2, 3])
})

test('[RUN2, JOB3] a tab that takes over a dead tab’s job starts at its first unfinished block', async () => {
  const origin = createOrigin()
  const dead = openTab({
    origin,
    digester: before((_, nth) => (nth < 3 ? undefined : new Promise(() => {}))),
  })
  const session = await sessionIn(dead, ...largeLog())
  void session.compact()
  await settle()
  expect((await session.jobs())[0]).toMatchObject({ state: 'running', done: 2 })
  // The tab dies: its locks are free, and nothing of it answers any more.
  origin.locks.queues.clear()
  const done: number[] = []
  const heir = openTab({
    origin,
    digester: (real) => ({
      ...real,
      extract(request, signal) {
        if (request.extractor === 'digest') done.push(request.range.from)
        return real.extract(request, signal)
      },
    }),
  })
  const taken = await heir.backfold.session('s')
  expect(await taken.compact()).toMatchObject({ kind: 'ready', generation: 1 })
  expect(done).toEqual([3])
  expect(await taken.jobs()).toMatchObject([{ n: 1, state: 'ready', attempt: 2, epoch: 2 }])
})

test('[JOB3] opening a session takes up what a dead tab left, and leaves alone what a living one does', async () => {
  const origin = createOrigin()
  const gate = createGate()
  const first = openTab({
    origin,
    digester: before((_, nth) => (nth < 3 ? undefined : gate.pass())),
  })
  const session = await sessionIn(first, ...largeLog())
  void session.compact()
  await gate.begun
  const onlooker = openTab({ origin })
  const beside = await onlooker.backfold.session('s')
  await settle()
  expect(beside.state.get().job.status).toBe('idle')
  // Now the first one dies.
  origin.locks.queues.clear()
  const heir = openTab({ origin })
  const taken = await heir.backfold.session('s')
  await until(() => taken.state.get().job.status === 'ready')
  expect(await taken.jobs()).toMatchObject([
    { n: 1, state: 'ready', attempt: 2, trigger: 'manual' },
  ])
})

test('[RUN3] a candidate that fails a check is rejected and never applied', async () => {
  const tab = openTab()
  const session = await tab.backfold.session('s', { ...BY_HAND, minimumGain: 0.5 })
  const rule = (n: number): Draft => user(`Never forget rule ${n}: ${'r'.repeat(300)}`)
  await session.append(...Array.from({ length: 12 }, (_, index) => rule(index)))
  const outcome = await session.compact()
  expect(outcome).toMatchObject({ kind: 'rejected' })
  expect(outcome).toHaveProperty('reason', expect.stringContaining('check gain'))
  expect((await session.jobs())[0]).toMatchObject({ state: 'rejected', generation: 1 })
  expect((await session.generation(1)).status).toBe('rejected')
  expect(await session.apply()).toEqual({ kind: 'refused', reason: 'no-candidate' })
  expect(await session.rollback(1)).toMatchObject({ kind: 'refused' })
  expect((await rowOf(tab, 's')).head).toBe(0)
})

test('[RUN3, CHK1] a summariser that skipped a message is found out', async () => {
  const tab = openTab({
    digester: (real) => ({
      ...real,
      async extract(request, signal) {
        const { digest, artifacts } = await real.extract(request, signal)
        return { artifacts, digest: { ...digest, messages: digest.messages - 1 } }
      },
    }),
  })
  const session = await sessionIn(tab)
  const outcome = await session.compact()
  expect(outcome.kind).toBe('rejected')
  expect(outcome).toHaveProperty('reason', expect.stringContaining('check coverage'))
})
