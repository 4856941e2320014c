import { afterAll, beforeAll, expect, test } from 'vitest'
import { openExtension, until, type ExtensionHost } from './open-extension.ts'

let host: ExtensionHost

beforeAll(async () => {
  host = await openExtension()
})
afterAll(() => host.close())

test('[HOST14] a click that asks for the panel opens it, through a service worker that was dead', async () => {
  const page = await host.openLine()
  await page.evaluate(() => {
    const button = document.body.appendChild(document.createElement('button'))
    button.textContent = 'open'
    button.addEventListener('click', () => {
      void chrome.runtime.sendMessage({ to: 'background', kind: 'open-panel' })
    })
  })
  const panels = async (): Promise<number> =>
    page.evaluate(
      async () => (await chrome.runtime.getContexts({ contextTypes: ['SIDE_PANEL'] })).length,
    )
  await host.killServiceWorker()
  expect(await panels()).toBe(0)
  await page.getByText('open').click()
  await until(async () => (await panels()) === 1)
})
