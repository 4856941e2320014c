import { expect, test } from 'vitest'
import { buildNextApp, NEXT_TITLE } from './build-next-app.ts'
import { playTour } from './drive-playground.ts'
import { beginSession, openApp, untilStored } from './open-app.ts'
import { PATIENCE_MS } from '../support/patience.ts'

const SOON = { timeout: PATIENCE_MS }

test('[PWA2] after the first load the app works with the network cut', async () => {
  const host = await openApp()
  const first = await host.visit()
  await beginSession(first, 'Said on the platform, before the train left.')
  await untilStored(first)
  await host.cut()
  await first.page.close()

  const tab = await host.visit()
  await tab.page.locator('.kept-link').first().click()
  await tab.page.getByText('before the train left').last().waitFor()
  const id = await beginSession(tab, 'Written on the train, in a tunnel.')
  for (const [place, ready] of [
    ['storage', 'storage-use'],
    ['health', 'health-warnings'],
    ['settings', 'provider-form'],
    ['import', 'import-picker'],
  ] as const) {
    await tab.part(`place-${place}`).click()
    await tab.part(ready).waitFor({ state: 'attached' })
  }
  await tab.page.reload()
  await tab.page.goto(`${host.address}#/session/${encodeURIComponent(id)}`)
  // It waits there until it can be answered.
  await tab.page.locator('.bf-conversation').getByText('in a tunnel').first().waitFor()
  await tab.part('search').fill('platform')
  await tab.part('found-hit').first().waitFor()
  // A recording is folded: model, tokens and heavy work are all there without a network.
  await tab.page.goto(`${host.address}#/workbench`)
  await playTour(tab)
  await tab.page.locator('.generation-row').first().waitFor()
  await host.close()
})

test('[PWA5, PWA6] storing the first version reloads no tab, and only files of the build are stored', async () => {
  const host = await openApp()
  const tabs = [await host.visit(), await host.visit()]
  for (const { page } of tabs) await page.evaluate(() => (document.body.dataset['same'] = 'yes'))
  for (const tab of tabs) await untilStored(tab)
  // Whatever a page does when it is taken over, it does before it answers this.
  for (const tab of tabs) {
    await tab.part('place-storage').click()
    await tab.part('storage-use').waitFor()
    expect(await tab.page.locator('body[data-same]').count()).toBe(1)
  }
  const [{ page }] = tabs as [(typeof tabs)[0]]
  const kept = await page.evaluate(async () => {
    for (const path of ['THIRD-PARTY-LICENSES.md', 'app.webmanifest?private=1']) await fetch(path)
    const caches = await Promise.all(
      (await globalThis.caches.keys()).map(async (name) =>
        (await globalThis.caches.open(name)).keys(),
      ),
    )
    return caches.flat().map(({ url }) => url)
  })
  expect(kept.length).toBeGreaterThan(20)
  expect(kept.join()).not.toMatch(/LICENSES|private/)
  // What lies beside the app is no page of it.
  await page.goto(`${host.address}sw.js`)
  expect(await page.locator('#root').count()).toBe(0)
  await host.close()
})

test('[PWA3, PWA4] a new version waits, keeps the old one whole, and takes over without losing a draft', async () => {
  const host = await openApp()
  const next = buildNextApp()
  const tab = await host.visit()
  await tab.part('new-session').first().waitFor()
  await untilStored(tab)
  await tab.page.reload()
  await beginSession(tab, 'Said to the old version.')
  const other = await host.visit()
  await other.page.locator('.home h1').waitFor()

  host.release(next.folder)
  await tab.page.evaluate(async () => {
    await (await navigator.serviceWorker.getRegistration())?.update()
  })
  await tab.part('update').waitFor()
  await other.part('update').waitFor()
  // Files of the old version are gone from the server; the pages still have them.
  await other.part('place-storage').click()
  await other.part('storage-use').waitFor()
  expect(await other.page.locator('[data-next]').count()).toBe(0)
  await other.page.goto(`${host.address}#/`)
  expect(await other.page.locator('.home h1').textContent()).not.toBe(NEXT_TITLE)

  await tab.draft.fill('a thought not yet finished')
  await tab.part('update-now').click()
  await other.page.getByText(NEXT_TITLE).waitFor()
  await expect.poll(() => tab.draft.inputValue(), SOON).toBe('a thought not yet finished')
  expect(await tab.part('update').count()).toBe(0)
  await tab.page.getByText('Said to the old version.').first().waitFor()
  await tab.part('place-storage').click()
  await tab.page.locator('[data-next]').waitFor()
  expect(tab.complaints).toEqual([])
  next.remove()
  await host.close()
})
