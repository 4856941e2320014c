import type { Page } from 'playwright'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildNextRelease } from './build-next-release.ts'
import {
  appendMany,
  appliedMarks,
  compact,
  countTo,
  look,
  orderOf,
  takeTurn,
  tryEverything,
} from './drive-tab.ts'
import { openTabs, type HostScope, type Tabs } from './open-tabs.ts'

let tabs: Tabs

beforeEach(async () => {
  tabs = await openTabs()
})

afterEach(() => tabs.close())

const BY_HAND = {
  automatic: false,
  applyAt: 'manual',
  budget: { tokens: 6_000 },
  retainedTail: { messages: 2, share: 0 },
} as const

function failureOf(page: Page) {
  return page.evaluate(() => (globalThis as unknown as HostScope).failure)
}

test.each([
  [
    'by the browser',
    async (page: Page): Promise<void> => {
      const cdp = await tabs.context.newCDPSession(page)
      await cdp.send('Storage.clearDataForOrigin', { origin: tabs.origin, storageTypes: 'all' })
    },
  ],
  [
    'by another page',
    (page: Page): Promise<void> =>
      page.evaluate(
        () =>
          new Promise<void>((resolve, reject) => {
            const request = indexedDB.deleteDatabase('tabs')
            request.onsuccess = () => resolve()
            request.onerror = () => reject(new Error('not deleted'))
          }),
      ),
  ],
])(
  '[TAB9] storage that is cleared %s while it is open is a loss that is told',
  async (_, clear) => {
    const [one, two] = [await tabs.open(), await tabs.open()]
    await appendMany(one, 'one', 12)
    await compact(one)
    const other = await tabs.context.newPage()
    await other.goto(`${tabs.origin}/backfold/THIRD-PARTY-LICENSES.md`)
    // Some appends are on their way meanwhile: each is stored in the old database, or refused.
    const late = appendMany(one, 'late', 20).catch((failure: unknown) => String(failure))
    await clear(other)
    expect((await late) ?? 'stored before').toMatch(/stored before|open Backfold again/)
    for (const page of [one, two]) {
      const ends = await tryEverything(page)
      expect(new Set(ends)).toEqual(new Set(['STORAGE_LOST']))
    }
    await two.reload()
    await two.waitForFunction(() => document.title === 'ready')
    expect((await look(two)).texts).toEqual([])
    await appendMany(two, 'two', 3)
    expect(orderOf(await look(two), 'two')).toEqual(countTo(3))
  },
)

test('[TAB10] a page that is loaded anew while it applies comes back before it or behind it', async () => {
  const page = await tabs.open({ policy: BY_HAND })
  for (const round of countTo(8)) {
    await appendMany(page, `round-${round}`, 24)
    const before = await look(page)
    expect(await compact(page)).toMatchObject({ kind: 'ready' })
    // Each time a little later, counted in answers of the worker rather than in time.
    await page.evaluate((answers) => {
      const { session, backfold } = globalThis as unknown as HostScope
      void session.apply().catch(() => {})
      return Promise.all(Array.from({ length: answers }, () => backfold.sessions()))
    }, round)
    await page.reload()
    await page.waitForFunction(() => document.title === 'ready')
    const after = await look(page)
    const isApplied = after.state.generation !== before.state.generation
    expect(after.state.candidate === null).toBe(isApplied)
    expect(appliedMarks(after)).toHaveLength(round + (isApplied ? 1 : 0))
    const newest = after.generations.find(({ n }) => n === after.state.generation)
    if (isApplied) expect(newest).toMatchObject({ status: 'applied' })
    if (!isApplied) await page.evaluate(() => (globalThis as unknown as HostScope).session.apply())
    expect(orderOf(after, `round-${round}`)).toEqual(countTo(24))
    expect((await takeTurn(page)).generation).toBe((await look(page)).state.generation)
  }
  // What was applied has its snapshot: all of it can be taken back, and nothing of the log is gone.
  const back = await page.evaluate(() => (globalThis as unknown as HostScope).session.rollback(0))
  expect(back.kind).toBe('rolled-back')
  const seen = await look(page)
  expect(seen.state.generation).toBe(0)
  for (const round of countTo(8)) expect(orderOf(seen, `round-${round}`)).toEqual(countTo(24))
})

test('[TAB11] a newer release takes over, and tabs of the older one say so and lose nothing', async () => {
  const next = buildNextRelease()
  try {
    tabs.addRelease('next', next.dist)
    const older = await tabs.open()
    await appendMany(older, 'older', 12)
    await compact(older)
    const newer = await tabs.open({ folder: 'next' })
    expect(await failureOf(newer)).toBeUndefined()
    expect(new Set(await tryEverything(older))).toEqual(new Set(['STORAGE_NEWER']))
    await appendMany(newer, 'newer', 6)
    const seen = await look(newer)
    expect(orderOf(seen, 'older')).toEqual(countTo(12))
    expect(orderOf(seen, 'newer')).toEqual(countTo(6))
    await older.reload()
    await older.waitForFunction(() => document.title === 'ready')
    expect(await failureOf(older)).toMatchObject({
      code: 'STORAGE_NEWER',
      message: expect.stringContaining('reload') as string,
    })
    expect(orderOf(await look(newer), 'newer')).toEqual(countTo(6))
  } finally {
    next.remove()
  }
})
