import type { Page } from 'playwright'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTabs, type HostScope, type Tabs } from './open-tabs.ts'

let tabs: Tabs

beforeEach(async () => {
  tabs = await openTabs()
})

afterEach(() => tabs.close())

/** Appends messages from one tab, named after it, one call each. */
function appendMany(page: Page, name: string, count: number): Promise<void> {
  return page.evaluate(
    async ([from, messages]) => {
      const { session } = globalThis as unknown as HostScope
      for (let index = 0; index < messages; index += 1) {
        await session.append({
          role: index % 2 === 0 ? 'user' : 'assistant',
          content: `${from} ${index} ${'says a word or two about it, '.repeat(12)}`,
        })
      }
    },
    [name, count] as const,
  )
}

/** The whole log, the newest state, and what became of the jobs, as one tab sees them. */
function look(page: Page) {
  return page.evaluate(async () => {
    const { session } = globalThis as unknown as HostScope
    const log = await session.recall({ from: 1, to: 1_000 })
    const texts =
      log.kind === 'messages'
        ? log.messages.map(({ parts }) => (parts[0]?.type === 'text' ? parts[0].text : ''))
        : []
    const [jobs, generations] = [await session.jobs(), await session.generations()]
    return { texts, jobs, generations, state: session.state.get() }
  })
}

function takeTurn(page: Page) {
  return page.evaluate(async () => {
    const { session } = globalThis as unknown as HostScope
    const { tokens, generation, through } = await session.context()
    return { tokens, generation, through }
  })
}

test('[TAB5] two tabs on one session append to one log and fold it once', async () => {
  const [one, two] = [await tabs.open(), await tabs.open()]
  await Promise.all([appendMany(one, 'one', 40), appendMany(two, 'two', 40)])
  const compacted = await Promise.all(
    [one, two].map((page) =>
      page.evaluate(() => (globalThis as unknown as HostScope).session.compact()),
    ),
  )
  expect(compacted.map(({ kind }) => kind)).not.toContain('failed')
  const contexts = await Promise.all([takeTurn(one), takeTurn(two)])
  for (const context of contexts) {
    expect(context.tokens).toBeLessThanOrEqual(4_000)
    expect(context.generation).toBeGreaterThan(0)
  }
  const seen = await look(one)
  expect(seen.texts).toHaveLength(80)
  for (const name of ['one', 'two']) {
    const own = seen.texts.filter((text) => text.startsWith(name))
    expect(own.map((text) => Number(text.split(' ')[1]))).toEqual(
      Array.from({ length: 40 }, (_, index) => index),
    )
  }
  expect(seen.jobs.filter((job) => job.state === 'running')).toEqual([])
  const marks = seen.generations.filter((g) => g.appliedAt !== undefined).map((g) => g.mark)
  expect(new Set(marks).size).toBe(marks.length)
})

test('[TAB6] when the tab that folds crashes, another takes the session over', async () => {
  const [one, two] = [await tabs.open(), await tabs.open()]
  await appendMany(one, 'one', 30)
  const crashed = one.waitForEvent('crash')
  // Not awaited: the tab dies in the middle of it.
  void one.evaluate(() => (globalThis as unknown as HostScope).session.compact()).catch(() => {})
  void one.goto('chrome://crash').catch(() => {})
  await crashed
  await appendMany(two, 'two', 10)
  const outcome = await two.evaluate(() => (globalThis as unknown as HostScope).session.compact())
  expect(['ready', 'applied', 'skipped']).toContain(outcome.kind)
  const context = await takeTurn(two)
  expect(context.tokens).toBeLessThanOrEqual(4_000)
  const seen = await look(two)
  expect(seen.texts).toHaveLength(40)
  expect(seen.jobs.every((job) => job.state !== 'running')).toBe(true)
  expect(seen.generations.filter((g) => g.status === 'applied')).toHaveLength(1)
})
