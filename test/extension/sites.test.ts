import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright'
import { closeServer, listenOnLoopback } from '../support/loopback.ts'
import type { LineScope } from './line-page.ts'
import { openExtension, until, type ExtensionHost } from './open-extension.ts'

let host: ExtensionHost
let server: Server
let origin: string

beforeAll(async () => {
  server = createServer((_request, response) => {
    response
      .writeHead(200, {
        'content-type': 'text/html',
        'content-security-policy': "default-src 'none'; frame-src 'self'",
      })
      .end('<!doctype html><title>chat</title><iframe srcdoc="<p>a frame</p>"></iframe>')
  })
  origin = await listenOnLoopback(server)
  host = await openExtension()
})
afterAll(async () => {
  await host.close()
  await closeServer(server)
})

/** Whether a page's own world has the wrapper, and each of its frames. */
async function isWrapped(page: Page): Promise<readonly boolean[]> {
  return Promise.all(
    page.frames().map((frame) => frame.evaluate(() => Symbol.for('backfold:page') in globalThis)),
  )
}

async function visit(): Promise<Page> {
  const page = await host.context.newPage()
  await page.goto(origin)
  return page
}

test('[GRANT9] a page of a site that nobody enabled is left as it is', async () => {
  const page = await visit()
  expect(await isWrapped(page)).toEqual([false, false])
  expect(await host.registered()).toEqual([])
  expect(await host.hasOffscreen()).toBe(false)
  await page.close()
})

test('[GRANT7, HOST1] an enabled site has its scripts in all frames, and they find the host', async () => {
  await host.enable(origin)
  const page = await visit()
  expect(await isWrapped(page)).toEqual([true, true])
  await until(() => host.hasOffscreen())
  const scripts = await (
    await host.desk()
  ).evaluate(async () =>
    (await chrome.scripting.getRegisteredContentScripts()).map(
      ({ runAt, allFrames, persistAcrossSessions, matchOriginAsFallback, world }) =>
        JSON.stringify({ runAt, allFrames, persistAcrossSessions, matchOriginAsFallback, world }),
    ),
  )
  const common =
    '"runAt":"document_start","allFrames":true,"persistAcrossSessions":true,"matchOriginAsFallback":true'
  expect(scripts.toSorted()).toEqual([
    `{${common},"world":"ISOLATED"}`,
    `{${common},"world":"MAIN"}`,
  ])
  await page.close()
})

test('[HOST8, GRANT4] a change that comes while the service worker is dead is heard all the same', async () => {
  await host.killServiceWorker()
  await host.disable(origin)
  expect(await host.registered()).toEqual([])
  const page = await visit()
  expect(await isWrapped(page)).toEqual([false, false])
  await page.close()
})

test('[GRANT5, GRANT6] a click enables what is granted, and switches it off again with all that was set', async () => {
  const page = await host.openLine()
  const enabled = await page.evaluate(async (site) => {
    const { enableSite, isGranted, settings } = globalThis as unknown as LineScope
    const isEnabled = await enableSite(site)
    await settings.patchSite(site, { pill: false })
    return [isEnabled, await isGranted(site), (await settings.read()).sites[site]?.isOn]
  }, origin)
  expect(enabled).toEqual([true, true, true])
  await until(async () => (await host.registered()).length > 0)
  const site = await page.evaluate(async (name) => {
    const { disableSite, settings } = globalThis as unknown as LineScope
    await disableSite(name)
    return (await settings.read()).sites[name]
  }, origin)
  expect(site).toMatchObject({ isOn: false, pill: false })
  await until(async () => (await host.registered()).length === 0)
  const refused = await page.evaluate(async () => {
    const { enableSite } = globalThis as unknown as LineScope
    return enableSite('javascript:alert(1)').catch((failure: unknown) => String(failure))
  })
  expect(refused).toContain('the origin of a web page')
  await page.close()
})

test('[RPC4, PACK1] a web page reaches nothing of the extension', async () => {
  await host.enable(origin)
  const page = await visit()
  const found = await page.evaluate(async (id) => {
    const { chrome: api } = globalThis as unknown as { chrome?: { runtime?: unknown } }
    const fetched = await fetch(`chrome-extension://${id}/page.js`).then(
      () => 'fetched',
      () => 'refused',
    )
    return [typeof api?.runtime, fetched]
  }, host.id)
  expect(found).toEqual(['undefined', 'refused'])
  await page.close()
})
