import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Locator, type Page } from 'playwright'
import { preview } from 'vite'
import { BROWSER_ARGS, findBrowser } from '../support/browser.mjs'
import { PATIENCE_MS } from '../support/patience.ts'
import { serveSessions } from '../support/serve-sessions.mjs'

/** One tab with the playground. */
export interface Visit {
  readonly page: Page
  /** Errors on the console of page and workers, uncaught ones, and breaches of the page's policy. */
  readonly complaints: readonly string[]
  /** Addresses asked for that are not the playground's own. */
  readonly strangers: readonly string[]
  /** An element by its test id. */
  part(id: string): Locator
  /** What an element says, with line breaks and runs of spaces as one space. */
  text(id: string): Promise<string>
  /** The first number that an element says; NaN for none. */
  number(id: string): Promise<number>
}

/** The built playground, served, and one browser profile on disk to visit it with. */
export interface PlaygroundHost {
  /** Opens a tab, by default with the workbench. */
  visit(hash?: string): Promise<Visit>
  readonly context: BrowserContext
  readonly address: string
  close(): Promise<void>
}

/**
 * Serves a copy of the built page as the start command does, and starts a browser on an empty profile.
 *
 * A copy, because another test builds the page anew. The library lies beside it, under `library/`.
 */
export async function openPlayground(): Promise<PlaygroundHost> {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-playground-'))
  cpSync('dist/app', join(folder, 'site'), { recursive: true })
  cpSync('dist', join(folder, 'site/library'), {
    recursive: true,
    filter: (file) => !/^dist.app/.test(file),
  })
  const server = await preview({
    configFile: false,
    root: folder,
    logLevel: 'error',
    appType: 'mpa',
    build: { outDir: join(folder, 'site') },
    preview: { host: '127.0.0.1', port: 42_500 },
    plugins: [serveSessions(undefined)],
  })
  const executablePath = findBrowser()
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    args: [...BROWSER_ARGS],
    viewport: { width: 1280, height: 800 },
    ...(executablePath ? { executablePath } : {}),
  })
  context.setDefaultTimeout(PATIENCE_MS)
  const address = server.resolvedUrls?.local[0] ?? ''
  return {
    context,
    address,
    async visit(hash = '#/workbench') {
      const visit = watch(await context.newPage(), address)
      await visit.page.goto(`${address}${hash}`)
      return visit
    },
    async close() {
      await context.close()
      await server.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

function watch(page: Page, address: string): Visit {
  const complaints: string[] = []
  const strangers: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(address)) {
      strangers.push(request.url())
    }
  })
  const part = (id: string): Locator => page.getByTestId(id)
  const text = async (id: string): Promise<string> =>
    ((await part(id).textContent()) ?? '').replace(/\s+/g, ' ').trim()
  return {
    page,
    complaints,
    strangers,
    part,
    text,
    number: async (id) =>
      Number.parseInt((await text(id)).replaceAll(',', '').match(/\d+/)?.[0] ?? '', 10),
  }
}
