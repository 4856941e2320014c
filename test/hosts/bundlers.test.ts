import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createServer } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installHost, npm } from '../support/install-host.ts'
import { EVERYTHING, openHostBrowser, type HostBrowser } from '../support/open-host-page.ts'
import { serveFolder } from '../support/serve-folder.ts'

let browser: HostBrowser

beforeAll(async () => {
  browser = await openHostBrowser()
})

afterAll(() => browser.close())

/** How each is used: where its page's script lies, and where it puts the page that it builds. */
const HOSTS = [
  { name: 'vite', script: '.', page: 'dist' },
  { name: 'webpack', script: '.', page: 'public' },
  { name: 'next', script: 'app', page: 'out' },
  { name: 'esbuild', script: '.', page: 'public' },
] as const

test.for(HOSTS)(
  '[PKG1] a page that $name bundles gets all workers and what they load',
  async ({ name, script, page }, context) => {
    const host = await installHost(name, script)
    if (host.kind === 'unreachable') {
      context.task.meta.skipped = host.reason
      context.skip(host.reason)
      return
    }
    const { folder } = host
    try {
      await npm(folder, 'run', 'build')
      const served = await serveFolder(join(folder, page))
      try {
        const { result, errors } = await browser.open(`${served.origin}/`)
        expect(result).toEqual(EVERYTHING)
        expect(served.missing).toEqual([])
        expect(errors).toEqual([])
      } finally {
        await served.close()
      }
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    }
  },
)

test('[PKG1] in development Vite serves all workers and what they load', async (context) => {
  const host = await installHost('vite')
  if (host.kind === 'unreachable') {
    context.task.meta.skipped = host.reason
    context.skip(host.reason)
    return
  }
  const server = await createServer({
    root: host.folder,
    logLevel: 'error',
    server: { host: '127.0.0.1', port: 42_700, hmr: false, watch: null },
  })
  try {
    await server.listen()
    const { result } = await browser.open(server.resolvedUrls?.local[0] ?? '')
    expect(result).toEqual(EVERYTHING)
  } finally {
    await server.close()
    rmSync(host.folder, { recursive: true, force: true, maxRetries: 3 })
  }
})
