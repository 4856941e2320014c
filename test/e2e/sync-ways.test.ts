import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OpenOptions } from '../../src/client/open-backfold.ts'
import type { Backfold } from '../../src/client/session.ts'
import type { SyncStatus } from '../../src/protocol/sync.ts'
import { BROWSER_ARGS, findBrowser } from '../support/browser.mjs'
import { findNats } from '../support/nats/find-nats.ts'
import {
  hasOpenssl,
  makeCertificates,
  type Certificates,
} from '../support/nats/make-certificates.ts'
import { startNats, type NatsServer } from '../support/nats/start-nats.ts'
import { serveFolder, type HeadersOf, type ServedFolder } from '../support/serve-folder.ts'

const nats = await findNats()
const note = nats.missing ? ` (skipped: ${nats.missing})` : hasOpenssl ? '' : ' (no openssl)'

const HOST_PAGE = `<!doctype html><title>host</title><script type="module" src="./host.js"></script>`
const HOST_SCRIPT = `Object.assign(globalThis, await import('./backfold/index.js'))
document.title = 'ready'`

interface HostScope {
  openBackfold(options: OpenOptions): Promise<Backfold>
  backfold: Backfold
}

describe.skipIf(nats.missing !== undefined || !hasOpenssl)(`a server with TLS${note}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-ways-'))
  const sites: ServedFolder[] = []
  let certificates: Certificates
  let server: NatsServer
  let trusting: Browser
  let usual: Browser
  let address = ''
  /** What a page under the strictest policy may connect to, known once the server runs. */
  let mayConnect = ''

  const STRICT = "default-src 'none'; script-src 'self'; worker-src 'self'"
  const serve = async (headersOf?: HeadersOf): Promise<ServedFolder> => {
    const site = await serveFolder(folder, headersOf)
    sites.push(site)
    return site
  }
  const policy = (more: string): Readonly<Record<string, string>> => ({
    'content-security-policy': `${STRICT}${more}`,
  })
  let own: ServedFolder
  let foreign: ServedFolder
  let silent: ServedFolder
  let named: ServedFolder
  let onPage: ServedFolder

  beforeAll(async () => {
    cpSync('dist', join(folder, 'backfold'), {
      recursive: true,
      filter: (from) => !from.includes('dist/app'),
    })
    writeFileSync(join(folder, 'index.html'), HOST_PAGE)
    writeFileSync(join(folder, 'host.js'), HOST_SCRIPT)
    own = await serve()
    foreign = await serve()
    silent = await serve(() => policy(''))
    named = await serve(() => policy(`; connect-src ${mayConnect}`))
    onPage = await serve((path) => (path === '/' ? policy('') : {}))
    certificates = makeCertificates()
    const { certificate, key } = certificates.make('localhost')
    const origins = [own, silent, named, onPage].map(({ origin }) => `"${origin}"`)
    const tls = `tls { cert_file: "${certificate}", key_file: "${key}" }`
    server = await startNats({
      path: nats.path,
      webSocket: `${tls}, allowed_origins: [${origins.join(', ')}]`,
    })
    address = `wss://localhost:${new URL(server.webSocket).port}`
    mayConnect = address
    const executablePath = findBrowser()
    const given = executablePath ? { executablePath } : {}
    const certainly = [...BROWSER_ARGS, '--ignore-certificate-errors']
    trusting = await chromium.launch({ ...given, args: certainly })
    usual = await chromium.launch({ ...given, args: [...BROWSER_ARGS] })
  })

  afterAll(async () => {
    await Promise.all([trusting.close(), usual.close()])
    await Promise.all([server.close(), ...sites.map((site) => site.close())])
    certificates.remove()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  })

  /** A page that synchronises, by the time that it has begun. */
  const open = async (browser: Browser, site: ServedFolder): Promise<Page> => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(site.origin)
    await page.waitForFunction(() => document.title === 'ready')
    await page.evaluate(async (servers) => {
      const scope = globalThis as unknown as HostScope
      scope.backfold = await scope.openBackfold({ sync: { servers, deviceName: 'page' } })
    }, address)
    return page
  }
  const readStatus = (page: Page): Promise<Pick<SyncStatus, 'phase' | 'reason'>> =>
    page.evaluate(async () => {
      const { backfold } = globalThis as unknown as HostScope
      const { phase, reason } = (await backfold.sync()).status.get()
      return { phase, ...(reason !== undefined && { reason }) }
    })
  const reachable = (site: ServedFolder): string =>
    `No server takes a connection from ${site.origin}: it is down, its certificate is not trusted, or its allowed_origins lack this page.`

  test('[CSYNC23] a page of an origin that the server allows is online over TLS, one of another is told what may be wrong', async () => {
    const page = await open(trusting, own)
    await expect.poll(() => readStatus(page)).toEqual({ phase: 'online' })
    const other = await open(trusting, foreign)
    const refused = { phase: 'offline', reason: reachable(foreign) }
    await expect.poll(() => readStatus(other)).toEqual(refused)
    await expect.poll(server.log).toContain('origin not allowed')
  })

  test('[CSYNC23] where the certificate of the server is not trusted, that is among what may be wrong', async () => {
    const page = await open(usual, own)
    await expect.poll(() => readStatus(page)).toEqual({ phase: 'offline', reason: reachable(own) })
  })

  test('[CSYNC23] a policy that does not name the server is told as what forbids it, and one that names it is enough', async () => {
    const page = await open(trusting, silent)
    await expect
      .poll(() => readStatus(page))
      .toEqual({
        phase: 'refused',
        reason: `The content security policy of this page forbids the connection: its connect-src is to name ${address}.`,
      })
    // What does not go over the network goes on.
    const appended = await page.evaluate(async () => {
      const { backfold } = globalThis as unknown as HostScope
      const session = await backfold.session('s')
      await session.append({ role: 'user', content: 'Water it' })
      return session.state.get().messages
    })
    expect(appended).toBe(1)
    const other = await open(trusting, named)
    await expect.poll(() => readStatus(other)).toEqual({ phase: 'online' })
    // The policy of a worker is the one that its own file came with.
    const third = await open(trusting, onPage)
    await expect.poll(() => readStatus(third)).toEqual({ phase: 'online' })
  })
})
