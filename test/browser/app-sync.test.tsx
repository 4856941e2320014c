import axe from 'axe-core'
import { expect, onTestFinished, test } from 'vitest'
import { page as browser } from 'vitest/browser'
import { createKeep } from '../../src/app/keep/keep.ts'
import type { Keep } from '../../src/app/keep/keep-world.ts'
import { EMPTY_DRAFT, type SyncDraft } from '../../src/app/keep/sync-draft.ts'
import type { Updates } from '../../src/app/pwa/updates.ts'
import { App } from '../../src/app/shell/app.tsx'
import type { Backfold } from '../../src/client/session.ts'
import type { SessionSummary } from '../../src/protocol/requests.ts'
import type { SyncStatus } from '../../src/protocol/sync.ts'
import { createFakeSync, type FakeSync } from '../support/fake-sync.ts'
import { draw, type, type Drawn } from './draw.tsx'
import { openPage } from './open-page.ts'
import '../../src/app/styles/base.css'
import '../../src/app/styles/controls.css'
import '../../src/app/styles/layout.css'
import '../../src/app/styles/shell.css'
import '../../src/app/styles/pages.css'

const SOON = { timeout: 20_000 }
const NO_UPDATES: Updates = {
  waiting: { get: () => false, subscribe: () => () => {} },
  offline: { get: () => false, subscribe: () => () => {} },
  start() {},
  take() {},
}

const DEVICES: SyncStatus['devices'] = [
  { id: 'own', name: 'Kitchen tablet', seenAt: Date.now(), isRemoved: false },
  { id: 'phone', name: 'Phone', seenAt: Date.now() - 3_600_000, isRemoved: false },
  { id: 'old', name: 'An old laptop with a name that goes on and on', seenAt: 1, isRemoved: true },
  { id: 'long', name: 'x'.repeat(100), seenAt: 2, isRemoved: true },
]

interface Stage {
  readonly page: Drawn
  readonly keep: Keep
  readonly sync: FakeSync
  readonly stored: ReadonlyMap<string, string>
}

/**
 * The whole app over a real Backfold whose sync does what a test says.
 *
 * @param listed - What it says of its sessions.
 */
async function openApp(
  hash: string,
  stored = new Map<string, string>(),
  listed: (sessions: readonly SessionSummary[]) => readonly SessionSummary[] = (all) => all,
): Promise<Stage> {
  const opened = await openPage()
  const sync = createFakeSync()
  const backfold: Backfold = {
    ...opened.backfold,
    sync: async () => sync,
    sessions: async () => listed(await opened.backfold.sessions()),
  }
  const session = await backfold.session('s-1')
  await session.append({ role: 'user', content: 'The tap in the kitchen drips' })
  location.hash = hash
  const keep = createKeep({
    open: async () => backfold,
    readProtection: async () => 'none',
    storage: {
      getItem: (name) => stored.get(name) ?? null,
      setItem: (name, value) => void stored.set(name, value),
    },
    tell: () => {},
    listen: () => {},
    now: () => Date.now(),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms)
      return () => clearTimeout(timer)
    },
    newId: () => 'new',
    restart: () => {},
    restartedBecause: () => null,
  })
  const page = draw(<App keep={keep} updates={NO_UPDATES} />)
  onTestFinished(async () => {
    location.hash = ''
    await browser.viewport(414, 896)
    delete document.documentElement.dataset['theme']
    await backfold.close()
  })
  await keep.start()
  return { page, keep, sync, stored }
}

/** Nothing stands in anybody's way and nothing sticks out, in light and dark, from narrow to wide. */
async function expectSound(name: string): Promise<void> {
  for (const theme of ['light', 'dark']) {
    document.documentElement.dataset['theme'] = theme
    for (const width of [320, 1_280]) {
      await browser.viewport(width, 900)
      expect(document.documentElement.scrollWidth, `${name} at ${width}`).toBeLessThanOrEqual(width)
      const { violations } = await axe.run(document, { rules: OF_A_TEST_PAGE })
      expect(violations.map(({ id, nodes }) => `${name}: ${id} ${nodes[0]?.html}`)).toEqual([])
    }
  }
}

/** What is asked once more is done only then. */
async function pressTwice(
  { page, sync }: Pick<Stage, 'page' | 'sync'>,
  id: string,
  name: string,
): Promise<void> {
  page.press(`[data-testid="${id}"]`)
  await expect.poll(() => page.count(`[data-testid="${id}-sure"]`)).toBe(1)
  expect(sync.asked).toEqual([])
  await expectSound(name)
  page.press(`[data-testid="${id}-sure"]`)
}

