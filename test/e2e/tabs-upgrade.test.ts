import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildNextRelease } from './build-next-release.ts'
import {
  appendMany,
  appliedMarks,
  compact,
  countTo,
  heard,
  look,
  orderOf,
  tryEverything,
} from './drive-tab.ts'
import { IN_BLOCKS, openTabs, type HostScope, type Tabs } from './open-tabs.ts'

let next: ReturnType<typeof buildNextRelease>
let tabs: Tabs

beforeAll(() => {
  next = buildNextRelease()
})

afterAll(() => next.remove())

beforeEach(async () => {
  tabs = await openTabs()
  tabs.addRelease('next', next.dist)
})

afterEach(() => tabs.close())

/** Messages that `look` reads at most. */
const READ_AT_MOST = 1_000

/** Appends until that is refused; says how many messages were acknowledged, and with what it ended. */
function appendUntilRefused(page: Page, name: string) {
  return page.evaluate(async (from) => {
    const { session } = globalThis as unknown as HostScope
    for (let stored = 0; ; stored += 1) {
      try {
        await session.append({ role: 'user', content: `${from} ${stored} and more` })
      } catch (failure) {
        const code: unknown = failure instanceof Error ? Reflect.get(failure, 'code') : failure
        return { stored, code }
      }
    }
  }, name)
}

test('[TAB11] a newer release that breaks into a burst and a job finds all that was acknowledged', async () => {
  const older = await tabs.open({ passes: 2, policy: IN_BLOCKS })
  await appendMany(older, 'older', 30)
  const folding = compact(older)
  await heard(older, { type: 'job-progressed', done: 2 })
  const burst = appendUntilRefused(older, 'burst')
  await heard(older, { type: 'appended', from: 35 })
  const newer = await tabs.open({ folder: 'next', policy: IN_BLOCKS })
  const { stored, code } = await burst
  expect(code).toBe('STORAGE_NEWER')
  await older.evaluate(() => (globalThis as unknown as HostScope).release())
  expect(await folding).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('reload') as string,
  })
  // What the older tab had saved of its job is not done again either.
  expect(await compact(newer)).toMatchObject({ kind: 'ready' })
  const applied = await newer.evaluate(() => (globalThis as unknown as HostScope).session.apply())
  expect(applied.kind).toBe('applied')
  const progress = await newer.evaluate(() =>
    (globalThis as unknown as HostScope).events.flatMap((event) =>
      event.type === 'job-progressed' ? [event.done] : [],
    ),
  )
  expect(Math.min(...progress)).toBe(3)
  const seen = await look(newer)
  expect(seen.jobs).toMatchObject([{ n: 1, attempt: 2, state: 'applied' }])
  expect(appliedMarks(seen)).toHaveLength(1)
  expect(seen.state.newest).toBe(30 + stored)
  expect(orderOf(seen, 'older')).toEqual(countTo(30))
  expect(orderOf(seen, 'burst')).toEqual(countTo(Math.min(stored, READ_AT_MOST - 30)))
})

test('[TAB9] a job ends, and says why, when the storage is cleared under it', async () => {
  const one = await tabs.open({ passes: 2, policy: IN_BLOCKS })
  await appendMany(one, 'one', 30)
  const folding = compact(one)
  await heard(one, { type: 'job-progressed', done: 2 })
  const cdp = await tabs.context.newCDPSession(one)
  await cdp.send('Storage.clearDataForOrigin', { origin: tabs.origin, storageTypes: 'all' })
  await one.evaluate(() => (globalThis as unknown as HostScope).release())
  expect(await folding).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('open Backfold again') as string,
  })
  expect(new Set(await tryEverything(one))).toEqual(new Set(['STORAGE_LOST']))
  await one.reload()
  await one.waitForFunction(() => document.title === 'ready')
  const seen = await look(one)
  expect(seen.texts).toEqual([])
  expect(seen.jobs).toEqual([])
})
