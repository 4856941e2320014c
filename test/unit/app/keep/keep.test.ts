import { afterEach, expect, test } from 'vitest'
import { foldTo } from '../../../../src/app/keep/fold-to.ts'
import { createKeep } from '../../../../src/app/keep/keep.ts'
import type { Keep, KeepWorld, TabNotice } from '../../../../src/app/keep/keep-world.ts'
import type { Backfold } from '../../../../src/client/session.ts'
import type { Protection } from '../../../../src/client/read-protection.ts'
import { openKeptRun } from '../../../../src/app/run/kept-run.ts'
import { createKeptKeys } from '../../../../src/app/run/kept-keys.ts'
import { createSummariserLadder } from '../../../../src/app/run/summariser-ladder.ts'
import { BackfoldError } from '../../../../src/core/backfold-error.ts'
import { openEngine } from '../../../../src/client/open-engine.ts'
import { createTestClock } from '../test-clock.ts'

const opened: Backfold[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()))
})

async function openStore(): Promise<Backfold> {
  const backfold = await openEngine()
  opened.push(backfold)
  return backfold
}

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** Tabs of one browser over one store, with a clock that tests turn. */
function createBrowser(backfold: Backfold, protection: Protection = 'none') {
  const stored = new Map<string, string>()
  const listeners: ((notice: TabNotice) => void)[] = []
  const timers = new Set<Timer>()
  const told: TabNotice['kind'][] = []
  const restarts: (string | null)[] = []
  let now = 1_000_000
  let ids = 0
  const openTab = (patch: Partial<KeepWorld> = {}): Keep => {
    let own: ((notice: TabNotice) => void) | null = null
    return createKeep({
      open: async (passphrase) => {
        const isRight = passphrase === null || passphrase === 'open sesame'
        if (!isRight) throw new BackfoldError('WRONG_PASSPHRASE', 'no')
        return backfold
      },
      readProtection: async () => protection,
      storage: {
        getItem: (name) => stored.get(name) ?? null,
        setItem: (name, value) => void stored.set(name, value),
      },
      tell: (notice) => {
        told.push(notice.kind)
        for (const listener of listeners) if (listener !== own) listener(notice)
      },
      listen: (listener) => {
        own = listener
        listeners.push(listener)
      },
      now: () => now,
      after: (ms, callback) => {
        const timer = { at: now + ms, callback }
        timers.add(timer)
        return () => void timers.delete(timer)
      },
      newId: () => `s-${(ids += 1)}`,
      restart: (because) => void restarts.push(because),
      restartedBecause: () => null,
      ...patch,
    })
  }
  const pass = (ms: number): void => {
    now += ms
    for (const timer of [...timers]) {
      if (timer.at > now || !timers.delete(timer)) continue
      timer.callback()
    }
  }
  return { openTab, pass, stored, told, restarts }
}

const names = (keep: Keep): readonly string[] | undefined =>
  keep.get().sessions?.map(({ name }) => name)

test('[KEEP12] what is done in one tab is in the list of all others', async () => {
  const { openTab } = createBrowser(await openStore())
  const [one, two] = [openTab(), openTab()]
  await Promise.all([one.start(), two.start()])
  const id = (await one.create()) ?? ''
  await expect.poll(() => two.get().sessions?.length).toBe(1)
  await one.rename(id, '  Kitchen  ')
  await one.setTags(id, ['wet'])
  await one.archive(id, true)
  await expect
    .poll(() => two.get().sessions?.[0])
    .toMatchObject({ title: 'Kitchen', tags: ['wet'], archived: true })
  expect(await two.remove([id])).toBe(true)
  await expect.poll(() => one.get().sessions).toEqual([])
})

test('[KEEP13] a new session has the budget of the app, and an empty one is taken instead', async () => {
  const backfold = await openStore()
  const keep = createBrowser(backfold).openTab()
  await keep.start()
  keep.change({ budget: 9_000 })
  const id = (await keep.create()) ?? ''
  expect((await backfold.session(id)).state.get().budget.tokens).toBe(9_000)
  expect(await keep.create()).toBe(id)
  await (await backfold.session(id)).append({ role: 'user', content: 'The tap drips' })
  await keep.refresh()
  const second = (await keep.create()) ?? ''
  expect(second).not.toBe(id)
  await (await backfold.session(second)).describe({ host: { 'chat.draft': 'begun elsewhere' } })
  const third = (await keep.create()) ?? ''
  expect([id, second]).not.toContain(third)
  await keep.archive(third, true)
  expect([id, second, third]).not.toContain(await keep.create())
})

