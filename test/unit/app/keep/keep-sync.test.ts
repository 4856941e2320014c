import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createKeepSync, type OwnSync } from '../../../../src/app/keep/keep-sync.ts'
import { createKeptSync } from '../../../../src/app/keep/kept-sync.ts'
import {
  EMPTY_DRAFT,
  judgeDraft,
  readDraft,
  type SyncDraft,
} from '../../../../src/app/keep/sync-draft.ts'
import type { Backfold } from '../../../../src/client/session.ts'
import { createFakeSync, type FakeSync } from '../../../support/fake-sync.ts'

const SERVER = 'wss://sync.example.com'
const PLAIN: SyncDraft = { ...EMPTY_DRAFT, servers: SERVER, deviceName: 'Kitchen' }
const SECRET: SyncDraft = { ...PLAIN, kind: 'token', secret: 'hush-token', keptWith: 'open sesame' }
const SEALED: SyncDraft = { ...PLAIN, isSealed: true, passphrase: 'hush-passphrase' }

/** Tabs of one browser, each with a sync of its own. */
function createBrowser() {
  const stored = new Map<string, string>()
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
  }
  const tabs: OwnSync[] = []
  const openTab = (passphrase: string | null = null) => {
    const sync: FakeSync = createFakeSync()
    const changed = vi.fn<() => void>()
    let asked = 0
    const own = createKeepSync(
      { storage },
      { changed, tell: () => tabs.filter((tab) => tab !== own).forEach((tab) => tab.moved()) },
    )
    tabs.push(own)
    const backfold = {
      sync: async () => {
        asked += 1
        return sync
      },
    } as unknown as Backfold
    own.opened(backfold, passphrase)
    return { own, sync, changed, asked: () => asked }
  }
  return { openTab, storage, text: () => [...stored.values()].join() }
}

beforeEach(() => {
  vi.stubGlobal('location', { protocol: 'https:' })
})

afterEach(() => {
  vi.unstubAllGlobals()
})

test('[KSYNC1] a draft is what opening takes', () => {
  const draft = {
    ...SECRET,
    servers: ` ${SERVER}\n\nws://localhost:4223 `,
    space: ' home ',
    isSealed: true,
    passphrase: 'hush-passphrase',
  }
  expect(readDraft(draft, 'https:')).toEqual({
    servers: [SERVER, 'ws://localhost:4223'],
    space: 'home',
    deviceName: 'Kitchen',
    credentials: { kind: 'token', token: 'hush-token' },
    encrypt: { passphrase: 'hush-passphrase' },
    fold: 'here',
  })
})

test.each<readonly [Partial<SyncDraft>, string]>([
  [{}, ''],
  [{ servers: '' }, 'Sync takes the addresses of 1 to 20 servers.'],
  [
    { servers: 'sync.example.com' },
    'Sync takes addresses of servers that begin with one of wss://, ws://.',
  ],
  [{ space: 'a b' }, 'Sync takes as space 1 to 64 letters, digits, - and _.'],
  [
    { kind: 'password', secret: 'hush-password' },
    'Sync takes credentials whose user is a text of 1 to 10,000 characters.',
  ],
  [
    { isSealed: true, passphrase: 'hush' },
    'Sync takes as encrypt a passphrase of at least 8 characters.',
  ],
])('[KSYNC1] of %j is said: %s', (patch, said) => {
  expect(judgeDraft({ ...PLAIN, ...patch }, 'https:') ?? '').toBe(said)
})

test('[KSYNC2] nothing that is kept has a secret in the clear, and without a passphrase it has none', async () => {
  const { openTab, text, storage } = createBrowser()
  const { own, sync } = openTab()
  expect(await own.setUp({ ...SECRET, isSealed: true, passphrase: 'hush-passphrase' })).toBeNull()
  expect(sync.started).toHaveLength(1)
  expect(text()).toContain(SERVER)
  expect(text()).not.toMatch(/hush|sesame/)
  await own.setUp({ ...SECRET, keptWith: '' })
  expect(createKeptSync(storage).read()).toEqual({
    servers: [SERVER],
    space: 'default',
    deviceName: 'Kitchen',
    kind: 'token',
    isSealed: false,
  })
})