/** The page of a test has neither a language nor a title of its own. */
const OF_A_TEST_PAGE = { 'html-has-lang': { enabled: false }, 'document-title': { enabled: false } }

async function fill(page: Drawn, id: string, text: string): Promise<void> {
  await browser.getByTestId(id).fill(text)
  expect(page.count(`[data-testid="${id}"]`)).toBe(1)
}

test('[KSYNC10] sync is set up, shown in every phase, and turned off again', async () => {
  const { page, keep, sync, stored } = await openApp('#/settings')
  await expect.poll(() => page.count('[data-testid="sync-set-up"]'), SOON).toBe(1)
  expect(page.count('[data-testid="sync-mark"]')).toBe(0)
  await expectSound('off')
  page.press('[data-testid="sync-set-up"]')
  await expect.poll(() => page.count('[data-testid="sync-form"]')).toBe(1)
  await fill(page, 'sync-servers', 'http://sync.example.com')
  page.press('[data-testid="sync-start"]')
  await expect
    .poll(() => page.part('[data-testid="sync-problem"]').textContent)
    .toMatch(/^Sync takes addresses/)
  await fill(page, 'sync-servers', 'wss://sync.example.com')
  await browser.getByTestId('sync-kind').selectOptions('password')
  await fill(page, 'sync-user', 'ann')
  type(page.part('[data-testid="sync-secret"]'), 'hush-password')
  type(page.part('[data-testid="sync-kept-with"]'), 'open sesame')
  await expectSound('form')
  page.press('[data-testid="sync-start"]')
  await expect.poll(() => sync.started.length, SOON).toBe(1)
  expect([...stored.values()].join()).not.toMatch(/hush|sesame/)
  await expect.poll(() => page.count('[data-phase="connecting"]')).toBe(1)

  const server = {
    version: '2.12.3',
    warning: 'It may lose what it has said when its power fails.',
  }
  const device = { id: 'own', name: 'Kitchen tablet' }
  const jobsElsewhere = [{ session: 's-1', device: 'Phone' }]
  sync.tell({ phase: 'online', server, device, devices: DEVICES, jobsElsewhere, conflicts: 2 })
  await expect.poll(() => page.count('[data-phase="online"]')).toBe(1)
  expect(page.text()).toContain('It may lose what it has said')
  expect(page.part('[data-testid="sync-jobs"]').textContent).toContain('Phone folds')
  expect(page.count('[data-testid="device-remove"]')).toBe(1)
  await pressTwice({ page, sync }, 'device-remove', 'online')
  await expect.poll(() => sync.asked).toEqual(['remove phone'])
  await expect.poll(() => page.count('[data-testid="device-remove"]')).toBe(0)

  sync.tell({
    phase: 'refused',
    reason: 'The server does not know these credentials.',
    pending: 3,
    sessionsPending: 1,
    ignored: 1,
    lacking: 1,
    lastError: { at: Date.now(), detail: `authorization violation ${'x'.repeat(200)}` },
  })
  await expect.poll(() => page.count('[data-phase="refused"]')).toBe(1)
  expect(page.text()).toContain('does not know these credentials')
  await expect.poll(() => page.count('[data-testid="sync-mark"]')).toBeGreaterThan(0)
  await expectSound('refused')
  page.press('[data-testid="sync-retry"]')
  await expect.poll(() => sync.asked).toContain('retry')
  page.press('[data-testid="sync-off"]')
  await expect.poll(() => page.count('[data-testid="sync-off-sure"]')).toBe(1)
  expect(keep.sync?.get().kept).not.toBeNull()
  page.press('[data-testid="sync-off-sure"]')
  await expect.poll(() => page.count('[data-testid="sync-set-up"]')).toBe(1)
  expect(sync.asked).toContain('stop')
})

const PLAIN: SyncDraft = {
  ...EMPTY_DRAFT,
  servers: 'wss://sync.example.com',
  deviceName: 'Kitchen',
}

const SEALED: SyncDraft = {
  ...PLAIN,
  isSealed: true,
  passphrase: 'hush-passphrase',
}

