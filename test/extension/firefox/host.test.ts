import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeServer, listenOnLoopback } from '../../support/loopback.ts'
import { addLinePage } from '../add-line-page.ts'
import { builtExtension } from '../built-extension.ts'
import { whyNoFirefox } from './find-firefox.ts'
import type { FirefoxPage } from './firefox-page.ts'
import { openFirefox, type Firefox } from './open-firefox.ts'

const skips = whyNoFirefox()
const note = skips ? ` (skipped: ${skips})` : ''

const ID = 'backfold@backfold.dev'
const UUID = '6f0c1c0e-2f5b-4f0c-9d8e-0c2f5b4f0c9d'
const FOREIGN = 'https://chat.example'

let firefox: Firefox
let page: FirefoxPage
let folder: string
let server: Server
let origin: string

beforeAll(async () => {
  if (skips) return
  folder = mkdtempSync(join(tmpdir(), 'backfold-firefox-extension-'))
  const unpacked = join(folder, 'unpacked')
  cpSync(builtExtension('firefox'), unpacked, { recursive: true })
  await addLinePage(unpacked)
  server = createServer((_request, response) => {
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><title>chat</title>')
  })
  origin = await listenOnLoopback(server)
  firefox = await openFirefox({
    uuids: { [ID]: UUID },
    // The event page ends between any two things that a person does.
    prefs: { 'extensions.background.idle.timeout': 1_500 },
  })
  await firefox.install(unpacked)
  page = await firefox.open(`moz-extension://${UUID}/line.html`)
  await page.until('globalThis.line !== undefined')
})
afterAll(async () => {
  if (skips) return
  await firefox.close()
  await closeServer(server)
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

/** Appends a text to a session, and resolves to how many it has then. */
const append = (text: string): Promise<number> =>
  page.evaluate(`(async () => {
    const session = await line.backfold.session('kept')
    await session.append({ role: 'user', content: ${JSON.stringify(text)} })
    return (await session.context()).entries.length
  })()`)

/** Enables a site by a real click: the browser asks only while one is handled. */
async function enable(site: string): Promise<boolean> {
  await page.evaluate(`(() => {
    const button = document.body.appendChild(document.createElement('button'))
    button.style = 'position: fixed; inset: 0'
    globalThis.enabled = undefined
    button.onclick = () => {
      button.remove()
      void enableSite('${site}').then((isEnabled) => { globalThis.enabled = { isEnabled } })
    }
  })()`)
  await page.click(50, 50)
  await page.until('globalThis.enabled')
  return page.evaluate('enabled.isEnabled')
}

const registered = (): Promise<readonly string[]> =>
  page.evaluate(
    `chrome.scripting.getRegisteredContentScripts().then((scripts) => scripts.flatMap(({ matches }) => matches))`,
  )

test.skipIf(skips)(`[RPC5] a page gets the archive through the event page${note}`, async () => {
  expect(await append('the first')).toBe(1)
  expect(await page.evaluate('line.state.get()')).toBe('connected')
})

test.skipIf(skips)(
  `[RPC6, RPC7] an event page that is ended for being idle is found again, with all that was stored${note}`,
  async () => {
    await page.until('globalThis.lost > 0', 60_000)
    expect(await append('the second')).toBe(2)
    await page.until('globalThis.lost > 1', 60_000)
    expect(await append('the third')).toBe(3)
  },
)

test.skipIf(skips)(
  `[GRANT5, GRANT6, GRANT7] what a person grants is registered, and what is taken back is not${note}`,
  async () => {
    expect(await enable(FOREIGN)).toBe(true)
    await page.until(
      `chrome.scripting.getRegisteredContentScripts().then((scripts) => scripts.length === 2)`,
    )
    expect(await registered()).toEqual([`${FOREIGN}/*`, `${FOREIGN}/*`])
    // Not by a page of the extension, but in the browser's own settings.
    await page.evaluate(`chrome.permissions.remove({ origins: ['${FOREIGN}/*'] })`)
    await page.until(
      `chrome.scripting.getRegisteredContentScripts().then((scripts) => scripts.length === 0)`,
    )
    expect(
      await page.evaluate(`settings.read().then(({ sites }) => sites['${FOREIGN}'].isOn)`),
    ).toBe(true)
  },
)

test.skipIf(skips)(
  `[GRANT7, GRANT9] a page has its scripts once its site is enabled, and not before${note}`,
  async () => {
    const wrapped = async (): Promise<boolean> => {
      const tab = await firefox.open(origin)
      const isWrapped = await tab.evaluate<boolean>(`Symbol.for('backfold:page') in window`)
      await tab.close()
      return isWrapped
    }
    expect(await wrapped()).toBe(false)
    expect(await enable(origin)).toBe(true)
    await page.until(
      `chrome.scripting.getRegisteredContentScripts().then((scripts) => scripts.length === 2)`,
    )
    expect(await wrapped()).toBe(true)
    await page.evaluate(`disableSite('${origin}')`)
    await page.until(
      `chrome.scripting.getRegisteredContentScripts().then((scripts) => scripts.length === 0)`,
    )
    expect(await wrapped()).toBe(false)
  },
)

test.skipIf(skips)(
  `[HOST13] an archive that was unlocked stays so when the event page ends, until it is locked${note}`,
  async () => {
    await page.evaluate(`line.backfold.protect({ passphrase: 'open sesame' })`)
    const lost = await page.evaluate<number>('lost')
    await page.until(`lost > ${lost}`, 60_000)
    expect(await append('the fourth')).toBe(4)
    await page.evaluate(`line.rpc.ask('lock', null)`)
    const refused = `line.backfold.sessions().then(() => 'done', ({ code }) => code)`
    expect(await page.evaluate(refused)).toBe('STORAGE_LOCKED')
    await page.until(`lost > ${lost + 1}`, 60_000)
    expect(await page.evaluate(refused)).toBe('STORAGE_LOCKED')
    await page.evaluate(`line.rpc.ask('unlock', { passphrase: 'open sesame' })`)
    expect(await append('the fifth')).toBe(5)
    await page.evaluate(`line.backfold.protect({ passphrase: null })`)
  },
)
