import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser } from 'playwright'
import { build, preview } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BROWSER_ARGS, findBrowser } from '../support/browser.mjs'
import { installPacked } from '../support/install-packed.mjs'

const host = mkdtempSync(join(tmpdir(), 'backfold-host-'))
let browser: Browser

/** Ends by putting what came back, or what went wrong, into the title. */
const SCRIPT = `
import { openBackfold } from 'backfold'

async function run() {
  const backfold = await openBackfold()
  const session = await backfold.session('a')
  await session.append({ role: 'user', content: 'hello' })
  const { messages } = await session.context()
  await backfold.close()
  return JSON.stringify(messages)
}
run().then(
  (text) => (document.title = text),
  (error) => (document.title = 'failed: ' + error.message),
)
`

const BUNDLED = '<!doctype html><title></title><script type="module" src="./host.js"></script>'
const PLAIN = `<!doctype html><title></title>
<script type="importmap">{ "imports": { "backfold": "./backfold/index.js" } }</script>
<script type="module" src="./host.js"></script>`

/** Serves a folder, opens its page and waits for the title. */
async function readTitle(folder: string): Promise<string> {
  const server = await preview({
    configFile: false,
    root: host,
    logLevel: 'error',
    appType: 'mpa',
    build: { outDir: folder },
    preview: { host: '127.0.0.1', port: 42_100 },
  })
  const page = await browser.newPage()
  try {
    await page.goto(server.resolvedUrls?.local[0] ?? '')
    await page.waitForFunction(() => document.title !== '')
    return await page.title()
  } finally {
    await page.close()
    await server.close()
  }
}

beforeAll(async () => {
  const executablePath = findBrowser()
  installPacked(host)
  browser = await chromium.launch({
    args: [...BROWSER_ARGS],
    ...(executablePath ? { executablePath } : {}),
  })
})

afterAll(async () => {
  await browser.close()
  rmSync(host, { recursive: true })
})

test('[PKG1] a host that bundles the published package gets its workers with it', async () => {
  const source = mkdtempSync(join(host, 'source-'))
  writeFileSync(join(source, 'index.html'), BUNDLED)
  writeFileSync(join(source, 'host.js'), SCRIPT)
  const outDir = join(host, 'bundled')
  await build({
    configFile: false,
    root: source,
    logLevel: 'error',
    build: { outDir },
  })
  expect(JSON.parse(await readTitle(outDir))).toEqual([{ role: 'user', content: 'hello' }])
})

test('[PKG2] a page without a bundler runs the published files as they are', async () => {
  const folder = mkdtempSync(join(host, 'plain-'))
  cpSync(join(host, 'node_modules/backfold/dist'), join(folder, 'backfold'), { recursive: true })
  writeFileSync(join(folder, 'index.html'), PLAIN)
  writeFileSync(join(folder, 'host.js'), SCRIPT)
  expect(JSON.parse(await readTitle(folder))).toEqual([{ role: 'user', content: 'hello' }])
})