test('[KEEP3] a session that nobody named gets its first words, once, and a title stands before them', async () => {
  const backfold = await openStore()
  const { openTab, told } = createBrowser(backfold)
  const keep = openTab()
  await keep.start()
  const session = await backfold.session('s-9')
  await session.append(
    { role: 'system', content: 'Be kind' },
    { role: 'user', content: 'The tap\ndrips' },
  )
  await keep.refresh()
  expect(names(keep)).toEqual(['The tap drips'])
  const before = told.length
  await keep.refresh()
  expect(told).toHaveLength(before)
  await keep.rename('s-9', 'Kitchen')
  expect(names(keep)).toEqual(['Kitchen'])
})

test('[KEEP11, KEEP14] what fails becomes a problem and is noted, and a deletion that failed is no success', async () => {
  const backfold = await openStore()
  const failing = { ...backfold, delete: () => Promise.reject(new Error('disk')) }
  const keep = createBrowser(failing).openTab()
  await keep.start()
  expect(await keep.remove(['a', 'b'])).toBe(false)
  expect(keep.get().problem?.message).toBe('disk')
  expect(keep.errors.get()).toMatchObject([{ code: 'Error', during: 'deleting' }])
  keep.dismiss()
  expect(keep.get().problem).toBeNull()

  const whole = createBrowser(backfold).openTab()
  await whole.start()
  for (const id of ['a', 'b', 'c']) await backfold.session(id)
  expect(await whole.remove(['a', 'b'])).toBe(true)
  expect(whole.get().sessions?.map(({ id }) => id)).toEqual(['c'])
})

test('[KEEP11] where it does not open, that is said, and it can be tried again', async () => {
  const backfold = await openStore()
  let isBroken = true
  const keep = createBrowser(backfold).openTab({
    open: async () => {
      if (isBroken) throw new Error('blocked')
      return backfold
    },
  })
  await keep.start()
  expect(keep.get()).toMatchObject({ phase: 'failed', problem: { message: 'blocked' } })
  isBroken = false
  await keep.start()
  expect(keep.get()).toMatchObject({ phase: 'open', problem: null, sessions: [] })
})

test('[KEEP15] what asked for it is done before the page is left, for three seconds at most', async () => {
  const { openTab, pass } = createBrowser(await openStore())
  const keep = openTab()
  const done: string[] = []
  keep.beforeLeaving(async () => void done.push('draft'))
  const takeBack = keep.beforeLeaving(async () => void done.push('gone'))
  takeBack()
  await keep.settle()
  expect(done).toEqual(['draft'])
  keep.beforeLeaving(() => new Promise(() => {}))
  let isSettled = false
  void keep.settle().then(() => (isSettled = true))
  pass(2_999)
  await Promise.resolve()
  expect(isSettled).toBe(false)
  pass(1)
  await expect.poll(() => isSettled).toBe(true)
})

test('[KEEP16] settings hold at once, and in the next page', async () => {
  const { openTab } = createBrowser(await openStore())
  const keep = openTab()
  keep.change({ locale: 'ar' })
  expect(keep.get().settings.locale).toBe('ar')
  expect(openTab().get().settings.locale).toBe('ar')
})

test('[KEEP16] what one tab set is so in all others, and no other sets it back', async () => {
  const { openTab, stored } = createBrowser(await openStore())
  const [one, two] = [openTab(), openTab()]
  one.change({ locale: 'ar' })
  expect(two.get().settings.locale).toBe('ar')
  // Another release's tab told nobody.
  stored.set('backfold-app', JSON.stringify({ ...one.get().settings, budget: 9_000 }))
  two.change({ idleMinutes: 3 })
  expect(one.get().settings).toMatchObject({ locale: 'ar', budget: 9_000, idleMinutes: 3 })
})

test('[LOCK3, LOCK7] locked, nothing is opened until the right passphrase comes', async () => {
  const { openTab } = createBrowser(await openStore(), 'passphrase')
  const keep = openTab()
  await keep.start()
  expect(keep.get()).toMatchObject({ phase: 'locked', sessions: null, lock: { because: 'start' } })
  await keep.unlock('wrong')
  expect(keep.get()).toMatchObject({
    phase: 'locked',
    sessions: null,
    lock: { status: 'locked', because: 'wrong-passphrase' },
  })
  await keep.unlock('open sesame')
  expect(keep.get()).toMatchObject({ phase: 'open', sessions: [], lock: { status: 'unlocked' } })
})