test('[KSYNC11] a device of a sealed space is removed with a new passphrase, which opens sync from then on', async () => {
  const { page, keep, sync, stored } = await openApp('#/settings')
  expect(await keep.sync?.setUp(SEALED)).toBeNull()
  const device = { id: 'own', name: 'Kitchen tablet' }
  sync.tell({ phase: 'online', device, devices: DEVICES })
  await expect.poll(() => page.count('[data-testid="device-remove"]'), SOON).toBe(1)
  page.press('[data-testid="device-remove"]')
  await expect.poll(() => page.count('[data-testid="device-remove-sure"]:disabled')).toBe(1)
  await expectSound('removal')
  type(page.part('[data-testid="device-passphrase"]'), 'another-hush')
  const before = [...stored.values()].join()
  await expect.poll(() => page.count('[data-testid="device-remove-sure"]:disabled')).toBe(0)
  page.press('[data-testid="device-remove-sure"]')
  await expect.poll(() => sync.asked).toEqual(['remove phone, another-hush'])
  await expect.poll(() => page.count('[data-testid="device-remove"]')).toBe(0)
  await expect.poll(() => [...stored.values()].join(), SOON).not.toBe(before)
  expect([...stored.values()].join()).not.toMatch(/hush/)
  page.remove()
  const later = await openApp('#/settings', new Map(stored))
  await expect.poll(() => later.page.count('[data-testid="sync-locked"]'), SOON).toBe(1)
  expect(await later.keep.sync?.unlock('hush-passphrase')).not.toBeNull()
  expect(await later.keep.sync?.unlock('another-hush')).toBeNull()
  expect(later.sync.started).toMatchObject([{ encrypt: { passphrase: 'another-hush' } }])
})

test('[KSYNC12] a session that waits for messages goes on without them only when asked twice, and long lists are short', async () => {
  const listed = (all: readonly SessionSummary[]): readonly SessionSummary[] =>
    all.flatMap((one) => [
      { ...one, pending: 2, isLacking: true as const },
      ...Array.from({ length: 9 }, (_, at) => ({ ...one, id: `s-${at + 2}`, conflicts: 1 })),
    ])
  const { page, keep, sync } = await openApp('#/settings', new Map(), listed)
  expect(await keep.sync?.setUp(PLAIN)).toBeNull()
  const device = { id: 'own', name: 'Kitchen tablet' }
  const many = Array.from({ length: 30 }, (_, at) => {
    return { id: `d-${at}`, name: `Private window ${at}`, seenAt: at, isRemoved: false }
  })
  sync.tell({ phase: 'online', device, devices: [...DEVICES, ...many], lacking: 1, pending: 2 })
  await expect.poll(() => page.count('[data-testid="sync-skip"]'), SOON).toBe(1)
  expect(page.count('[data-testid="sync-devices"] > li')).toBe(8)
  expect(page.part('[data-testid="sync-devices-rest"] summary').textContent).toBe('26 more devices')
  expect(page.count('[data-testid="sync-sessions"] > li')).toBe(5)
  await expectSound('lacking')
  await pressTwice({ page, sync }, 'sync-skip', 'skip')
  await expect.poll(() => sync.asked).toEqual(['skip s-1'])
})

test('[KSYNC10] sync that is locked waits for its passphrase', async () => {
  const first = await openApp('#/settings')
  await first.keep.sync?.setUp(SEALED)
  first.page.remove()
  const { page, sync } = await openApp('#/settings', new Map(first.stored))
  await expect.poll(() => page.count('[data-testid="sync-locked"]'), SOON).toBe(1)
  await expect.poll(() => page.count('[data-testid="sync-mark"]')).toBeGreaterThan(0)
  await expectSound('locked')
  type(page.part('[data-testid="sync-passphrase"]'), 'hush-passphrase')
  await expect.poll(() => page.count('[data-testid="sync-locked"] button:not(:disabled)')).toBe(1)
  page.press('[data-testid="sync-locked"] button')
  await expect.poll(() => sync.started.length, SOON).toBe(1)
  await expect.poll(() => page.count('[data-testid="sync-locked"]')).toBe(0)
})

test('[KSYNC9] a fold on another device is said beside the conversation', async () => {
  const { page, keep, sync } = await openApp('#/session/s-1')
  await keep.sync?.setUp(PLAIN)
  sync.tell({ phase: 'offline', jobsElsewhere: [{ session: 's-1', device: 'Phone' }] })
  await expect.poll(() => page.count('[data-testid="sync-note"]'), SOON).toBe(1)
  expect(page.part('[data-testid="sync-note"]').textContent).toContain('folded on Phone')
  await expectSound('session')
  await browser.viewport(320, 900)
  const composer = page.part('.chat-composer').getBoundingClientRect()
  expect([composer.left, composer.width]).toEqual([0, 320])
})
