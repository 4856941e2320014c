import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright'
import { MAX_PLAN_MS } from '../../extension/page/wrap-fetch.ts'
import type { TabState } from '../../extension/wire/panel-wire.ts'
import { closeServer, listenOnLoopback } from '../support/loopback.ts'
import type { LineScope } from './line-page.ts'
import { openExtension, until, type ExtensionHost } from './open-extension.ts'

let host: ExtensionHost
let server: Server
let origin: string
let bodies: string[] = []

/** Nothing but what the page's own script and requests need. */
const CSP =
  "default-src 'none'; script-src 'nonce-a'; connect-src 'self'; require-trusted-types-for 'script'"

beforeAll(async () => {
  server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const json = (body: unknown): void =>
        void response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify(body))
      if (request.url === '/props') json({ default_generation_settings: { n_ctx: 7_777 } })
      else if (request.method === 'POST') {
        bodies.push(Buffer.concat(pieces).toString('utf8'))
        const message = { role: 'assistant', content: `Answer ${bodies.length}.` }
        json({
          id: 'c',
          object: 'chat.completion',
          choices: [{ index: 0, message, finish_reason: 'stop' }],
        })
      } else {
        response
          .writeHead(200, { 'content-type': 'text/html', 'content-security-policy': CSP })
          .end(
            `<!doctype html><title>chat</title><script nonce="a">
              const { port1, port2 } = new MessageChannel()
              globalThis.caught = []
              port1.onmessage = ({ data }) => caught.push(data)
              addEventListener('message', ({ data }) => caught.push(data), true)
              const forged = { data: 'backfold:port', source: window, ports: [port2] }
              dispatchEvent(new MessageEvent('message', forged))
              caught.splice(0)
              globalThis.ask = async (messages) => {
                const response = await fetch('/v1/chat/completions', {
                  method: 'POST',
                  headers: { 'content-type': 'application/json' },
                  body: JSON.stringify({ model: 'm', messages }),
                })
                return (await response.json()).choices[0].message
              }
            </script>`,
          )
      }
    })
  })
  origin = await listenOnLoopback(server)
  host = await openExtension()
})
afterAll(async () => {
  await host.close()
  await closeServer(server)
})

interface Asking {
  readonly caught: readonly unknown[]
  ask(messages: readonly object[]): Promise<object>
}

/** Lets a page chat for some turns as its own code does, with the whole history each time. */
function chat(page: Page, turns: number): Promise<readonly object[]> {
  return page.evaluate(async (count) => {
    const messages: object[] = []
    for (let turn = 0; turn < count; turn += 1) {
      messages.push({ role: 'user', content: `Question ${turn} about the weather in Bergen.` })
      messages.push(await (globalThis as unknown as Asking).ask(messages))
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    return messages
  }, turns)
}

test('[WRAP1, WRAP9, BRIDGE3, TOLD3] under a strict policy a chat is looked at, its answers are kept, and its window is found', async () => {
  await host.enable(origin)
  const page = await host.context.newPage()
  await page.goto(origin)
  await until(() => host.hasOffscreen())
  bodies = []
  const messages = await chat(page, 4)
  expect(messages).toHaveLength(8)
  expect(bodies).toHaveLength(4)
  expect(JSON.parse(bodies[3] ?? '')).toEqual({ model: 'm', messages: messages.slice(0, 7) })
  const line = await host.openLine()
  const tabs = (): Promise<readonly TabState[]> =>
    line.evaluate(() => (globalThis as unknown as LineScope).line.rpc.ask('tabs', null))
  const gaugeOf = async (): Promise<unknown> =>
    (await tabs()).find(({ origin: of }) => of === origin)?.gauge
  await expect.poll(gaugeOf).toMatchObject({ window: 7_777, windowFrom: 'server' })
  const [logged] = await line.evaluate(() =>
    (globalThis as unknown as LineScope).line.rpc.ask('requests', {}),
  )
  expect(logged).toMatchObject({ origin, url: `${origin}/v1/chat/completions`, kind: 'passed' })
  expect(host.complaints.filter((text) => !text.includes('favicon'))).toEqual([])
  // Its first script has tried to give a port of its own, and to see the bridge's.
  expect(await page.evaluate(() => (globalThis as unknown as Asking).caught)).toEqual([])
  await page.close()
})

test('[BRIDGE7] a page whose extension was loaded anew goes on as if there had been none', async () => {
  const page = await host.context.newPage()
  await page.goto(origin)
  await until(() => host.hasOffscreen())
  expect(await chat(page, 1)).toHaveLength(2)
  const desk = await host.desk()
  await desk.evaluate(() => chrome.runtime.reload()).catch(() => {})
  const waits = await page.evaluateHandle(() => {
    const asked: (number | undefined)[] = []
    const after = setTimeout.bind(globalThis)
    const noted = (act: () => void, ms?: number): unknown => after(act, asked.push(ms) && ms)
    Object.assign(globalThis, { setTimeout: noted })
    return asked
  })
  const isWaiting = async (turns: number): Promise<boolean> => {
    await waits.evaluate((asked) => void asked.splice(0))
    expect(await chat(page, turns)).toHaveLength(2 * turns)
    return waits.evaluate((asked, ms) => asked.includes(ms), MAX_PLAN_MS)
  }
  await expect.poll(() => isWaiting(1)).toBe(false)
  bodies = []
  // Nobody is asked any more, so nothing is waited for.
  expect(await isWaiting(3)).toBe(false)
  expect(bodies).toHaveLength(3)
})
