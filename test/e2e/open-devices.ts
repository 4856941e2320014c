import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright'
import type { Sync } from '../../src/client/backfold-sync.ts'
import type { OpenOptions } from '../../src/client/open-backfold.ts'
import { openEngine } from '../../src/client/open-engine.ts'
import type { Backfold, Session } from '../../src/client/session.ts'
import type { SyncOptions } from '../../src/protocol/sync.ts'
import { BROWSER_ARGS, findBrowser } from '../support/browser.mjs'
import { startFaultProxy, type FaultProxy } from '../support/nats/fault-proxy.ts'
import { startNats, type NatsServer } from '../support/nats/start-nats.ts'
import { serveFolder } from '../support/serve-folder.ts'

/** A page of an app that uses the built library, without a bundler. */
const HOST_PAGE = `<!doctype html><title>host</title>
<script type="module">
  Object.assign(globalThis, await import('./backfold/index.js'))
  document.title = 'ready'
</script>`

interface HostScope {
  openBackfold(options: OpenOptions): Promise<Backfold>
}

/** What a device holds while it is open, in its page or in this process. */
export interface Held {
  readonly backfold: Backfold
  readonly session: Session
  readonly sync: Sync
  /** Store workers that the page has started, the newest last. */
  readonly workers: readonly Worker[]
}

/** A tab of a browser, or this process: one of several that share a log. */
export interface Device {
  /** Runs something where the device is; it takes nothing from around it with it. */
  run<A, R>(act: (at: readonly [Held, A]) => Promise<R>, given: A): Promise<R>
}

export interface Tab extends Device {
  readonly page: Page
  /** Loads the page anew, and opens everything again. */
  reload(): Promise<void>
}

/** A browser profile of its own, which reaches the server by a way of its own. */
export interface Profile {
  readonly way: FaultProxy
  openTab(): Promise<Tab>
}

export interface DeviceOptions extends Omit<SyncOptions, 'servers'> {
  readonly deviceName: string
}

/** A server, a browser, and the site whose pages are devices. */
export interface Devices {
  readonly server: NatsServer
  openProfile(options: DeviceOptions): Promise<Profile>
  openProcess(options: DeviceOptions): Promise<Device>
  close(): Promise<void>
}

/** Name of the session that all devices write. */
export const SESSION = 'greenhouse'

/** Nothing but `compact()` folds, and there is something to fold early. */
const POLICY = { budget: { tokens: 4_000 }, automatic: false }

/** @param path - Program of the server. */
export async function openDevices(path: string): Promise<Devices> {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-devices-'))
  const filter = (from: string): boolean => !from.includes('dist/app')
  cpSync('dist', join(folder, 'backfold'), { recursive: true, filter })
  writeFileSync(join(folder, 'index.html'), HOST_PAGE)
  const executablePath = findBrowser()
  const [site, server, browser] = await Promise.all([
    serveFolder(folder),
    startNats({ path }),
    chromium.launch({ args: [...BROWSER_ARGS], ...(executablePath ? { executablePath } : {}) }),
  ])
  const closers: (() => Promise<void>)[] = []
  return {
    server,
    async openProfile(options) {
      const way = await startFaultProxy(Number(new URL(server.webSocket).port))
      const context = await browser.newContext()
      closers.push(async () => {
        await context.close()
        await way.close()
      })
      const sync = { ...options, servers: `ws://127.0.0.1:${way.port}` }
      return { way, openTab: async () => openTab(await context.newPage(), site.origin, sync) }
    },
    async openProcess(options) {
      const backfold = await openEngine({ sync: { ...options, servers: server.address } })
      closers.push(() => backfold.close())
      const session = await backfold.session(SESSION, POLICY)
      const held = { backfold, session, sync: await backfold.sync(), workers: [] }
      return { run: (act, given) => act([held, given]) }
    },
    async close() {
      for (const close of closers) await close()
      await Promise.all([browser.close(), site.close(), server.close()])
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function openTab(page: Page, origin: string, sync: SyncOptions): Promise<Tab> {
  const open = async () => {
    await page.waitForFunction(() => document.title === 'ready')
    return page.evaluateHandle(
      async ([asked, id, policy]): Promise<Held> => {
        const { openBackfold } = globalThis as unknown as HostScope
        const workers: Worker[] = []
        const spawnWorker = (): Worker => {
          const worker = new Worker('./backfold/store-worker.js', { type: 'module' })
          workers.push(worker)
          return worker
        }
        const backfold = await openBackfold({ sync: asked, spawnWorker })
        const session = await backfold.session(id, policy)
        return { backfold, session, sync: await backfold.sync(), workers }
      },
      [sync, SESSION, POLICY] as const,
    )
  }
  await page.goto(origin)
  let held = await open()
  return {
    page,
    run: <A, R>(act: (at: readonly [Held, A]) => Promise<R>, given: A) =>
      // Playwright's types can't tell what becomes of a handle beside something of any type.
      page.evaluate(act as (at: unknown) => Promise<R>, [held, given] as unknown),
    async reload() {
      await page.reload()
      held = await open()
    },
  }
}
