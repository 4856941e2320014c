import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openExtension, until, type ExtensionHost } from './open-extension.ts'
import { MAY_PRESS, sidePanelOf, type SidePanel } from './side-panel.ts'

let host: ExtensionHost
let panel: SidePanel

beforeAll(async () => {
  host = await openExtension({ args: [MAY_PRESS] })
  panel = await sidePanelOf(host)
})
afterAll(() => host.close())

/** A page of a site that nobody granted: only a press of the button lets its address be known. */
async function openForeign(origin: string): Promise<Page> {
  const page = await host.context.newPage()
  await page.route(`${origin}/**`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<title>A chat</title>' }),
  )
  await page.goto(`${origin}/c/1`)
  return page
}

/** Skips the first steps. */
async function introduce(): Promise<void> {
  const desk = await host.desk()
  await desk.evaluate(() => chrome.storage.local.set({ settings: { isIntroduced: true } }))
}

test('[HOST14] a press of the toolbar button opens the panel, whose first run knows the site', async () => {
  const page = await openForeign('https://chat.example')
  await host.killServiceWorker()
  expect(await panel.count()).toBe(0)
  await panel.press(page)
  await until(async () => (await panel.count()) === 1)
  await until(async () => (await panel.text()).includes('Step 1 of 3'))
  await introduce()
  await until(async () => (await panel.text()).includes('Enable on chat.example'))
})

test('[HOST14] a panel that is open already knows the site of the tab whose button is pressed', async () => {
  await introduce()
  await panel.press(await openForeign('https://one.example'))
  await until(async () => (await panel.text()).includes('Enable on one.example'))
  const page = await openForeign('https://other.example')
  await until(async () => (await panel.text()).includes('Which page is this?'))
  await panel.press(page)
  await until(async () => (await panel.text()).includes('Enable on other.example'))
  expect(await panel.count()).toBe(1)
})

test('[HOST14, PACK2] the browser assigns the shortcut that opens the panel', async () => {
  const desk = await host.desk()
  const commands = await desk.evaluate(() => chrome.commands.getAll())
  const { shortcut = '' } = commands.find(({ name }) => name === 'open-panel') ?? {}
  expect(['Alt+Shift+K', '⌥⇧K']).toContain(shortcut)
})

test('[HOST14] a click that asks for the panel opens it, through a service worker that was dead', async () => {
  const page = await host.openLine()
  await page.evaluate(() => {
    const button = document.body.appendChild(document.createElement('button'))
    button.textContent = 'open'
    button.addEventListener('click', () => {
      void chrome.runtime.sendMessage({ to: 'background', kind: 'open-panel' })
    })
  })
  await panel.close()
  await host.killServiceWorker()
  await page.getByText('open').click()
  await until(async () => (await panel.count()) === 1)
})
