import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright'
import type { LineScope } from './line-page.ts'
import { openExtension, until, type ExtensionHost } from './open-extension.ts'

let host: ExtensionHost
let page: Page

beforeAll(async () => {
  host = await openExtension()
  page = await host.openLine()
})
afterAll(() => host.close())

/** Runs in the page. */
const append = (text: string): Promise<number> =>
  page.evaluate(async (content) => {
    const { line } = globalThis as unknown as LineScope
    const session = await line.backfold.session('kept')
    await session.append({ role: 'user', content })
    return session.state.get().messages
  }, text)

const stateOf = (): Promise<string> =>
  page.evaluate(() => (globalThis as unknown as LineScope).line.state.get())

const losses = (): Promise<number> => page.evaluate(() => (globalThis as unknown as LineScope).lost)

const texts = (): Promise<readonly string[]> =>
  page.evaluate(async () => {
    const { line } = globalThis as unknown as LineScope
    const session = await line.backfold.session('kept')
    const { messages } = await session.context<{ readonly content: string }>({ format: 'openai' })
    return messages.map(({ content }) => content)
  })

test('[HOST1, RPC5] a page gets the archive through the host, which is started for it', async () => {
  await append('the first')
  expect(await host.hasOffscreen()).toBe(true)
  expect(await stateOf()).toBe('connected')
  expect(await texts()).toEqual(['the first'])
})

test('[HOST8] killing the service worker changes nothing', async () => {
  await host.killServiceWorker()
  await append('the second')
  expect(await texts()).toEqual(['the first', 'the second'])
  expect(await stateOf()).toBe('connected')
})

test('[RPC6, RPC7] a page finds the next host, and nothing that was stored is lost', async () => {
  const before = await losses()
  await host.closeOffscreen()
  await until(async () => (await losses()) > before)
  await append('the third')
  expect(await texts()).toEqual(['the first', 'the second', 'the third'])
  const between = await losses()
  await host.crashOffscreen()
  await until(async () => (await losses()) > between)
  await append('the fourth')
  expect(await texts()).toEqual(['the first', 'the second', 'the third', 'the fourth'])
  await until(async () => (await stateOf()) === 'connected')
  expect(host.complaints).toEqual([])
})

test('[RPC7, JOB3] a host that dies in the middle of a job loses nothing, and the fold is made by the next one', async () => {
  const ready = page.evaluate(async () => {
    const { line } = globalThis as unknown as LineScope
    const session = await line.backfold.session('folded', {
      budget: { tokens: 8_000 },
      automatic: false,
    })
    for (let at = 0; at < 60; at += 1) {
      const words = Array.from({ length: 200 }, (_, word) => `word${(at * word) % 997}`).join(' ')
      await session.append(
        { role: 'user', content: `question ${at}: ${words}` },
        { role: 'assistant', content: `answer ${at}: ${words}` },
      )
    }
    return session.compact().then(
      ({ kind }) => kind,
      (failure: unknown) => (failure as { code: string }).code,
    )
  })
  await until(() =>
    page.evaluate(async () => {
      const { line } = globalThis as unknown as LineScope
      const sessions = await line.backfold.sessions()
      return sessions.some(({ id, messages }) => id === 'folded' && messages === 120)
    }),
  )
  await host.closeOffscreen()
  expect(['WORKER_LOST', 'ready']).toContain(await ready)
  const after = await page.evaluate(async () => {
    const { line } = globalThis as unknown as LineScope
    const session = await line.backfold.session('folded')
    const { kind } = await session.compact()
    await session.apply()
    const { messages } = await session.context({ format: 'openai' })
    const all = await session.recall({ from: 1, to: 200 })
    return {
      kind,
      isShorter: messages.length < 120,
      kept: all.kind === 'messages' ? all.messages.length : 0,
    }
  })
  expect(after).toMatchObject({ kind: 'ready', isShorter: true, kept: 120 })
})