test('[KSYNC3] what is kept reads back, and what is damaged is nothing', async () => {
  const { storage } = createBrowser()
  const store = createKeptSync(storage)
  expect(store.read()).toBeNull()
  await store.write(readDraft(PLAIN, 'https:'), '')
  const kept = store.read()
  expect(kept).toMatchObject({ servers: [SERVER], kind: 'none', isSealed: false })
  for (const text of ['', 'x', '{}', '[]', 'null', JSON.stringify({ ...kept, servers: [1] })]) {
    storage.setItem('backfold-app-sync', text)
    expect(store.read()).toBeNull()
  }
})

test('[KSYNC4] where it is not set up nobody is asked', async () => {
  const { openTab } = createBrowser()
  const { own, asked } = openTab('open sesame')
  expect(await own.unlock('open sesame')).toMatch(/not the passphrase/)
  expect(await own.retry()).toBeNull()
  expect(asked()).toBe(0)
  expect(own.get()).toMatchObject({ kept: null, isLocked: false, status: { phase: 'off' } })
})

test('[KSYNC5] what has no secrets starts by itself', async () => {
  const { openTab } = createBrowser()
  await openTab().own.setUp(PLAIN)
  const next = openTab()
  await expect.poll(() => next.own.get().status.phase).toBe('connecting')
  expect(next.sync.started).toEqual([
    { servers: [SERVER], space: 'default', deviceName: 'Kitchen' },
  ])
})

test('[KSYNC5] what has secrets starts with the passphrase that opens the app, or waits for its own', async () => {
  const { openTab } = createBrowser()
  await openTab().own.setUp(SECRET)
  const same = openTab('open sesame')
  await expect.poll(() => same.own.get().isLocked).toBe(false)
  expect(same.sync.started[0]?.credentials).toEqual({ kind: 'token', token: 'hush-token' })
  const other = openTab('another one')
  expect(await other.own.unlock('wrong')).toMatch(/not the passphrase/)
  expect(other.own.get().isLocked).toBe(true)
  expect(other.sync.started).toEqual([])
  expect(await other.own.unlock('open sesame')).toBeNull()
  expect(other.own.get().isLocked).toBe(false)
})

test('[KSYNC5] the passphrase of a sealed space opens it again', async () => {
  const { openTab } = createBrowser()
  await openTab().own.setUp(SEALED)
  const next = openTab()
  expect(await next.own.unlock('hush-passphrase')).toBeNull()
  expect(next.sync.started[0]?.encrypt).toEqual({ passphrase: 'hush-passphrase' })
})

test('[KSYNC6] what is set up or turned off in one tab is so in the others', async () => {
  const { openTab } = createBrowser()
  const [one, two] = [openTab(), openTab()]
  await one.own.setUp(PLAIN)
  await expect.poll(() => two.own.get().status.phase).toBe('connecting')
  expect(await two.own.forget()).toBeNull()
  await expect.poll(() => one.own.get()).toMatchObject({ kept: null, status: { phase: 'off' } })
  expect([one.sync.asked, two.sync.asked]).toEqual([['stop'], ['stop']])
})

test('[KSYNC6] what comes from another device is told on, and its status is that of sync', async () => {
  const { openTab } = createBrowser()
  const { own, sync, changed } = openTab()
  await own.setUp(PLAIN)
  sync.arrive('s-1')
  expect(changed).toHaveBeenCalledTimes(1)
  sync.tell({ phase: 'offline', pending: 2 })
  expect(own.get().status).toMatchObject({ phase: 'offline', pending: 2 })
  own.closed()
  sync.arrive('s-2')
  expect(changed).toHaveBeenCalledTimes(1)
})
