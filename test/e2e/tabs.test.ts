import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  appendMany,
  appliedMarks,
  compact,
  countTo,
  heard,
  look,
  orderOf,
  takeTurn,
} from './drive-tab.ts'
import { IN_BLOCKS, openTabs, type HostScope, type Tabs } from './open-tabs.ts'

let tabs: Tabs

beforeEach(async () => {
  tabs = await openTabs()
})

afterEach(() => tabs.close())

test('[TAB5] two tabs on one session append to one log and fold it once', async () => {
  const [one, two] = [await tabs.open(), await tabs.open()]
  await Promise.all([appendMany(one, 'one', 40), appendMany(two, 'two', 40)])
  const compacted = await Promise.all([one, two].map(compact))
  expect(compacted.map(({ kind }) => kind)).not.toContain('failed')
  const contexts = await Promise.all([takeTurn(one), takeTurn(two)])
  for (const context of contexts) {
    expect(context.tokens).toBeLessThanOrEqual(4_000)
    expect(context.generation).toBeGreaterThan(0)
  }
  const seen = await look(one)
  expect(seen.texts).toHaveLength(80)
  for (const name of ['one', 'two']) expect(orderOf(seen, name)).toEqual(countTo(40))
  expect(seen.jobs.filter((job) => job.state === 'running')).toEqual([])
  const marks = appliedMarks(seen)
  expect(new Set(marks).size).toBe(marks.length)
})

test('[TAB5] four tabs that append in bursts have one log, and then the same context', async () => {
  const names = ['red', 'green', 'blue', 'grey']
  const pages = []
  for (const _ of names) pages.push(await tabs.open())
  const bursts = pages.flatMap((page, index) =>
    // Side by side within a tab as well: each of its calls is on its way before the one before ends.
    countTo(3).map((burst) => appendMany(page, `${names[index]}-${burst}`, 10)),
  )
  await Promise.all([...bursts, ...pages.map(takeTurn)])
  await Promise.all(pages.map(compact))
  await Promise.all(pages.map(takeTurn))
  const seen = await Promise.all(pages.map(look))
  for (const one of seen) {
    expect(one.texts).toEqual(seen[0]?.texts)
    expect(one.texts).toHaveLength(120)
    for (const name of names) {
      for (const burst of countTo(3)) expect(orderOf(one, `${name}-${burst}`)).toEqual(countTo(10))
    }
    const marks = appliedMarks(one)
    expect(new Set(marks).size).toBe(marks.length)
  }
  const contexts = await Promise.all(pages.map(takeTurn))
  for (const context of contexts) expect(context).toEqual(contexts[0])
})

test('[TAB6] when the tab that folds crashes, another takes the session over', async () => {
  const [one, two] = [await tabs.open(), await tabs.open()]
  await appendMany(one, 'one', 30)
  const crashed = one.waitForEvent('crash')
  // Not awaited: the tab dies in the middle of it.
  void compact(one).catch(() => {})
  void one.goto('chrome://crash').catch(() => {})
  await crashed
  await appendMany(two, 'two', 10)
  const outcome = await compact(two)
  expect(['ready', 'applied', 'skipped']).toContain(outcome.kind)
  const context = await takeTurn(two)
  expect(context.tokens).toBeLessThanOrEqual(4_000)
  await two.waitForFunction(
    () =>
      !['queued', 'running'].includes(
        (globalThis as unknown as HostScope).session.state.get().job.status,
      ),
  )
  const seen = await look(two)
  expect(seen.texts).toHaveLength(40)
  expect(seen.jobs.every((job) => job.state !== 'running')).toBe(true)
  expect(seen.generations.filter((g) => g.status === 'applied')).toHaveLength(1)
})

test('[TAB7] a job whose tab crashed goes on at the block that was saved', async () => {
  const one = await tabs.open({ passes: 2, policy: IN_BLOCKS })
  const two = await tabs.open({ policy: IN_BLOCKS })
  await appendMany(one, 'one', 30)
  void compact(one).catch(() => {})
  await heard(one, { type: 'job-progressed', done: 2 })
  const crashed = one.waitForEvent('crash')
  void one.goto('chrome://crash').catch(() => {})
  await crashed
  await appendMany(two, 'two', 3)
  expect(await compact(two)).toMatchObject({ kind: 'ready' })
  const taken = await two.evaluate(() =>
    (globalThis as unknown as HostScope).events.flatMap((event) =>
      event.type === 'job-progressed' ? [event.done] : [],
    ),
  )
  expect(Math.min(...taken)).toBe(3)
  const applied = await two.evaluate(() => (globalThis as unknown as HostScope).session.apply())
  expect(applied.kind).toBe('applied')
  const seen = await look(two)
  expect(seen.jobs).toMatchObject([{ n: 1, attempt: 2, state: 'applied' }])
  expect(seen.jobs[0]?.done).toBe(seen.jobs[0]?.blocks.length)
  expect(appliedMarks(seen)).toHaveLength(1)
  expect(orderOf(seen, 'one')).toEqual(countTo(30))
  expect(orderOf(seen, 'two')).toEqual(countTo(3))
})

test('[TAB8] a turn at the hard threshold does not wait for a frozen tab, which is fenced off', async () => {
  const policy = { ...IN_BLOCKS, blockTokens: 64_000, budget: { tokens: 3_000 } }
  const one = await tabs.open({ passes: 0, policy })
  const two = await tabs.open({ policy })
  await appendMany(one, 'one', 14)
  const folding = compact(one)
  await heard(one, { type: 'job-started' })
  const cdp = await tabs.context.newCDPSession(one)
  await cdp.send('Page.setWebLifecycleState', { state: 'frozen' })
  await appendMany(two, 'two', 20)
  const turn = await takeTurn(two)
  expect(turn.generation).toBeGreaterThan(0)
  expect(turn.tokens).toBeLessThanOrEqual(3_000)
  await cdp.send('Page.setWebLifecycleState', { state: 'active' })
  await one.evaluate(() => (globalThis as unknown as HostScope).release())
  await folding
  const seen = await look(one)
  expect(seen.jobs.filter(({ state }) => state === 'running')).toEqual([])
  expect(seen.jobs.at(-1)).toMatchObject({ n: 1, attempt: 2, state: 'applied' })
  const marks = appliedMarks(seen)
  expect(new Set(marks).size).toBe(marks.length)
  expect(await takeTurn(one)).toEqual(await takeTurn(two))
  expect(seen.texts).toHaveLength(34)
})
