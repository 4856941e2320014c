import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installPacked } from '../support/install-packed.mjs'
import { openHostBrowser, type HostBrowser } from '../support/open-host-page.ts'
import { serveFolder, type ServedFolder } from '../support/serve-folder.ts'

const project = mkdtempSync(join(tmpdir(), 'backfold-element-'))

let browser: HostBrowser
let site: ServedFolder

beforeAll(async () => {
  installPacked(project)
  browser = await openHostBrowser()
  const folder = join(project, 'site')
  cpSync(join(import.meta.dirname, 'element'), folder, { recursive: true })
  cpSync(join(project, 'node_modules/backfold/dist'), join(folder, 'backfold'), { recursive: true })
  const policy =
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; " +
    `connect-src ${browser.models.origin}`
  site = await serveFolder(folder, () => ({ 'content-security-policy': policy }))
})

afterAll(async () => {
  await browser.close()
  await site.close()
  rmSync(project, { recursive: true, force: true })
})

test('[ELEM11] one script tag is a chat, under a policy that allows nothing but files of its own origin', async () => {
  const { result, errors } = await browser.open(`${site.origin}/`)
  expect(result).toEqual({
    outcome: 'finished',
    hasText: true,
    drawn: 'proxy',
    isStyled: true,
    styleElements: 0,
    session: 'chat',
  })
  expect(errors).toEqual([])
  expect(site.missing).toEqual([])
  // React and the first drawing take no other file than this one and its parts.
  const pages = site.asked.filter((path) => path.startsWith('/backfold/'))
  expect(
    pages.every((path) => /\/(?:element|store-worker|heavy-worker|model-worker)/.test(path)),
  ).toBe(true)
})
