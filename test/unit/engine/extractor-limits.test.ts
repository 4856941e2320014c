import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { EMPTY_WINDOW } from '../../../src/core/compaction/spend.ts'
import { resolvePolicy } from '../../../src/core/session/policy.ts'
import { createDigester } from '../../../src/engine/digester.ts'
import { createExtractorSet } from '../../../src/engine/extractor-set.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { streamCompressor } from '../../../src/store/stream-compressor.ts'
import { createManualClock } from '../../support/build-clock.ts'
import { buildJob } from '../../support/build-generation.ts'
import type { Job } from '../../../src/core/compaction/job.ts'
import { openTab, settle, testTokeniser, until } from '../../support/build-engine.ts'
import { turns, user } from '../../support/build-log.ts'
import { before, createGate, OUTPUT, sessionIn } from './gated-digester.ts'
import { blocks, host, hung, lineOf, newestJob, textsOf } from './host-extractors.ts'

const LOOK = { adopt: false, format: 'plain' } as const
const PAUSE_MS = 300_000

test('[EXT6] after three failures in a row one is not asked for five minutes', async () => {
  let asked = 0
  let works = false
  const tab = openTab({
    extractors: [
      host('flaky', (block) => {
        asked += 1
        if (!works) throw new Error('not today')
        return [lineOf(block)]
      }),
    ],
  })
  const session = await sessionIn(tab, ...blocks(5))
  // Not by a person, who would have it asked again.
  const job = async (): Promise<Job> => {
    await session.configure({ automatic: true })
    await until(() => session.state.get().candidate !== null)
    await session.configure({ automatic: false })
    return newestJob(session)
  }
  const reasons = ({ leftOut }: Job): readonly string[] => leftOut.map(({ reason }) => reason)
  const paused = 'paused after 3 failures: not today'
  const first = await job()
  expect(first.blocks).toHaveLength(5)
  const failed = 'not today'
  expect(reasons(first)).toEqual([failed, failed, failed, paused, paused])
  expect(asked).toBe(3)

  await session.apply()
  await session.append(...blocks(2))
  tab.clock.pass(PAUSE_MS - 1)
  expect(reasons(await job())).toEqual([paused, paused])
  expect(asked).toBe(3)

  await session.apply()
  await session.append(...blocks(2))
  tab.clock.pass(1)
  expect(reasons(await job())).toEqual(['not today', 'paused after 4 failures: not today'])
  expect(asked).toBe(4)

  await session.apply()
  await session.append(...blocks(2))
  works = true
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  expect(reasons(await newestJob(session))).toEqual([])
  expect(asked).toBe(6)
})

test('[EXT6] failures that are not in a row do not add up', async () => {
  let asked = 0
  const tab = openTab({
    extractors: [
      host('moody', () => {
        asked += 1
        if (asked % 3 !== 0) throw new Error('not today')
        return []
      }),
    ],
  })
  const session = await sessionIn(tab, ...blocks(6))
  await session.compact()
  expect((await newestJob(session)).leftOut.map(({ block }) => block)).toEqual([0, 1, 3, 4])
  expect(asked).toBe(6)
})

test('[EXT1, RUN2] none has more time than the policy gives an attempt', async () => {
  const slow = hung('slow')
  const tab = openTab({ extractors: [slow] })
  const session = await sessionIn(tab)
  await session.configure({ attemptDeadlineMs: 200 })
  const outcome = session.compact()
  await until(() => slow.signals.length === 1)
  tab.clock.pass(200)
  expect(await outcome).toMatchObject({ kind: 'ready' })
  expect((await newestJob(session)).leftOut).toMatchObject([{ reason: 'no answer within 0.2 s' }])
})

test('[EXT3] when one that is needed fails, nobody waits for the others', async () => {
  const slow = hung('slow')
  const tab = openTab({
    extractors: [slow],
    digester: before((_, nth) => {
      if (nth === 1) throw new Error('it broke')
    }),
  })
  const session = await sessionIn(tab)
  const outcome = session.compact()
  await until(() => slow.signals.length === 2)
  expect(slow.signals.map(({ aborted }) => aborted)).toEqual([true, false])
  tab.clock.pass(10_000)
  expect(await outcome).toMatchObject({ kind: 'ready' })
  // To be told to stop is no failure of its own.
  expect((await newestJob(session)).leftOut).toMatchObject([{ reason: 'no answer within 10 s' }])
})

