import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeServer, listenOnLoopback } from '../support/loopback.ts'
import { findInStorage } from './drive-playground.ts'
import { beginSession, openApp, type AppHost, type AppTab } from './open-app.ts'
import { PATIENCE_MS } from '../support/patience.ts'

const SOON = { timeout: PATIENCE_MS }
const PASSPHRASE = 'quince and pear and plum'
let host: AppHost

beforeAll(async () => {
  host = await openApp()
})

afterAll(() => host.close())

/** All that the page holds as text: what is drawn, titles and values of fields. */
const readPage = ({ page }: AppTab): Promise<string> =>
  page.evaluate(() =>
    [
      document.documentElement.outerHTML,
      document.title,
      ...[...document.querySelectorAll('input, textarea')].map(
        (field) => (field as HTMLInputElement).value,
      ),
    ].join('\n'),
  )

async function unlock({ part }: AppTab, passphrase: string): Promise<void> {
  await part('passphrase').fill(passphrase)
  await part('passphrase').press('Enter')
}

test('[LOCK11] encrypted and locked in all tabs, nothing is readable; the passphrase brings everything back', async () => {
  const tab = await host.visit()
  const { page, part } = tab
  await beginSession(tab, 'The marmalade is hidden behind the flour.')
  await part('place-settings').click()
  await part('new-passphrase').fill(PASSPHRASE)
  await part('new-passphrase-again').fill(PASSPHRASE)
  await part('encrypt').click()
  await part('encryption-said').getByText('Everything is encrypted').waitFor()
  await expect.poll(() => findInStorage(tab as never, 'marmalade'), SOON).toEqual([])

  await page.locator('.kept-link').first().click()
  await tab.draft.fill('and the quince too')
  const other = await host.visit()
  await unlock(other, 'not the passphrase')
  await other.part('lock-reason').getByText('not the passphrase').waitFor()
  await unlock(other, PASSPHRASE)
  await other.page.locator('.kept-name').first().waitFor()

  await other.part('lock-now').click()
  for (const one of [tab, other]) {
    await one.part('unlock').waitFor()
    await expect.poll(() => readPage(one), SOON).not.toMatch(/marmalade|quince/)
  }
  expect(await part('lock-reason').textContent()).toContain('another tab')
  await page.reload()
  await unlock(tab, PASSPHRASE)
  await expect.poll(() => tab.draft.inputValue(), SOON).toBe('and the quince too')
  await page.locator('.bf-conversation').getByText('hidden behind the flour').waitFor()

  await part('place-settings').click()
  await part('decrypt').click()
  await part('encryption-said').getByText('Encryption is off').waitFor()
  await page.reload()
  await page.locator('.kept-name').first().waitFor()
  expect(await part('unlock').count()).toBe(0)
})

test('[LOCK8] what came of an answer is there again after a lock in the middle of it', async () => {
  const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }
  const delta = { choices: [{ index: 0, delta: { content: 'Seven jars, and behind them' } }] }
  // It begins an answer and never ends it.
  const model = createServer(({ method }, response) => {
    response.writeHead(method === 'POST' ? 200 : 204, {
      ...cors,
      'content-type': 'text/event-stream',
    })
    if (method === 'POST') response.write(`data: ${JSON.stringify(delta)}\n\n`)
    else response.end()
  })
  const tab = await host.visit('#/settings')
  const { page, part } = tab
  await part('provider-url').fill(`${await listenOnLoopback(model)}/v1`)
  await part('provider-model').fill('pantry')
  await part('new-passphrase').fill(PASSPHRASE)
  await part('new-passphrase-again').fill(PASSPHRASE)
  await part('encrypt').click()
  await part('encryption-said').getByText('Everything is encrypted').waitFor()
  await part('new-session').click()
  await tab.draft.fill('How many jars are there?')
  await tab.send.click()
  await page.locator('.bf-conversation').getByText('behind them').waitFor()
  await part('lock-now').click()
  await part('unlock').waitFor()
  await expect.poll(() => readPage(tab), SOON).not.toMatch(/jars/)
  await unlock(tab, PASSPHRASE)
  await page.locator('.bf-conversation').getByText('Seven jars, and behind them').waitFor()
  await closeServer(model)
})
