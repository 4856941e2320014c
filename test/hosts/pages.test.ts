import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installPacked } from '../support/install-packed.mjs'
import { EVERYTHING, openHostBrowser, type HostBrowser } from '../support/open-host-page.ts'
import { serveFolder, type HeadersOf, type ServedFolder } from '../support/serve-folder.ts'

const project = mkdtempSync(join(tmpdir(), 'backfold-pages-'))
const published = join(project, 'node_modules/backfold/dist')
const sources = import.meta.dirname

let browser: HostBrowser
const servers: ServedFolder[] = []

beforeAll(async () => {
  installPacked(project)
  browser = await openHostBrowser()
})

afterAll(async () => {
  await browser.close()
  await Promise.all(servers.map((server) => server.close()))
  rmSync(project, { recursive: true, force: true })
})

interface Site {
  readonly page: 'plain' | 'csp'
  /** Where the page imports the library from. */
  readonly library?: string
  /** Whether a copy of the published files is in its folder `backfold`. */
  readonly hasFiles?: boolean
  readonly headersOf?: HeadersOf
}

/** Serves a page that no bundler has seen. */
async function serveSite({
  page,
  library = './backfold/index.js',
  hasFiles = true,
  headersOf,
}: Site): Promise<ServedFolder> {
  const folder = mkdtempSync(join(project, 'site-'))
  cpSync(join(sources, page), folder, { recursive: true })
  const script = readFileSync(join(sources, 'page/run-backfold.js'), 'utf8')
  // The import map is a script within the page, which a strict policy forbids.
  const named = page === 'csp' ? script.replace("'backfold'", `'${library}'`) : script
  writeFileSync(join(folder, 'run-backfold.js'), named)
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  writeFileSync(join(folder, 'index.html'), html.replace('./backfold/index.js', library))
  if (hasFiles) cpSync(published, join(folder, 'backfold'), { recursive: true })
  const served = await serveFolder(folder, headersOf)
  servers.push(served)
  return served
}

/** The published files alone, for pages of any origin. */
async function serveLibrary(): Promise<string> {
  const folder = mkdtempSync(join(project, 'library-'))
  mkdirSync(folder, { recursive: true })
  cpSync(published, folder, { recursive: true })
  const served = await serveFolder(folder, () => ({ 'access-control-allow-origin': '*' }))
  servers.push(served)
  return `${served.origin}/index.js`
}

function policyOf(more: string): string {
  return `default-src 'none'; script-src 'self'; worker-src 'self'; connect-src ${browser.models.origin}${more}`
}

test('[PKG2] a page without a bundler runs the published files as they are', async () => {
  const site = await serveSite({ page: 'plain' })
  const { result, errors } = await browser.open(`${site.origin}/`)
  expect(result).toEqual(EVERYTHING)
  expect(errors).toEqual([])
  expect(site.missing).toEqual([])
  const used = ['store-worker', 'heavy-worker-o200k_base', 'model-worker-openai', 'webllm-worker']
  expect(site.asked).toEqual(expect.arrayContaining(used.map((name) => `/backfold/${name}.js`)))
})

test('[PKG3] a strict policy of content is enough: scripts and workers of the own origin, nothing else', async () => {
  const site = await serveSite({
    page: 'csp',
    headersOf: () => ({ 'content-security-policy': policyOf('') }),
  })
  const { result, errors } = await browser.open(`${site.origin}/`)
  expect(result).toEqual(EVERYTHING)
  expect(errors).toEqual([])
})

test('[PKG4] a page whose scripts must be trusted vouches for the address of the worker', async () => {
  const site = await serveSite({
    page: 'csp',
    headersOf: () => ({
      'content-security-policy': policyOf(
        "; require-trusted-types-for 'script'; trusted-types host default",
      ),
    }),
  })
  const { result, errors } = await browser.open(`${site.origin}/`)
  expect(errors).toEqual([])
  expect(result).toEqual(EVERYTHING)
})

test('[PKG5] from another origin the library says what to do, and runs with workers of the own one', async () => {
  const library = await serveLibrary()
  const without = await serveSite({ page: 'plain', library, hasFiles: false })
  const refused = await browser.open(`${without.origin}/`)
  expect(refused.result).toMatchObject({ failed: { name: 'BackfoldError', code: 'WORKER_LOST' } })
  expect(JSON.stringify(refused.result)).toContain('workerUrl')
  const site = await serveSite({ page: 'plain', library })
  const { result, errors } = await browser.open(`${site.origin}/?worker=/backfold/store-worker.js`)
  expect(result).toEqual(EVERYTHING)
  expect(errors).toEqual([])
  expect(site.asked).not.toContain('/backfold/index.js')
})

test('[PKG6] a worker that is not there or not allowed is told within seconds', async () => {
  const site = await serveSite({ page: 'plain' })
  const missing = await browser.open(`${site.origin}/?worker=/nowhere.js`)
  expect(missing.result).toMatchObject({ failed: { code: 'WORKER_LOST' } })
  const strict = await serveSite({
    page: 'plain',
    headersOf: () => ({ 'content-security-policy': "worker-src 'none'" }),
  })
  const forbidden = await browser.open(`${strict.origin}/`)
  expect(forbidden.result).toMatchObject({ failed: { code: 'WORKER_LOST' } })
})
