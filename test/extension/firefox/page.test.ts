import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeServer, listenOnLoopback } from '../../support/loopback.ts'
import { addLinePage } from '../add-line-page.ts'
import { builtExtension } from '../built-extension.ts'
import { whyNoFirefox } from './find-firefox.ts'
import type { FirefoxPage } from './firefox-page.ts'
import { openFirefox, type Firefox } from './open-firefox.ts'

const skips = whyNoFirefox()
const note = skips ? ` (skipped: ${skips})` : ''

const ID = 'backfold@backfold.dev'
const UUID = '0b6a3c0e-6d1c-4a77-9a57-5a1d7f0f6b1e'

let firefox: Firefox
let line: FirefoxPage
let folder: string
let server: Server
let origin: string

beforeAll(async () => {
  if (skips) return
  folder = mkdtempSync(join(tmpdir(), 'backfold-firefox-page-'))
  const unpacked = join(folder, 'unpacked')
  cpSync(builtExtension('firefox'), unpacked, { recursive: true })
  await addLinePage(unpacked)
  server = createServer((request, response) => {
    const isPage = request.method === 'GET' && request.url === '/'
    response.writeHead(200, { 'content-type': isPage ? 'text/html' : 'application/json' })
    const message = { role: 'assistant', content: 'Yes.' }
    const answer = { id: 'c', choices: [{ index: 0, message, finish_reason: 'stop' }] }
    const props = { default_generation_settings: { n_ctx: 7_777 } }
    const said = request.url === '/props' ? props : answer
    request.resume().on('end', () => {
      response.end(isPage ? '<!doctype html><title>chat</title>' : JSON.stringify(said))
    })
  })
  origin = await listenOnLoopback(server)
  firefox = await openFirefox({ uuids: { [ID]: UUID } })
  await firefox.install(unpacked)
  line = await firefox.open(`moz-extension://${UUID}/line.html`)
  await line.until('globalThis.line !== undefined')
})
afterAll(async () => {
  if (skips) return
  await firefox.close()
  await closeServer(server)
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

test.skipIf(skips)(
  `[WRAP9, BRIDGE3, TOLD3] in Firefox the wrapper is given its port, and what a page sends reaches the host${note}`,
  async () => {
    await line.evaluate(
      `chrome.storage.local.set({ settings: { sites: { ${JSON.stringify(origin)}: { isOn: true } } } })`,
    )
    const scripts = 'chrome.scripting.getRegisteredContentScripts().then(({ length }) => length)'
    await expect.poll(async () => line.evaluate(scripts)).toBe(2)
    const page = await firefox.open(`${origin}/`)
    const ask = (turns: number): Promise<string> =>
      page.evaluate(`(async () => {
        const messages = Array.from({ length: ${turns} }, (_, at) => ({
          role: at % 2 === 0 ? 'user' : 'assistant', content: 'Turn ' + at,
        }))
        const response = await fetch('/v1/chat/completions', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'm', messages }),
        })
        return response.url + ' ' + response.type + ' ' + (await response.json()).choices[0].message.content
      })()`)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    expect(await ask(3)).toBe(`${origin}/v1/chat/completions basic Yes.`)
    expect(await ask(5)).toBe(`${origin}/v1/chat/completions basic Yes.`)
    const requests = `line.rpc.ask('requests', {}).then(({ length }) => length)`
    await expect.poll(async () => line.evaluate(requests)).toBe(2)
    const window = `line.rpc.ask('tabs', null).then((tabs) => tabs.find(({ gauge }) => gauge)?.gauge.window)`
    await expect.poll(async () => line.evaluate(window)).toBe(7_777)
  },
)
