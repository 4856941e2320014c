import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findInStorage } from './drive-playground.ts'
import { beginSession, findViolations, openApp, type AppHost, type AppTab } from './open-app.ts'
import { PATIENCE_MS } from '../support/patience.ts'

const SOON = { timeout: PATIENCE_MS }
/** What the first load may have, in bytes, gzipped. */
const FIRST_LOAD = 250_000
/** Longest time until the list can be used, from the cache, in milliseconds; machines that test are busy. */
const INTERACTIVE_MS = 1_000
const BUSY = 5

let host: AppHost

beforeAll(async () => {
  host = await openApp()
})

afterAll(() => host.close())

const names = ({ page }: AppTab): Promise<string[]> => page.locator('.kept-name').allTextContents()

async function act({ page, part }: AppTab, action: string): Promise<void> {
  await part('kept-more').first().click()
  await page.locator('.kept-actions').getByRole('button', { name: action, exact: true }).click()
}

test('[KEEP27] the list can be used after less than 250 kB, and within a second from the cache', async () => {
  const first = await host.visit()
  await first.page.locator('.sidebar .empty').waitFor()
  const requested = await first.page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => new URL(name).pathname.replace(/^\/some\/folder/, '')),
  )
  const sent = host.takeSent()
  // The worker's files are not among the page's own; the service worker stores all others after the list is there.
  const loaded = [...sent].filter(
    ([path]) => path === '/' || requested.includes(path) || path.includes('/store-worker'),
  )
  const bytes = loaded.reduce((total, [, size]) => total + size, 0)
  process.stdout.write(`first load: ${bytes} bytes of ${loaded.map(([path]) => path).join(' ')}\n`)
  expect(loaded.map(([path]) => path).join()).toContain('store-worker')
  expect(bytes).toBeLessThan(FIRST_LOAD)
  expect(bytes).toBeGreaterThan(50_000)

  await first.page.evaluate(() => navigator.serviceWorker.ready)
  await first.page.reload()
  await first.page.locator('.sidebar .empty').waitFor()
  const ms = await first.page.evaluate(() => performance.now())
  process.stdout.write(`interactive from the cache after ${Math.round(ms)} ms\n`)
  expect(ms).toBeLessThan(INTERACTIVE_MS * BUSY)
  await first.page.close()
})

test('[KEEP25] a session is begun, found after a reload, renamed, tagged, put away and deleted for good', async () => {
  const tab = await host.visit()
  const { page, part } = tab
  const id = await beginSession(tab, 'The tap in the kitchen drips into the marmalade all night.')
  await expect.poll(() => names(tab), SOON).toEqual([expect.stringContaining('The tap in the')])
  await tab.draft.fill('and what about the quince?')
  await expect.poll(() => findInStorage(tab as never, 'the quince'), SOON).not.toEqual([])
  await page.reload()
  await expect.poll(() => tab.draft.inputValue(), SOON).toBe('and what about the quince?')

  await part('search').fill('marmalade')
  await part('found-hit').first().click()
  await expect.poll(() => page.url(), SOON).toContain(`#/session/${encodeURIComponent(id)}/1`)
  await page.locator('.bf-conversation').getByText('drips into the marmalade').waitFor()
  await part('search').fill('')
  await page.goBack()
  await expect.poll(() => new URL(page.url()).hash, SOON).toBe(`#/session/${id}`)

  const other = await host.visit()
  await act(tab, 'Rename')
  await part('kept-input').fill('Kitchen')
  await part('kept-input').press('Enter')
  await expect.poll(() => names(other), SOON).toEqual(['Kitchen'])
  await expect.poll(() => page.title(), SOON).toBe('Kitchen · Backfold')
  await act(tab, 'Tags')
  await part('kept-input').fill('home, wet')
  await part('kept-input').press('Enter')
  await page.locator('.tag-row').getByText('wet').click()
  expect(await names(tab)).toEqual(['Kitchen'])
  await act(tab, 'Archive')
  await expect.poll(() => names(tab), SOON).toEqual([])
  await part('archive-toggle').click()
  await expect.poll(() => names(tab), SOON).toEqual(['Kitchen'])

  await act(tab, 'Delete')
  const dialog = part('delete-dialog')
  expect(await dialog.textContent()).toMatch(
    /1 message .*cannot be undone.*stays with that provider/s,
  )
  const download = page.waitForEvent('download')
  await part('export-first').click()
  expect((await download).suggestedFilename()).toBe('Kitchen.backfold')
  await part('delete-now').click()
  await expect.poll(() => names(other), SOON).toEqual([])
  await expect.poll(() => new URL(page.url()).hash, SOON).toBe('#/')
  await expect.poll(() => findInStorage(tab as never, 'marmalade'), SOON).toEqual([])
  expect(tab.complaints).toEqual([])
  await Promise.all([page.close(), other.page.close()])
})

