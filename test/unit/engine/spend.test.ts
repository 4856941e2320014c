import { expect, test } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import { type PolicyOptions } from '../../../src/core/session/policy.ts'
import { BY_HAND, createOrigin, openTab, rowOf, settle, until } from '../../support/build-engine.ts'
import type { Tab } from '../../support/build-engine.ts'
import { before } from './gated-digester.ts'
import { blocks, BLOCK_TEXT, host, hung, lineOf, newestJob } from './host-extractors.ts'

const USED_UP = 'not asked: the spend window is used up'
async function openLog(tab: Tab, spend: PolicyOptions['spend'] = {}): Promise<Session> {
  const session = await tab.backfold.session('s', { ...BY_HAND, spend })
  await session.append(...blocks(4))
  return session
}

test('[SPEND2] beyond the limit of calls folds go on without what costs something', async () => {
  const asked = { model: 0, free: 0 }
  const tab = openTab({
    extractors: [
      host('model', (block) => {
        asked.model += 1
        return [lineOf(block, `remark on ${block.range.from}`)]
      }),
      host(
        'free',
        () => {
          asked.free += 1
          return []
        },
        { isModelFree: true },
      ),
    ],
  })
  const session = await openLog(tab, { calls: 2 })
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  expect(asked).toEqual({ model: 2, free: 4 })
  const job = await newestJob(session)
  expect(job.leftOut).toEqual([
    { block: 2, extractor: 'model', reason: USED_UP },
    { block: 3, extractor: 'model', reason: USED_UP },
  ])
  const texts = (await session.generation(1)).digest.map(({ text }) => text)
  expect(texts.filter((text) => text.startsWith('remark')).toSorted()).toEqual([
    'remark on 1',
    'remark on 2',
  ])
  const tokens = BLOCK_TEXT.length / 4 + 4
  expect(job.spend).toEqual({ calls: 2, tokens: 2 * tokens })
  expect((await rowOf(tab, 's')).spend).toMatchObject(job.spend)
})

test('[SPEND2] so it is with the limit of tokens', async () => {
  let asked = 0
  const tab = openTab({
    extractors: [host('model', () => ((asked += 1), []))],
  })
  const session = await openLog(tab, { tokens: BLOCK_TEXT.length })
  await session.compact()
  // Each block is a quarter of it, and a little more.
  expect(asked).toBe(3)
  expect((await newestJob(session)).leftOut).toEqual([
    { block: 3, extractor: 'model', reason: USED_UP },
  ])
})

test('[SPEND1, SPEND2] the window lasts over jobs and tabs, and another follows it', async () => {
  const origin = createOrigin()
  let asked = 0
  const extractors = [host('model', () => ((asked += 1), []))]
  const windowMs = 60_000
  const first = await openLog(openTab({ origin, extractors }), { calls: 5, windowMs })
  await first.compact()
  await first.apply()
  expect(asked).toBe(4)

  const later = openTab({ origin, extractors })
  const session = await later.backfold.session('s')
  await session.append(...blocks(3))
  origin.clock.pass(windowMs - 1)
  await session.compact()
  await session.apply()
  expect(asked).toBe(5)
  expect((await rowOf(later, 's')).spend.calls).toBe(5)

  await session.append(...blocks(3))
  await session.compact()
  await session.apply()
  expect(asked).toBe(5)
  expect((await newestJob(session)).spend).toEqual({ calls: 0, tokens: 0 })

  await session.append(...blocks(3))
  origin.clock.pass(1)
  await session.compact()
  expect(asked).toBe(8)
  expect((await rowOf(later, 's')).spend).toMatchObject({ calls: 3, since: origin.clock.now() })
})

test('[SPEND2] a clock that jumps back ends the window', async () => {
  let asked = 0
  const tab = openTab({ extractors: [host('model', () => ((asked += 1), []))] })
  const session = await openLog(tab, { calls: 4 })
  await session.compact()
  await session.apply()
  await session.append(...blocks(2))
  tab.clock.pass(-1)
  await session.compact()
  expect(asked).toBe(6)
})

/** A tab that died at the third block of its job, and one that opens after it; how often both asked. */
async function inherit(): Promise<{ readonly heir: Tab; readonly asked: () => number }> {
  const origin = createOrigin()
  let asked = 0
  const extractors = [host('model', () => ((asked += 1), []))]
  const dead = openTab({
    origin,
    extractors,
    digester: before((_, nth) => (nth < 3 ? undefined : new Promise(() => {}))),
  })
  const session = await openLog(dead, { calls: 3 })
  void session.compact()
  await until(() => asked === 3)
  await settle()
  // The tab dies: its locks are free, and nothing of it answers any more.
  origin.locks.queues.clear()
  return { heir: openTab({ origin, extractors }), asked: () => asked }
}

test('[SPEND3] what a dead tab’s job has spent counts for the one who takes it up', async () => {
  const { heir, asked } = await inherit()
  const taken = await heir.backfold.session('s')
  expect(await taken.compact()).toMatchObject({ kind: 'ready' })
  // Two of the dead tab's calls are known; the third went with it.
  expect(asked()).toBe(4)
  expect(await newestJob(taken)).toMatchObject({ attempt: 2, spend: { calls: 3 } })
  expect((await rowOf(heir, 's')).spend.calls).toBe(3)
})

test('[SPEND3] what a dead tab’s job has spent counts also where it can’t be taken up', async () => {
  const { heir, asked } = await inherit()
  const taken = await heir.backfold.session('s', { attempts: 1 })
  expect(await taken.compact()).toMatchObject({ kind: 'ready' })
  expect(asked()).toBe(4)
  expect(await taken.jobs()).toMatchObject([
    { n: 2, state: 'ready', spend: { calls: 1 } },
    { n: 1, state: 'abandoned', spend: { calls: 2 } },
  ])
  expect((await rowOf(heir, 's')).spend.calls).toBe(3)
})

test('[SPEND3] what a cancelled job has asked for counts, answered or not', async () => {
  const model = hung('model')
  const tab = openTab({ extractors: [model] })
  const session = await openLog(tab, { calls: 2 })
  for (let time = 1; time <= 2; time += 1) {
    const outcome = session.compact()
    await until(() => model.signals.length === time)
    await session.cancel()
    await outcome
    expect((await newestJob(session)).spend.calls).toBe(1)
    expect((await rowOf(tab, 's')).spend.calls).toBe(time)
  }
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  expect(model.signals).toHaveLength(2)
})

test('[SPEND3] attempts that fail cost what they cost', async () => {
  let asked = 0
  const tab = openTab({
    extractors: [host('model', () => ((asked += 1), []))],
    digester: before((_, nth) => {
      if (nth <= 2) throw new Error('not yet')
    }),
  })
  const session = await openLog(tab, { calls: 4 })
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  expect(asked).toBe(4)
  expect(await newestJob(session)).toMatchObject({
    spend: { calls: 4 },
    leftOut: [
      { block: 2, reason: USED_UP },
      { block: 3, reason: USED_UP },
    ],
  })
})
