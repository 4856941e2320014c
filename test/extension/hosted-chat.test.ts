import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TabState } from '../../extension/wire/panel-wire.ts'
import { serveChatSite, type ChatSite } from '../support/site-pages/serve-chat-site.ts'
import type { LineScope } from './line-page.ts'
import { openExtension, until, type ExtensionHost } from './open-extension.ts'

const COMPOSER = '.ProseMirror'
const SEND = '[data-testid=send-button]'

const EXCHANGES = Array.from(
  { length: 6 },
  (_, i) =>
    [
      `Which berth for ship ${i}?`,
      `Berth ${i * 3} for ship ${i}: **deep enough**, and free until ${i + 10} h.`,
    ] as const,
)

describe.each(['chatgpt', 'claude'] as const)('a chat like %s', (kind) => {
  let host: ExtensionHost
  let site: ChatSite
  let line: Page

  beforeAll(async () => {
    host = await openExtension()
    site = await serveChatSite({ kind })
    await host.enable(site.origin, { windows: { '': 100_000 } })
    line = await host.openLine()
  })
  afterAll(async () => {
    await host.close()
    await site.close()
  })

  const open = async (url: string): Promise<Page> => {
    const page = await host.context.newPage()
    await page.goto(url)
    return page
  }
  const say = async (page: Page, text: string): Promise<void> => {
    await page.locator(COMPOSER).click()
    await page.keyboard.type(text)
    await page.locator(SEND).click()
    await page.getByText(`You said: ${text}`).waitFor()
  }
  const tabs = (): Promise<readonly TabState[]> =>
    line.evaluate(async () => (globalThis as unknown as LineScope).line.rpc.ask('tabs', null))
  /** The newest texts of the session that a title belongs to, on its active path and in all of its log. */
  const logOf = (title: string): Promise<{ active: string[]; all: string[] } | null> =>
    line.evaluate(async (wanted) => {
      const { backfold } = (globalThis as unknown as LineScope).line
      const found = (await backfold.sessions()).find(({ details }) => details.title === wanted)
      if (!found || found.messages === 0) return null
      const session = await backfold.session(found.id)
      const log = await session.recall({ from: 1, to: session.state.get().newest })
      if (log.kind !== 'messages') return null
      const told = log.messages.map((message) => ({
        isActive: message.active,
        text: message.parts.map((part) => ('text' in part ? part.text : '')).join(''),
      }))
      return {
        active: told.filter(({ isActive }) => isActive).map(({ text }) => text),
        all: told.map(({ text }) => text),
      }
    }, title)

  test('[HOSTED1] a conversation is archived as its site tells it, with what is said from then on', async () => {
    const page = await open(site.seed('Berths', EXCHANGES))
    const expected = EXCHANGES.flat()
    await expect.poll(async () => (await logOf('Berths'))?.active).toEqual(expected)
    await say(page, 'And the tide?')
    const more = [...expected, 'And the tide?', 'You said: **And the tide?**']
    await expect.poll(async () => (await logOf('Berths'))?.active).toEqual(more)
    const tab = async (): Promise<TabState | undefined> =>
      (await tabs()).find(({ site: found }) => found === kind)
    await expect.poll(async () => (await tab())?.gauge?.tokens).toBeGreaterThan(100)
    expect(await tab()).toMatchObject({ kind: 'hosted', isTemporary: false, origin: site.origin })
    const gauge = { window: 100_000, windowFrom: 'person', level: 'ok' }
    expect((await tab())?.gauge).toMatchObject(gauge)
    await page.close()
  })

  test('[HOSTED2] what is edited becomes a branch; nothing of the other is lost', async () => {
    const page = await open(site.seed('Edits', EXCHANGES))
    await expect.poll(async () => (await logOf('Edits'))?.active.length).toBe(12)
    await page.locator('[data-edit]').last().click()
    const edited = `${EXCHANGES[5]?.[0]} (edited)`
    await page.getByText(`You said: ${edited}`).waitFor()
    const expected = [...EXCHANGES.flat().slice(0, 10), edited, `You said: **${edited}**`]
    await expect.poll(async () => (await logOf('Edits'))?.active).toEqual(expected)
    expect((await logOf('Edits'))?.all).toEqual(expect.arrayContaining(EXCHANGES.flat()))
    await page.close()
  })

  test('[HOSTED3] a hand-off is put into a new chat, read back, and not sent; the chats are linked', async () => {
    const page = await open(site.seed('Handed', EXCHANGES))
    await expect.poll(async () => (await logOf('Handed'))?.active.length).toBe(12)
    // Those that were closed are listed for a while.
    await until(async () => (await tabs()).length === 1)
    const [known] = await tabs()
    if (!known?.session) throw new Error('the tab has no session')
    await page.locator('#new').click()
    await until(async () => page.url().endsWith(kind === 'chatgpt' ? '/' : '/new'))
    const asked = site.requests.length
    const text = 'Go on with this:\n\n- berth 3 is **deep**\n- the tide turns at 5\n\nAsk first.'
    const outcome = await line.evaluate(
      async ([from, tab, handed]) =>
        (globalThis as unknown as LineScope).line.rpc.ask('handOff', {
          from,
          tab,
          text: handed,
          replaces: false,
        }),
      [known.session, known.tab, text] as const,
    )
    expect(outcome).toEqual({ kind: 'filled', as: 'text' })
    expect((await page.locator(COMPOSER).innerText()).replaceAll(/\n+/g, '\n')).toBe(
      text.replaceAll(/\n+/g, '\n'),
    )
    expect(site.requests.slice(asked).filter((one) => one.startsWith('POST'))).toEqual([])
    await page.locator(SEND).click()
    await expect
      .poll(() =>
        line.evaluate(
          async (from) =>
            (await (globalThis as unknown as LineScope).line.backfold.sessions()).some(
              ({ details }) => details.host['from'] === from,
            ),
          known.session,
        ),
      )
      .toBe(true)
    await page.close()
  })

  test('[HOSTED4] contexts that are ended while an answer comes lose nothing of it', async () => {
    const page = await open(site.seed('Ended', EXCHANGES))
    await expect.poll(async () => (await logOf('Ended'))?.active.length).toBe(12)
    const ends = [host.killServiceWorker, host.closeOffscreen, host.crashOffscreen]
    for (const [i, end] of ends.entries()) {
      const saying = say(page, `Is it ended ${i}?`)
      await end()
      await saying
    }
    const said = ends.flatMap((_, i) => [`Is it ended ${i}?`, `You said: **Is it ended ${i}?**`])
    await expect
      .poll(async () => (await logOf('Ended'))?.active)
      .toEqual([...EXCHANGES.flat(), ...said])
    await page.close()
  })

  test('[HOSTED5] two tabs with one conversation, and a reload, leave one log with every message once', async () => {
    const url = site.seed('Twice', EXCHANGES)
    const [one, other] = [await open(url), await open(url)]
    await say(one, 'From the first tab?')
    await other.reload()
    await other.getByText('You said: From the first tab?').waitFor()
    const expected = [
      ...EXCHANGES.flat(),
      'From the first tab?',
      'You said: **From the first tab?**',
    ]
    await expect.poll(async () => (await logOf('Twice'))?.all).toEqual(expected)
    await one.close()
    await other.close()
  })
})