test('[KEEP30, KEEP31] an address of nothing makes nothing, and the focus comes back to what opened something', async () => {
  const [tab, other] = [await host.visit(), await host.visit()]
  const { page, part } = tab
  const focused = (): Promise<string> =>
    page.evaluate(() => document.activeElement?.className ?? '')
  const id = await beginSession(tab, 'Something that another tab deletes.')
  await part('kept-more').first().focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await part('kept-input').press('Escape')
  expect(await focused()).toContain('kept-more')
  await act(tab, 'Delete')
  await part('delete-dialog').waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(focused, SOON).toContain('kept-more')
  await page.setViewportSize({ width: 360, height: 740 })
  await part('menu').click()
  await expect.poll(focused, SOON).toContain('drawer-only')
  await page.keyboard.press('Escape')
  await expect.poll(focused, SOON).toContain('menu-button')
  await page.setViewportSize({ width: 1280, height: 800 })

  await other.page.locator('.kept-link').first().waitFor()
  await act(other, 'Delete')
  await other.part('delete-now').click()
  await part('not-here').waitFor()
  await page.reload()
  await part('not-here').waitFor()
  for (const hash of ['#/session/nobody', `#/health/${id}`]) {
    await page.goto(`${host.address}${hash}`)
    await page.getByText('is not here').waitFor()
  }
  expect(await names(tab)).toEqual([])
  expect(tab.complaints).toEqual([])
  await Promise.all([page.close(), other.page.close()])
})

test('[KEEP26] with storage full what can’t be stored is said and stays; with the worker killed the app goes on', async () => {
  const small = await openApp({ isOffline: false })
  // Before anything is stored: the browser remembers for a while how much room there was.
  const blank = await small.context.newPage()
  const devtools = await small.context.newCDPSession(blank)
  const { origin } = new URL(small.address)
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 600_000 })
  const tab = await small.visit()
  const { page, part } = tab
  await beginSession(tab, 'What was said while there was room.')
  // Compressed, it is still larger than the room there is.
  const long = randomBytes(800_000).toString('base64')
  await tab.draft.fill(long)
  await tab.send.click()
  await page.locator('.bf-failure').getByText('The disk is full').waitFor()
  // What was written is still there, to be sent once there is room again.
  await expect.poll(async () => (await tab.draft.inputValue()) === long, SOON).toBe(true)
  await page.locator('.bf-conversation').getByText('while there was room').waitFor()

  const workers = page.workers().filter((worker) => worker.url().includes('store-worker'))
  expect(workers).toHaveLength(1)
  await workers[0]?.evaluate(() => self.close())
  await part('search').fill('room')
  await part('found-hit').first().waitFor()
  await tab.draft.fill('Said after the worker was killed.')
  await tab.send.click()
  await page.locator('.bf-conversation').getByText('after the worker was killed').waitFor()
  await small.close()
})