test('[LOCK6, LOCK8] a lock stores what is written, empties the list and begins all tabs anew', async () => {
  const { openTab, restarts } = createBrowser(await openStore(), 'passphrase')
  const [one, two] = [openTab(), openTab()]
  await Promise.all([one.start(), two.start()])
  await Promise.all([one.unlock('open sesame'), two.unlock('open sesame')])
  const order: string[] = []
  two.beforeLeaving(async () => void order.push('draft'))
  await one.lock()
  await expect.poll(() => new Set(restarts)).toEqual(new Set(['other-tab', 'request']))
  expect(order).toEqual(['draft'])
  for (const tab of [one, two]) {
    expect(tab.get()).toMatchObject({ phase: 'locked', sessions: null })
  }
})

test('[LOCK5, LOCK6] it locks when idle, a touch in one tab counts in all, and sleep counts as idle', async () => {
  const { openTab, pass, restarts } = createBrowser(await openStore(), 'passphrase')
  const [one, two] = [openTab(), openTab()]
  for (const tab of [one, two]) {
    tab.change({ idleMinutes: 1 })
    await tab.start()
    await tab.unlock('open sesame')
  }
  pass(40_000)
  one.touch()
  pass(30_000)
  pass(29_000)
  expect([one.get().phase, two.get().phase]).toEqual(['open', 'open'])
  // The machine sleeps: no timer fires until it wakes.
  pass(3_600_000)
  await expect.poll(() => restarts).toEqual(['idle', 'idle'])
})

test('[KEEP23] folding to a budget makes it the session’s own and tells before and after', async () => {
  const backfold = await openStore()
  const session = await backfold.session('long', { budget: { tokens: 100_000 } })
  for (let n = 0; n < 60; n += 1) {
    await session.append(
      { role: 'user', content: `Question ${n}: what of pear ${n}? ${'Words of it. '.repeat(20)}` },
      { role: 'assistant', content: `Answer ${n}: ${'It is a long story. '.repeat(30)}` },
    )
  }
  const folded = await foldTo(session, 4_000)
  expect(session.state.get().budget.tokens).toBe(4_000)
  expect(folded.before).toBeGreaterThan(8_000)
  expect(folded.after).toBeLessThanOrEqual(4_000)
  expect(folded.said).toContain('It fits')
  expect((await foldTo(session, 50_000)).said).toContain('It fits')
})

test('[KEEP19] a kept session is shown by the zones as it is', async () => {
  const backfold = await openStore()
  await (await backfold.session('kept')).append({ role: 'user', content: 'The tap drips' })
  const run = openKeptRun({
    backfold,
    id: 'kept',
    title: 'Kitchen',
    summarisers: createSummariserLadder(async () => null, queueMicrotask),
    keptKeys: createKeptKeys({ getItem: () => null, setItem: () => {} }),
    clock: createTestClock(),
    nextFrame: queueMicrotask,
    fetchLike: () => Promise.reject(new Error('nothing is asked')),
    isOnline: () => true,
  })
  await expect.poll(() => run.zones.get().run?.items.length).toBe(1)
  expect(run.zones.get()).toMatchObject({ phase: 'open', budget: 32_000, run: { replay: null } })
  run.zones.setBudget(5_000)
  await expect.poll(() => run.zones.get().budget).toBe(5_000)
  run.dispose()
})

test('[LOCK10] who encrypts has all other tabs open it anew, with what is written stored', async () => {
  const backfold = await openStore()
  let protectedBy: string | null | undefined
  const protecting = {
    ...backfold,
    protect: async ({ passphrase }: { readonly passphrase: string | null }) => {
      protectedBy = passphrase
      return { kind: passphrase === null ? ('off' as const) : ('on' as const) }
    },
  } as unknown as Backfold
  const { openTab, restarts } = createBrowser(protecting)
  const [one, two] = [openTab(), openTab()]
  await Promise.all([one.start(), two.start()])
  const order: string[] = []
  two.beforeLeaving(async () => void order.push('draft'))
  expect(await one.protect('quince and pear')).toBe(true)
  expect(protectedBy).toBe('quince and pear')
  expect(one.get()).toMatchObject({ protection: 'passphrase', lock: { status: 'unlocked' } })
  await expect.poll(() => restarts).toEqual([null])
  expect(order).toEqual(['draft'])
  expect(await one.protect(null)).toBe(true)
  expect(one.get()).toMatchObject({ protection: 'none', lock: { status: 'open' } })
})

test('[LOCK10] what another tab has encrypted meanwhile is asked for its passphrase', async () => {
  const backfold = await openStore()
  const keep = createBrowser(backfold).openTab({
    open: async (passphrase) => {
      if (passphrase === null) throw new BackfoldError('STORAGE_LOCKED', 'encrypted')
      return backfold
    },
  })
  await keep.start()
  expect(keep.get()).toMatchObject({ phase: 'locked', problem: null })
  await keep.unlock('open sesame')
  expect(keep.get().phase).toBe('open')
})