test('[EXT8, EXT10] at the hard threshold free extractors are asked, and for a second only', async () => {
  let asked = 0
  const lame = hung('lame', { isModelFree: true })
  const tab = openTab({
    extractors: [
      lame,
      host('free', (block) => [lineOf(block)], { isModelFree: true }),
      host('model', () => {
        asked += 1
        return []
      }),
    ],
  })
  const session = await sessionIn(tab, ...turns(12, OUTPUT), user('and now?'))
  const context = session.context({ format: 'plain' })
  await until(() => lame.signals.length === 1)
  tab.clock.pass(999)
  await settle()
  expect(session.state.get().job.status).toBe('running')
  tab.clock.pass(1)
  expect(await context).toMatchObject({ adopted: true, generation: 1 })
  expect(asked).toBe(0)
  expect(await textsOf(session)).toContain('a remark of the host')
  expect((await newestJob(session)).leftOut).toEqual([
    { block: 0, extractor: 'lame', reason: 'no answer within 1 s' },
    {
      block: 0,
      extractor: 'model',
      reason: 'not asked: at the hard threshold nothing is waited for',
    },
  ])
})

test('[EXT8, EXT10] a turn at the hard threshold does not wait for a job with a host’s extractor', async () => {
  const lame = hung('lame', { isModelFree: true })
  const tab = openTab({ extractors: [lame] })
  const session = await sessionIn(tab)
  const outcome = session.compact()
  await until(() => lame.signals.length === 1)
  await session.append(...turns(12, OUTPUT), user('and now?'))
  const context = session.context({ format: 'plain' })
  await until(() => lame.signals.length === 2)
  expect(lame.signals[0]?.aborted).toBe(true)
  tab.clock.pass(1_000)
  expect(await context).toMatchObject({ adopted: true, generation: 1 })
  expect(await outcome).toHaveProperty('kind')
  expect(tab.clock.waiting()).toBe(0)
})

test('[EXT3, RUN1] a cancelled job tells its extractors, and leaves no listener or timer behind', async () => {
  const slow = hung('slow')
  const tab = openTab({ extractors: [slow] })
  const session = await sessionIn(tab)
  const context = await session.context(LOOK)
  const outcome = session.compact()
  await until(() => slow.signals.length === 1)
  expect(await session.cancel()).toBe(true)
  expect(await outcome).toMatchObject({ kind: 'abandoned', reason: 'cancelled' })
  expect(slow.signals[0]?.aborted).toBe(true)
  expect(tab.clock.waiting()).toBe(0)
  expect(await session.context(LOOK)).toEqual(context)
})

test('[EXT3] no extractor is called once its block is needed no more', async () => {
  const reading = createGate()
  const late = hung('late', { isModelFree: true })
  const tab = openTab({
    extractors: [late],
    store: (real) => ({
      ...real,
      async read(query) {
        if (query.range && session.state.get().job.status === 'running') await reading.pass()
        return real.read(query)
      },
    }),
  })
  const session = await sessionIn(tab)
  const outcome = session.compact()
  await reading.begun
  const cancelling = session.cancel()
  await settle()
  reading.open()
  await cancelling
  expect(await outcome).toMatchObject({ kind: 'abandoned' })
  await settle()
  expect(late.signals).toEqual([])
})

test('[EXT3, ERR3] closing does not wait for an extractor that hangs', async () => {
  const slow = hung('slow')
  const tab = openTab({ extractors: [slow] })
  const session = await sessionIn(tab)
  const outcome = session.compact()
  await until(() => slow.signals.length === 1)
  await tab.backfold.close()
  expect(slow.signals[0]?.aborted).toBe(true)
  expect(await outcome).toMatchObject({ kind: 'abandoned' })
  expect(tab.clock.waiting()).toBe(0)
})

test('[EXT1] once a block has ended nothing listens to the job’s signal any more', async () => {
  const clock = createManualClock()
  const ends = [
    (): unknown => [],
    (): unknown => Promise.reject(new Error('it broke')),
    (): unknown => new Promise(() => {}),
  ]
  const extractors = createExtractorSet({
    store: createMemoryStore(),
    clock,
    digester: createDigester({
      store: createMemoryStore(),
      tokeniser: testTokeniser,
      compressor: streamCompressor,
    }),
    extractors: ends.map((end, index) => host(`host ${index}`, end, { timeoutMs: 500 })),
  })
  const job = buildJob()
  const { signal } = new AbortController()
  const policy = resolvePolicy()
  const extracting = extractors.extract(
    { job, range: { from: 1, to: 4 }, policy, window: EMPTY_WINDOW },
    signal,
  )
  await until(() => clock.waiting() === 1)
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  clock.pass(500)
  expect(await extracting).toMatchObject({ kind: 'ended', joined: { kind: 'joined' } })
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(clock.waiting()).toBe(0)
})
