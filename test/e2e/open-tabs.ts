import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright'
import { preview } from 'vite'
import type { Session } from '../../src/client/session.ts'
import { BROWSER_ARGS, findBrowser } from '../support/browser.mjs'

/** A page of an app that uses the built library, without a bundler. */
const HOST_PAGE = `<!doctype html><title>host</title>
<script type="module">
  import { openBackfold } from './backfold/index.js'
  const backfold = await openBackfold({ name: 'tabs' })
  globalThis.session = await backfold.session('shared', {
    budget: { tokens: 4000 },
  })
  globalThis.seen = []
  session.on('*', (event) => seen.push(event.type))
  document.title = 'ready'
</script>`

/** What the page above puts into its global scope, as far as the tests use it. */
export interface HostScope {
  readonly session: Session
  readonly seen: readonly string[]
}

/** One browser profile on disk, with as many tabs of the same app as a test opens. */
export interface Tabs {
  open(): Promise<Page>
  readonly context: BrowserContext
  close(): Promise<void>
}

/** Serves the app and starts a browser on an empty profile. */
export async function openTabs(): Promise<Tabs> {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-tabs-'))
  cpSync('dist', join(folder, 'site/backfold'), {
    recursive: true,
    filter: (from) => !from.includes('dist/app'),
  })
  writeFileSync(join(folder, 'site/index.html'), HOST_PAGE)
  const server = await preview({
    configFile: false,
    root: folder,
    logLevel: 'error',
    appType: 'mpa',
    build: { outDir: join(folder, 'site') },
    preview: { host: '127.0.0.1', port: 42_300 },
  })
  const executablePath = findBrowser()
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    // A process for each tab, so that crashing one leaves the others alive.
    args: [
      ...BROWSER_ARGS,
      '--process-per-tab',
      '--disable-features=ProcessPerSiteUpToMainFrameThreshold',
    ],
    ...(executablePath ? { executablePath } : {}),
  })
  return {
    context,
    async open() {
      const page = await context.newPage()
      await page.goto(server.resolvedUrls?.local[0] ?? '')
      await page.waitForFunction(() => document.title === 'ready')
      return page
    },
    async close() {
      await context.close()
      await server.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}
