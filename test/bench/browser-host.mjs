import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { chromium } from 'playwright'
import { BROWSER_ARGS, ensureBrowser } from '../support/browser.mjs'
import { bundle } from './bundle.mjs'

/** Chromium has two storage engines for IndexedDB; both are in use, so both are measured. */
export const STORAGE_ENGINES = {
  LevelDB: '--disable-features=IdbSqliteBackingStore',
  SQLite: '--enable-features=IdbSqliteBackingStore',
}

/** What the page loads, each in a file of its own. */
const ENTRIES = {
  page: 'test/bench/page.ts',
  client: 'src/index.ts',
  'main-thread-engine': 'test/bench/main-thread-engine.ts',
  'storage-worker': 'test/bench/storage-worker.ts',
}

const TYPES = { '.html': 'text/html', '.js': 'text/javascript' }

/** Isolated, because only then clocks in the page have a resolution of 5 µs. */
const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cache-control': 'no-store',
}

const HTML =
  '<!doctype html><meta charset="utf-8"><title>bench</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>'

/**
 * Bundles the pages and serves them on a free port of 127.0.0.1.
 *
 * @param {Record<string, string>} entries - What is loaded, by the name that it is loaded by; `page` at once.
 * @returns {Promise<{ url: string, close(): void }>}
 */
export async function servePages(entries = ENTRIES) {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-bench-'))
  for (const [name, entry] of Object.entries(entries)) await bundle({ entry, name, outDir: folder })
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
    const type = TYPES[extname(path)] ?? 'text/html'
    try {
      const body = path === '/' ? HTML : readFileSync(join(folder, path))
      response.writeHead(200, { ...HEADERS, 'content-type': type }).end(body)
    } catch {
      response.writeHead(404, HEADERS).end()
    }
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.close()
      server.closeAllConnections()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * A browser with a profile on disk, which outlives the browser: an ordinary new context keeps its
 * IndexedDB in memory only.
 *
 * @param {{ url: string, storage: keyof typeof STORAGE_ENGINES }} options
 */
export async function createBrowserHost({ url, storage }) {
  const profile = mkdtempSync(join(tmpdir(), 'backfold-bench-profile-'))
  const executablePath = await ensureBrowser(console.error)
  let context
  let version = ''

  const open = async () => {
    context = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      args: [...BROWSER_ARGS, STORAGE_ENGINES[storage]],
    })
    version = context.browser()?.version() ?? ''
    return openPage()
  }
  const openPage = async () => {
    const page = await context.newPage()
    page.on('pageerror', (error) => console.error(`page: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error') console.error(`page: ${message.text()}`)
    })
    await page.goto(url)
    await page.waitForFunction(() => 'bench' in globalThis)
    return page
  }
  const stop = async () => {
    await context?.close()
    context = undefined
  }

  return {
    storage,
    version: () => version,
    /** Numbers of the browser's processes that run pages and their workers. */
    async renderers() {
      const session = await context.browser().newBrowserCDPSession()
      const { processInfo } = await session.send('SystemInfo.getProcessInfo')
      await session.detach()
      return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
    },
    /** A new page, in a running browser or a new one. */
    newPage: () => (context ? openPage() : open()),
    /**
     * Ends the browser's processes and starts new ones on the same profile.
     *
     * @param {{ cold?: boolean }} options - `cold` drops the databases' files from the page cache first.
     */
    async restart({ cold = false } = {}) {
      await stop()
      if (cold) dropFromCache(profile)
      return open()
    },
    async close() {
      await stop()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Calls a function of the page's bench by name; what goes in and out is plain data. */
export function call(page, name, ...args) {
  return page.evaluate(([method, values]) => globalThis.bench[method](...values), [name, args])
}

/** Of the profile's databases, not of the browser's own files: `dd` asks the system to forget a file. */
function dropFromCache(profile) {
  const files = readdirSync(profile, { recursive: true, withFileTypes: true })
  for (const file of files) {
    const path = join(file.parentPath, file.name)
    if (!file.isFile() || !/IndexedDB|WebStorage/.test(path)) continue
    execFileSync('dd', [
      `of=${path}`,
      'oflag=nocache',
      'conv=notrunc,fdatasync',
      'count=0',
      'status=none',
    ])
  }
}
