/**
 * Measures what the extension's wrapper adds to a request of a page in which it has no interest, beside native `fetch`.
 *
 *     node test/bench/extension-page.mjs
 */
import { createServer } from 'node:http'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { build } from 'vite'
import { BROWSER_ARGS, ensureBrowser } from '../support/browser.mjs'

/** Most that a request may cost more, in milliseconds. */
const BAR_MS = 1
const ROUNDS = 15
const CALLS = 40

const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

const built = await build({
  configFile: false,
  root: join(import.meta.dirname, '../..'),
  logLevel: 'error',
  build: {
    write: false,
    target: 'chrome120',
    lib: { entry: 'extension/page/page.ts', formats: ['iife'], name: 'backfold' },
  },
})
const script = built[0].output[0].code
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/html' }).end('<!doctype html>')
  })
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${server.address().port}/`
const executablePath = await ensureBrowser(console.error)
const browser = await chromium.launch({ executablePath, args: BROWSER_ARGS })
try {
  const page = await browser.newPage()
  await page.goto(url)
  await page.evaluate(() => {
    globalThis.nativeFetch = globalThis.fetch
  })
  await page.addScriptTag({ content: script })
  const rows = await page.evaluate(measure, { rounds: ROUNDS, calls: CALLS })
  let isMet = true
  for (const { name, native, wrapped } of rows) {
    const added = wrapped - native
    isMet &&= added <= BAR_MS
    console.log(
      `${name.padEnd(44)} native ${native.toFixed(4)} ms, wrapped ${wrapped.toFixed(4)} ms, added ${added.toFixed(4)} ms`,
    )
  }
  console.log(`bar: at most ${BAR_MS} ms; ${isMet ? 'met' : 'MISSED'}`)
  process.exitCode = isMet ? 0 : 1
} finally {
  await browser.close()
  server.close()
  server.closeAllConnections()
}

/** Runs in the page: time on its thread until the call gives its promise, the median of rounds, both in turn. */
async function measure({ rounds, calls }) {
  const { nativeFetch: native, fetch: wrapped } = globalThis
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {}
  port1.postMessage({ tell: 'mode', payload: { rewrites: true, rescues: true, observes: true } })
  globalThis.postMessage('backfold:port', '*', [port2])
  await new Promise((resolve) => setTimeout(resolve, 100))
  const headers = { 'content-type': 'application/json' }
  const json = (length) =>
    JSON.stringify({ events: [{ name: 'a', role: 'x', text: 'lorem '.repeat(length / 6) }] })
  const kinds = {
    GET: {},
    'POST of JSON, 1 kB': { method: 'POST', headers, body: json(1_000) },
    'POST of JSON, 100 kB': { method: 'POST', headers, body: json(100_000) },
    'POST of JSON, 1 MB': { method: 'POST', headers, body: json(1_000_000) },
    'POST of one message, 1 MB': {
      method: 'POST',
      headers,
      body: JSON.stringify({ messages: [{ role: 'user', content: 'lorem '.repeat(170_000) }] }),
    },
    'POST of bytes, 100 kB': { method: 'POST', body: new Uint8Array(100_000) },
    'POST of a form': { method: 'POST', body: new URLSearchParams({ a: 'b' }) },
  }
  const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]
  const rows = []
  for (const [name, init] of Object.entries(kinds)) {
    const times = { native: [], wrapped: [] }
    for (let round = 0; round < rounds; round += 1) {
      for (const [who, send] of [
        ['native', native],
        ['wrapped', wrapped],
      ]) {
        const pending = []
        let spent = 0
        for (let call = 0; call < calls; call += 1) {
          const from = performance.now()
          const answer = send('/', init)
          spent += performance.now() - from
          pending.push(answer)
          if (pending.length >= 4) await Promise.all(pending.splice(0))
        }
        await Promise.all(pending)
        times[who].push(spent / calls)
      }
    }
    rows.push({ name, native: median(times.native), wrapped: median(times.wrapped) })
  }
  return rows
}
