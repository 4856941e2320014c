import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { gzipSync } from 'node:zlib'
import axe from 'axe-core'
import { chromium, type BrowserContext, type Locator, type Page } from 'playwright'
import { BROWSER_ARGS, findBrowser } from '../support/browser.mjs'
import { closeServer, listenOnLoopback } from '../support/loopback.ts'
import { PATIENCE_MS } from '../support/patience.ts'

/** One tab of the app. */
export interface AppTab {
  readonly page: Page
  /** Errors on the console, uncaught ones, and breaches of the page's policy. */
  readonly complaints: readonly string[]
  part(id: string): Locator
  /** Where a person writes. */
  readonly draft: Locator
  /** What sends it. */
  readonly send: Locator
}

/** The built app on a server of its own, and one browser profile on disk to visit it with. */
export interface AppHost {
  readonly context: BrowserContext
  readonly address: string
  /** Bytes that the server sent, gzipped, by path, since the last call. */
  takeSent(): ReadonlyMap<string, number>
  visit(hash?: string): Promise<AppTab>
  /** Cuts the network: the browser is offline and the server is gone. */
  cut(): Promise<void>
  /** Puts another build in the place of the one that is served. */
  release(folder: string): void
  close(): Promise<void>
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}

export interface AppHostOptions {
  /** False lets nothing be stored for use offline; true by default. */
  readonly isOffline?: boolean
}

/** Serves a copy of the built app from a folder of its own, below the root of its server. */
export async function openApp(options: AppHostOptions = {}): Promise<AppHost> {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-app-'))
  const site = join(folder, 'site')
  cpSync('dist/app', site, { recursive: true })
  const sent = new Map<string, number>()
  const server = createSite(site, sent)
  const address = `${await listenOnLoopback(server)}/some/folder/`
  const executablePath = findBrowser()
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    args: [...BROWSER_ARGS],
    viewport: { width: 1280, height: 800 },
    serviceWorkers: options.isOffline === false ? 'block' : 'allow',
    ...(executablePath ? { executablePath } : {}),
  })
  context.setDefaultTimeout(PATIENCE_MS)
  // A picker of the system can't be driven; without one, files are downloaded.
  await context.addInitScript(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'))
  return {
    context,
    address,
    takeSent() {
      const taken = new Map(sent)
      sent.clear()
      return taken
    },
    async visit(hash = '#/') {
      const page = await context.newPage()
      const complaints: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(String(error)))
      await page.goto(`${address}${hash}`)
      return {
        page,
        complaints,
        part: (id) => page.getByTestId(id),
        draft: page.locator('[part="input"]'),
        send: page.locator('[part="send"]'),
      }
    },
    async cut() {
      await context.setOffline(true)
      await closeServer(server)
    },
    release(next) {
      rmSync(site, { recursive: true })
      cpSync(next, site, { recursive: true })
    },
    async close() {
      await context.close()
      await closeServer(server)
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** A static server as there are many: files, and nothing else. */
function createSite(site: string, sent: Map<string, number>): Server {
  return createServer((request, response) => {
    const path = decodeURIComponent(request.url?.replace(/[?#].*$/, '') ?? '/')
    const inside = path.replace(/^\/some\/folder\//, '/')
    const file = join(site, normalize(inside.endsWith('/') ? `${inside}index.html` : inside))
    if (!file.startsWith(site) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(path === '/favicon.ico' ? 204 : 404).end()
      return
    }
    const bytes = readFileSync(file)
    sent.set(inside, gzipSync(bytes).length)
    const type = TYPES[extname(file)] ?? 'application/octet-stream'
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' }).end(bytes)
  })
}

/** Begins a session and says something in it; nobody answers. Resolves to its id. */
export async function beginSession(
  { page, part, draft, send }: AppTab,
  text: string,
): Promise<string> {
  await part('new-session').first().click()
  await draft.fill(text)
  await send.click()
  await page.locator('.bf-conversation').getByText(text.slice(0, 60)).first().waitFor()
  return decodeURIComponent(new URL(page.url()).hash.split('/')[2] ?? '')
}

/** Waits until the app is stored for use without a connection. */
export async function untilStored({ page }: AppTab): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
    if (navigator.serviceWorker.controller !== null) return
    await new Promise((resolve) =>
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
    )
  })
}

/** Everything that axe finds on the page as it is. */
export async function findViolations({ page }: AppTab): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => {
    const { axe: checker } = globalThis as unknown as { axe: typeof axe }
    return checker.run(document, { resultTypes: ['violations'] })
  })
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  )
}