test('[HOSTED6] a temporary chat is not stored, and says so', async () => {
  const host = await openExtension()
  const site = await serveChatSite({ kind: 'chatgpt' })
  await host.enable(site.origin)
  const line = await host.openLine()
  const page = await host.context.newPage()
  await page.goto(`${site.seed('Secret', EXCHANGES)}?temporary-chat=true`)
  const state = (): Promise<readonly TabState[]> =>
    line.evaluate(async () => (globalThis as unknown as LineScope).line.rpc.ask('tabs', null))
  await expect.poll(async () => (await state())[0]?.isTemporary).toBe(true)
  expect((await state())[0]).toMatchObject({ session: null, gauge: null })
  const kept = await line.evaluate(async () =>
    (globalThis as unknown as LineScope).line.backfold.sessions(),
  )
  expect(kept).toEqual([])
  await host.close()
  await site.close()
})

test('[HOSTED6] a page that becomes temporary where it is says no more to the archive', async () => {
  const host = await openExtension()
  const site = await serveChatSite({ kind: 'chatgpt' })
  await host.enable(site.origin)
  const line = await host.openLine()
  const page = await host.context.newPage()
  await page.goto(site.seed('Berths', EXCHANGES))
  const messages = (): Promise<number | undefined> =>
    line.evaluate(
      async () =>
        (await (globalThis as unknown as LineScope).line.backfold.sessions())[0]?.messages,
    )
  await expect.poll(messages).toBe(EXCHANGES.length * 2)
  await page.evaluate(() => {
    const label = document.createElement('div')
    label.dataset['testid'] = 'temporary-chat-label'
    document.body.append(label)
  })
  await page.locator(COMPOSER).click()
  await page.keyboard.type('A secret')
  await page.locator(SEND).click()
  await page.getByText('You said: A secret').waitFor()
  const isTemporary = async (): Promise<boolean | undefined> => {
    const tabs = await line.evaluate(async () =>
      (globalThis as unknown as LineScope).line.rpc.ask('tabs', null),
    )
    return tabs[0]?.isTemporary
  }
  await expect.poll(isTemporary).toBe(true)
  expect(await messages()).toBe(EXCHANGES.length * 2)
  await host.close()
  await site.close()
})