test('[KEEP29] a long chat is imported, folded to a budget, copied, exported and imported again', async () => {
  const tab = await host.visit('#/import')
  const { page, part } = tab
  await host.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const messages = Array.from({ length: 400 }, (_, n) => ({
    role: n % 2 === 0 ? 'user' : 'assistant',
    content: `Message ${n} of the pantry: ${'a jar of plum jam stands there. '.repeat(12)}`,
  }))
  const chat = Buffer.from(JSON.stringify({ title: 'The pantry', messages }))
  const damaged = Buffer.from('[{"role": "user", "content": "cut off he')
  await part('import-picker').setInputFiles([
    { name: 'pantry.json', mimeType: 'application/json', buffer: chat },
    { name: 'torn.json', mimeType: 'application/json', buffer: damaged },
  ])
  await page.locator('[data-testid="import-row"][data-status="done"]').first().waitFor()
  const card = part('fold-card').first()
  await card.getByTestId('fold-now').click()
  await card.getByTestId('fold-sizes').waitFor()
  const sizes = ((await card.getByTestId('fold-sizes').textContent()) ?? '').replaceAll(',', '')
  const [log = 0, context = 0] = (/(\d+) of the log (\d+) of/.exec(sizes) ?? [])
    .slice(1)
    .map(Number)
  expect(log).toBeGreaterThan(30_000)
  expect(context).toBeGreaterThan(500)
  expect(context).toBeLessThanOrEqual(25_000)
  await card.getByTestId('copy-context').click()
  await card.getByText('in the clipboard').waitFor()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toContain('Message 399 of the pantry')
  expect(copied.length).toBeLessThan(chat.length)
  const torn = page.locator('[data-testid="import-row"]', { hasText: 'torn.json' })
  await expect.poll(() => torn.textContent(), SOON).toMatch(/1 refusals|failed/)

  await part('place-storage').click()
  const download = page.waitForEvent('download')
  await part('export-all').click()
  const path = await (await download).path()
  await part('delete-all').click()
  await part('delete-now').click()
  await expect.poll(() => names(tab), SOON).toEqual([])
  await part('place-import').click()
  await part('import-picker').setInputFiles({
    name: 'all.backfold',
    mimeType: 'application/octet-stream',
    buffer: readFileSync(path),
  })
  await expect.poll(async () => (await names(tab)).length, SOON).toBeGreaterThan(0)
  await page.locator('.kept-link').first().click()
  await page.locator('.bf-conversation').getByText('Message 399 of the pantry').first().waitFor()
  await part('place-health').click()
  await part('verify').click()
  await part('integrity-said').getByText('messages are as they were written').waitFor()
  expect(tab.complaints).toEqual([])
  await page.close()
})

test('[KEEP28] no page has a barrier, in light and dark, wide and narrow', async () => {
  const tab = await host.visit()
  const { page, part } = tab
  const long = `${'Averyveryverylongwordindeed'.repeat(12)} ${'and many others '.repeat(20)}`
  const id = await beginSession(tab, long)
  await act(tab, 'Tags')
  await part('kept-input').fill('home')
  await part('kept-input').press('Enter')
  const found = new Set<string>()
  const look = async (name: string): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 800 })
        for (const one of await findViolations(tab))
          found.add(`${name} ${colorScheme} ${width} ${one}`)
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        if (overflow > 0) found.add(`${name} ${width}: wider than the window by ${overflow}`)
      }
    }
    await page.setViewportSize({ width: 1280, height: 800 })
  }
  for (const [name, ready] of [
    ['', '.home'],
    ['storage', '[data-testid="storage-use"]'],
    ['health', '[data-testid="health-warnings"]'],
    ['settings', '[data-testid="provider-form"]'],
    ['import', '.drop-here'],
    [`session/${encodeURIComponent(id)}`, '.bfw-field'],
  ] as const) {
    await page.goto(`${host.address}#/${name}`)
    await page.locator(ready).first().waitFor()
    await look(name)
  }
  await part('session-settings').click()
  await part('session-settings-dialog').waitFor()
  await look('settings of a session')
  await page.keyboard.press('Escape')
  await act(tab, 'Delete')
  await part('delete-dialog').waitFor()
  await look('deleting')
  expect([...found]).toEqual([])
  await page.close()
})
