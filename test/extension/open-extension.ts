import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page, type Worker } from 'playwright'
import type { SiteSettings } from '../../extension/settings/extension-settings.ts'
import { BROWSER_ARGS, findBrowser } from '../support/browser.mjs'
import { PATIENCE_MS } from '../support/patience.ts'
import { addLinePage } from './add-line-page.ts'
import { builtExtension } from './built-extension.ts'

/** The unpacked extension in a browser with an empty profile on disk. */
export interface ExtensionHost {
  readonly context: BrowserContext
  /** Of the extension. */
  readonly id: string
  /** Errors on the console of pages and of the service worker, and uncaught ones. Those of the offscreen document can't be heard. */
  readonly complaints: readonly string[]
  /** The service worker as it runs now; started if it does not. */
  serviceWorker(): Promise<Worker>
  /** A page of the extension in a tab, such as `panel.html`. */
  openPage(name: string): Promise<Page>
  /** A page of the extension that has its APIs and no code: for tests that only ask. Kept open, and used again. */
  desk(): Promise<Page>
  /** A tab with a page of the extension's own that has no face, but all that one may use: see `line-page.ts`. */
  openLine(): Promise<Page>
  /** Enables a site as a click would, and waits until its scripts are registered. It must be one of this machine. */
  enable(origin: string, settings?: Partial<SiteSettings>): Promise<void>
  /** Switches a site off, and waits until its scripts are gone. */
  disable(origin: string): Promise<void>
  /** Hosts whose scripts are registered, as match patterns. */
  registered(): Promise<readonly string[]>
  /** Ends the service worker. The next message starts it again. */
  killServiceWorker(): Promise<void>
  hasOffscreen(): Promise<boolean>
  /** Closes the offscreen document, with everything in it. */
  closeOffscreen(): Promise<void>
  /** Ends the process of the offscreen document's renderer, as when memory is short. */
  crashOffscreen(): Promise<void>
  close(): Promise<void>
}

/** How the extension is opened. */
export interface ExtensionOptions {
  /** Folder of the unpacked extension; the test build by default. */
  readonly folder?: string
  /** More flags of the browser. */
  readonly args?: readonly string[]
}

/** Builds the extension if it has changed, and opens it. */
export async function openExtension(options: ExtensionOptions = {}): Promise<ExtensionHost> {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-extension-'))
  // A copy, because another test builds it anew.
  const unpacked = join(folder, 'unpacked')
  cpSync(options.folder ?? builtExtension('chrome'), unpacked, { recursive: true })
  await addLinePage(unpacked)
  const executablePath = findBrowser()
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    headless: true,
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [
      ...BROWSER_ARGS,
      `--disable-extensions-except=${unpacked}`,
      `--load-extension=${unpacked}`,
      ...(options.args ?? []),
    ],
    ...(executablePath ? { executablePath } : {}),
  })
  context.setDefaultTimeout(PATIENCE_MS)
  const complaints: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  context.on('weberror', (error) => complaints.push(String(error.error())))
  const first = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
  const id = new URL(first.url()).host
  const host = createHost(context, id, complaints)
  return {
    ...host,
    async close() {
      await context.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

function createHost(
  context: BrowserContext,
  id: string,
  complaints: readonly string[],
): Omit<ExtensionHost, 'close'> {
  const openPage = async (name: string): Promise<Page> => {
    const page = await context.newPage()
    await page.goto(`chrome-extension://${id}/${name}`)
    return page
  }
  let desking: Promise<Page> | undefined
  const desk = (): Promise<Page> => (desking ??= openPage('manifest.json'))
  const contexts = async (): Promise<number> => {
    const page = await desk()
    return page.evaluate(
      async () =>
        (
          await chrome.runtime.getContexts({
            contextTypes: ['OFFSCREEN_DOCUMENT'],
          })
        ).length,
    )
  }
  const registered = async (): Promise<readonly string[]> => {
    const page = await desk()
    return page.evaluate(async () => {
      const scripts = await chrome.scripting.getRegisteredContentScripts()
      return [...new Set(scripts.flatMap(({ matches = [] }) => matches))]
    })
  }
  const untilRegistered = async (origin: string, isThere: boolean): Promise<void> => {
    const { protocol, hostname } = new URL(origin)
    const pattern = `${protocol}//${hostname}/*`
    await until(async () => (await registered()).includes(pattern) === isThere)
  }
  const patch = async (origin: string, settings: Partial<SiteSettings>): Promise<void> => {
    const page = await desk()
    await page.evaluate(
      async ([site, change]) => {
        await navigator.locks.request('backfold:settings', async () => {
          const { settings: stored } = await chrome.storage.local.get<{
            settings?: { sites?: Record<string, object> }
          }>('settings')
          const sites = stored?.sites ?? {}
          await chrome.storage.local.set({
            settings: { ...stored, sites: { ...sites, [site]: { ...sites[site], ...change } } },
          })
        })
      },
      [origin, settings] as const,
    )
  }
  return {
    context,
    id,
    complaints,
    openPage,
    desk,
    async openLine() {
      const page = await openPage('line.html')
      await page.waitForFunction(() => 'line' in globalThis)
      return page
    },
    registered,
    async serviceWorker() {
      const running = context.serviceWorkers()[0]
      if (running) return running
      const starting = context.waitForEvent('serviceworker')
      const page = await desk()
      await page.evaluate(() =>
        chrome.runtime.sendMessage({ to: 'background', kind: 'read-settings' }),
      )
      return starting
    },
    async enable(origin, settings = {}) {
      await patch(origin, { isOn: true, ...settings })
      await untilRegistered(origin, true)
    },
    async disable(origin) {
      await patch(origin, { isOn: false })
      await untilRegistered(origin, false)
    },
    async killServiceWorker() {
      const session = await context.newCDPSession(await desk())
      await session.send('ServiceWorker.enable')
      await session.send('ServiceWorker.stopAllWorkers')
      await session.detach()
    },
    hasOffscreen: async () => (await contexts()) > 0,
    async closeOffscreen() {
      const page = await desk()
      await page.evaluate(() => chrome.offscreen.closeDocument())
    },
    async crashOffscreen() {
      const browser = context.browser()
      if (!browser) throw new Error('the browser is gone')
      const session = await browser.newBrowserCDPSession()
      const { targetInfos } = await session.send('Target.getTargets')
      const found = targetInfos.find(({ url }) => url.endsWith('/offscreen.html'))
      if (!found) throw new Error('there is no offscreen document')
      await session.send('Target.closeTarget', { targetId: found.targetId })
      await session.detach()
    },
  }
}

/** Waits until something holds. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come to hold')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
