import { expect, test } from 'vitest'
import { createOrigin, BY_HAND, eventOf, openTab, settle } from '../../support/build-engine.ts'
import { turn, turns } from '../../support/build-log.ts'
import { before, createGate, OUTPUT, sessionIn } from './gated-digester.ts'

test('[RUN4] at most one job of a session runs at a time, over all tabs', async () => {
  const origin = createOrigin()
  let running = 0
  let most = 0
  const counting = before(async (call) => {
    if (call !== 'block') return
    running += 1
    most = Math.max(most, running)
    await settle()
    running -= 1
  })
  const tabs = [1, 2, 3].map(() => openTab({ origin, digester: counting }))
  const [first] = tabs
  if (!first) throw new Error('no tab was opened')
  await sessionIn(first)
  const outcomes = await Promise.all(
    tabs.flatMap((tab) => [1, 2].map(async () => (await tab.backfold.session('s')).compact())),
  )
  expect(most).toBe(1)
  expect(outcomes.map(({ kind }) => kind)).toEqual(Array(6).fill('ready'))
  const { jobs } = await first.store.read({ session: 's', jobs: 'all' })
  expect(jobs).toHaveLength(1)
})

test('[RUN5] work that another tab has done meanwhile is not done twice', async () => {
  const origin = createOrigin()
  const gate = createGate()
  const holder = openTab({ origin, digester: before(() => gate.pass()) })
  const waiter = openTab({ origin })
  const session = await sessionIn(holder)
  const automatic = { automatic: true, applyAt: 'turn', budget: { tokens: 2_000 } } as const
  await session.configure(automatic)
  await gate.begun
  const other = await waiter.backfold.session('s')
  expect(other.state.get().job.status).toBe('queued')
  const ready = eventOf(session, 'candidate-ready')
  gate.open()
  await ready
  expect(await session.apply()).toMatchObject({ kind: 'applied' })
  await settle()
  await settle()
  expect(other.state.get()).toMatchObject({ generation: 1, job: { status: 'idle' } })
  expect(await other.jobs()).toHaveLength(1)
})

test('[RUN5, JOB1] a job whose epoch is over changes nothing any more', async () => {
  const gate = createGate()
  const origin = createOrigin()
  const late = openTab({ origin, digester: before(() => gate.pass()) })
  const session = await sessionIn(late)
  const outcome = session.compact()
  await gate.begun
  origin.locks.queues.clear()
  const heir = openTab({ origin })
  const taken = await heir.backfold.session('s')
  expect(await taken.compact()).toMatchObject({ kind: 'ready', generation: 1 })
  const rows = { session: 's', generations: 'all', jobs: 'all' } as const
  const stored = await late.store.read(rows)
  gate.open()
  expect(await outcome).not.toMatchObject({ kind: 'failed' })
  expect(await late.store.read(rows)).toEqual(stored)
})

test('[SLOT1, SLOT2] pressure starts one job however often it rises, and looks once more at its end', async () => {
  const gate = createGate()
  const tab = openTab({ digester: before(() => gate.pass()) })
  const session = await tab.backfold.session('s', { ...BY_HAND, automatic: true })
  for (let n = 1; n <= 14; n += 1) await session.append(...turn(n, OUTPUT))
  await gate.begun
  expect(tab.events.filter(({ type }) => type === 'job-queued')).toHaveLength(1)
  const ready = eventOf(session, 'candidate-ready')
  gate.open()
  await ready
  expect(await session.jobs()).toHaveLength(1)
  const next = eventOf(session, 'job-started')
  expect(await session.apply()).toEqual({ kind: 'applied', generation: 1 })
  expect(await next).toMatchObject({ job: 2 })
})

test('[SLOT4] three failures in a row pause the jobs, and a request tries again', async () => {
  let broken = true
  const tab = openTab({
    digester: before(() => {
      if (broken) throw new Error('it broke')
    }),
  })
  const session = await tab.backfold.session('s', { ...BY_HAND, automatic: true, attempts: 1 })
  await session.append(...turns(8, OUTPUT))
  for (let round = 0; round < 20; round += 1) await settle()
  expect(await session.jobs()).toHaveLength(3)
  expect(session.state.get().health).toMatchObject({ status: 'paused' })
  await session.append(...turn(9, OUTPUT))
  await settle()
  expect(await session.jobs()).toHaveLength(3)
  broken = false
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  expect(session.state.get().health).toEqual({ status: 'ok' })
})

test('[STALE7] when much came since, the next job starts right after the apply', async () => {
  const tab = openTab()
  const session = await tab.backfold.session('s', { ...BY_HAND, automatic: true })
  const ready = eventOf(session, 'candidate-ready')
  await session.append(...turns(8, OUTPUT))
  await ready
  await session.append(...turns(9, OUTPUT))
  const next = eventOf(session, 'candidate-ready')
  await session.apply()
  expect(await next).toMatchObject({ generation: 2, job: 2 })
})
