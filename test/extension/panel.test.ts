import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright'
import { startChatPageServer, type ChatPageServer } from '../support/chat-pages/chat-page-server.ts'
import type { LineScope } from './line-page.ts'
import { openExtension, type ExtensionHost } from './open-extension.ts'

let host: ExtensionHost
let server: ChatPageServer
let chat: Page
let panel: Page

/** What the chat page offers to tests. */
interface ChatScope {
  readonly app: { say(text: string): Promise<string> }
}

const say = (text: string): Promise<string> =>
  chat.evaluate((said) => (globalThis as unknown as ChatScope).app.say(said), text)

beforeAll(async () => {
  server = await startChatPageServer()
  host = await openExtension()
  chat = await host.context.newPage()
  await chat.goto(server.origin)
  const desk = await host.desk()
  const tab = await desk.evaluate(
    async (url) => (await chrome.tabs.query({})).find((one) => one.url?.startsWith(url))?.id,
    server.origin,
  )
  panel = await host.openPage(`panel.html?tab=${tab}`)
})
afterAll(async () => {
  await host?.close()
  await server?.close()
})

test('[PANEL20] the first steps come first, and are skipped for good', async () => {
  await panel.getByTestId('intro-skip').click()
  await panel.getByTestId('enable').waitFor()
  await panel.reload()
  await panel.getByTestId('enable').waitFor()
  expect(await panel.getByTestId('intro').count()).toBe(0)
  // Without its looks it would be there all the same.
  expect(await panel.locator('.side').evaluate((side) => getComputedStyle(side).display)).toBe(
    'flex',
  )
})

test('[PANEL17] a site is enabled by one click and begins with the next load', async () => {
  await panel.getByTestId('enable').click()
  await expect.poll(host.registered).not.toEqual([])
  await panel.getByTestId('reload').click()
  await panel.locator('[data-view="nothing-yet"]').waitFor()
})

test('[PANEL18] what is said is archived, counted, folded and listed', async () => {
  for (let turn = 1; turn <= 6; turn += 1) {
    await say(`Question ${turn}: what is at berth ${turn * 11}? ${'Look closely. '.repeat(60)}`)
  }
  await panel.getByTestId('gauge-tokens').waitFor()
  await panel.getByTestId('fold-now').click()
  const outcome = panel.getByTestId('said')
  await expect.poll(() => outcome.textContent()).toMatch(/Generation|Fold/)
  await panel.getByRole('tab', { name: 'Messages' }).click()
  await expect.poll(() => panel.getByTestId('messages').textContent()).toContain('berth 66')
  await panel.getByRole('tab', { name: 'Requests' }).click()
  await expect.poll(() => panel.getByTestId('request').count()).toBe(6)
})

test('[PANEL18] a hand-off is prepared and filled into the composer, and not sent', async () => {
  const before = server.arrived.length
  await panel.getByTestId('continue').click()
  const text = await panel.getByTestId('hand-off-text').inputValue()
  expect(text).toContain('# Hand-off')
  await panel.getByTestId('fill-here').click()
  await panel.locator('.told').waitFor()
  expect(await panel.locator('.told').textContent()).toContain('It is in the composer')
  expect(await chat.locator('#input').inputValue()).toBe(text)
  expect(server.arrived.length).toBe(before)
})

test('[PANEL16, KEEP32] the archive lists what was said, and where a chat lives', async () => {
  const line = await host.openLine()
  await line.evaluate(async () => {
    const { backfold } = (globalThis as unknown as LineScope).line
    const session = await backfold.session('hosted')
    await session.append({ role: 'user', content: 'Where is the pilot?' })
    const origin = 'http://127.0.0.1'
    const chat = { site: 'chatgpt', origin, conversation: 'c', url: `${origin}/c/1` }
    await session.describe({ title: 'Pilots', host: { chat: JSON.stringify(chat) } })
  })
  const archive = await host.openPage('archive.html')
  await expect.poll(() => archive.locator('.kept-link').count()).toBe(2)
  await archive.getByRole('link', { name: 'Pilots' }).click()
  await archive.getByTestId('elsewhere').waitFor()
  expect(await archive.getByTestId('elsewhere').textContent()).toContain('127.0.0.1')
  expect(await archive.getByText('Where is the pilot?').count()).toBeGreaterThan(0)
  expect(await archive.locator('.chat-composer').count()).toBe(0)
  expect(await archive.getByText('There is no answer yet').count()).toBe(0)
})

test('[OPT2] the options list the site, and what is turned off there ends', async () => {
  const options = await host.openPage('options.html')
  await options.locator('[data-testid="site-item"] summary').click()
  await options.getByTestId('switch-isOn').click()
  await panel.locator('[data-view="off"]').waitFor()
  await expect.poll(host.registered).toEqual([])
  // The page that is chatted on has no icon.
  expect(host.complaints.filter((said) => !said.includes('404'))).toEqual([])
})
