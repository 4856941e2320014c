import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright'
import { preview } from 'vite'
import type { Backfold, Session } from '../../src/client/session.ts'
import type { PolicyOptions } from '../../src/core/session/policy.ts'
import type { SessionEvent } from '../../src/protocol/events.ts'
import { BROWSER_ARGS, findBrowser } from '../support/browser.mjs'

/**
 * A page of an app that uses the built library, without a bundler. Its address says how many blocks of a
 * job its own extractor lets pass before it waits to be released; without that it has none.
 */
const HOST_PAGE = `<!doctype html><title>host</title>
<script type="module">
  import { openBackfold } from './backfold/index.js'
  const query = new URLSearchParams(location.search)
  const released = new Promise((resolve) => {
    globalThis.release = resolve
  })
  let left = Number(query.get('passes'))
  const gate = {
    name: 'gate',
    timeoutMs: 60_000,
    async extract() {
      left -= 1
      if (left < 0) await released
      return []
    },
  }
  try {
    globalThis.backfold = await openBackfold({
      name: 'tabs',
      extractors: query.has('passes') ? [gate] : [],
    })
    globalThis.session = await backfold.session('shared', {
      budget: { tokens: 4000 },
      ...JSON.parse(query.get('policy') ?? '{}'),
    })
    globalThis.events = []
    session.on('*', (event) => events.push(event))
  } catch (failure) {
    globalThis.failure = { code: failure.code, message: failure.message }
  }
  document.title = 'ready'
</script>`

/** What the page above puts into its global scope. */
export interface HostScope {
  readonly backfold: Backfold
  readonly session: Session
  /** Every event of the session since the page opened it. */
  readonly events: readonly SessionEvent[]
  /** Lets the page's extractor go on. */
  release(): void
  /** Why Backfold did not open. */
  readonly failure: { readonly code: string; readonly message: string } | undefined
}

/** How a tab is opened. */
export interface TabOptions {
  /** Blocks that the tab's own extractor lets pass before it waits. */
  readonly passes?: number
  /** Goes on top of a budget of 4,000 tokens. */
  readonly policy?: PolicyOptions
  /** Folder of the app; the site's root by default. */
  readonly folder?: string
}

/** Blocks so small that a job of thirty messages has several, and nothing but `compact()` folds. */
export const IN_BLOCKS: PolicyOptions = {
  blockTokens: 500,
  automatic: false,
  budget: { tokens: 6_000 },
}

/** One browser profile on disk, with as many tabs of the same app as a test opens. */
export interface Tabs {
  open(options?: TabOptions): Promise<Page>
  /** Serves another build of the library, with the same app. */
  addRelease(folder: string, dist: string): void
  readonly origin: string
  readonly context: BrowserContext
  close(): Promise<void>
}

/** How the browser is started. */
export interface BrowserOptions {
  /** Whether it has a back-forward cache; Playwright switches it off otherwise. */
  readonly keepsPages?: boolean
}

/** Serves the app and starts a browser on an empty profile. */
export async function openTabs({ keepsPages = false }: BrowserOptions = {}): Promise<Tabs> {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-tabs-'))
  const addRelease = (name: string, dist: string): void => {
    cpSync(dist, join(folder, 'site', name, 'backfold'), {
      recursive: true,
      filter: (from) => !from.includes('dist/app'),
    })
    writeFileSync(join(folder, 'site', name, 'index.html'), HOST_PAGE)
  }
  addRelease('', 'dist')
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
    ignoreDefaultArgs: keepsPages ? ['--disable-back-forward-cache'] : [],
    // A process for each tab, so that crashing one leaves the others alive.
    args: [
      ...BROWSER_ARGS,
      '--process-per-tab',
      '--disable-features=ProcessPerSiteUpToMainFrameThreshold',
    ],
    ...(executablePath ? { executablePath } : {}),
  })
  const origin = new URL(server.resolvedUrls?.local[0] ?? '').origin
  return {
    context,
    origin,
    addRelease,
    async open({ passes, policy, folder: path = '' } = {}) {
      const page = await context.newPage()
      const url = new URL(path === '' ? '/' : `/${path}/`, origin)
      if (passes !== undefined) url.searchParams.set('passes', String(passes))
      if (policy) url.searchParams.set('policy', JSON.stringify(policy))
      await page.goto(url.href)
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
