import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildNextRelease } from './build-next-release.ts'
import { appendMany, compact, countTo, heard, look, orderOf, takeTurn } from './drive-tab.ts'
import { IN_BLOCKS, openTabs, type HostScope, type Tabs } from './open-tabs.ts'

let next: ReturnType<typeof buildNextRelease>
let tabs: Tabs

beforeAll(() => {
  next = buildNextRelease()
})

afterAll(() => next.remove())

beforeEach(async () => {
  tabs = await openTabs({ keepsPages: true })
  tabs.addRelease('next', next.dist)
})

afterEach(() => tabs.close())

/** What these tests put into a page's global scope beside its own. */
interface Marked extends HostScope {
  readonly connection: IDBDatabase
  readonly late: Promise<unknown>
}

/** Another document of the app, without Backfold. */
async function goAway(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(globalThis, { wasKept: true }))
  await page.goto(`${tabs.origin}/backfold/THIRD-PARTY-LICENSES.md`)
}

/** Says `kept` if the page is the one from before; if it was loaded anew, what the browser says about that. */
async function comeBack(page: Page): Promise<string> {
  // A page that was kept loads nothing, so there is no load to wait for.
  await page.goBack({ waitUntil: 'commit' })
  await page.waitForFunction(() => document.title === 'ready')
  return page.evaluate(() => {
    if ('wasKept' in globalThis) return 'kept'
    const [navigation] = performance.getEntriesByType('navigation')
    const reasons: unknown = navigation && Reflect.get(navigation, 'notRestoredReasons')
    return `loaded anew: ${JSON.stringify(reasons)}`
  })
}

test('[TAB12] a page that the browser kept goes on where it was, calls under way included', async () => {
  const [one, two] = [await tabs.open(), await tabs.open()]
  const ways: string[] = []
  // The browser may drop a page for reasons of its own: all must be well then too, but does not count.
  for (let round = 0; round < 4 && !ways.includes('kept'); round += 1) {
    await appendMany(one, `one-${round}`, 3)
    await one.evaluate((content) => {
      const { session } = globalThis as unknown as HostScope
      Object.assign(globalThis, { late: session.append({ role: 'user', content }) })
    }, `late-${round} 0`)
    await goAway(one)
    await appendMany(two, `two-${round}`, 3)
    const way = await comeBack(one)
    ways.push(way)
    if (way === 'kept') await one.evaluate(() => (globalThis as unknown as Marked).late)
    await appendMany(one, `again-${round}`, 3)
    const seen = await look(two)
    for (const name of ['one', 'two', 'again']) {
      expect(orderOf(seen, `${name}-${round}`)).toEqual(countTo(3))
    }
    const late = seen.texts.filter((text) => text === `late-${round} 0`).length
    expect(late).toBeLessThanOrEqual(1)
    if (way === 'kept') expect(late).toBe(1)
    expect(await takeTurn(one)).toEqual(await takeTurn(two))
  }
  expect(ways).toContain('kept')
})

test('[TAB14] a page that the browser keeps in the middle of a job holds up no other', async () => {
  const one = await tabs.open({ passes: 2, policy: IN_BLOCKS })
  const two = await tabs.open({ policy: IN_BLOCKS })
  await appendMany(one, 'one', 30)
  void compact(one).catch(() => {})
  await heard(one, { type: 'job-progressed', done: 2 })
  await goAway(one)
  // It holds the lease: the browser drops the page as soon as another waits for that.
  expect(await compact(two)).toMatchObject({ kind: 'ready' })
  const seen = await look(two)
  expect(seen.jobs).toMatchObject([{ n: 1, attempt: 2, state: 'ready' }])
  expect(orderOf(seen, 'one')).toEqual(countTo(30))
  expect(await comeBack(one)).toContain('loaded anew')
  expect((await look(one)).state.candidate).toBe(seen.state.candidate)
})

test('[TAB14] a page of an older release that the browser keeps does not hold up a newer one', async () => {
  const older = await tabs.open()
  await appendMany(older, 'older', 4)
  await goAway(older)
  const newer = await tabs.open({ folder: 'next' })
  expect(orderOf(await look(newer), 'older')).toEqual(countTo(4))
  expect(await comeBack(older)).toContain('loaded anew')
  const failure = await older.evaluate(() => (globalThis as unknown as HostScope).failure)
  expect(failure).toMatchObject({ code: 'STORAGE_NEWER' })
})

test('[TAB13] a newer release that an older connection blocks says so, and opens once it is gone', async () => {
  const older = await tabs.open()
  await appendMany(older, 'older', 4)
  // Unlike Backfold's own, it does not close when a newer version is asked for.
  await older.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open('tabs')
        request.onerror = () => reject(new Error('not opened'))
        request.onsuccess = () => {
          Object.assign(globalThis, { connection: request.result })
          resolve()
        }
      }),
  )
  const newer = await tabs.open({ folder: 'next' })
  const failure = await newer.evaluate(() => (globalThis as unknown as HostScope).failure)
  expect(failure).toMatchObject({
    code: 'STORAGE_BLOCKED',
    message: expect.stringContaining('close or reload it') as string,
  })
  await older.evaluate(() => (globalThis as unknown as Marked).connection.close())
  await newer.reload()
  await newer.waitForFunction(() => document.title === 'ready')
  expect(orderOf(await look(newer), 'older')).toEqual(countTo(4))
})
