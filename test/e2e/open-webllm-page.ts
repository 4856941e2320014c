import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright'
import { createServer } from 'vite'
import { BROWSER_ARGS, findBrowser } from '../support/browser.mjs'

/** A page with the local model in it, and the server that its files come from. */
export interface WebLlmHost {
  readonly page: Page
  /** Address of the server, without a slash at its end. */
  readonly origin: string
  /** Files below `/models/` that were asked for, in order. */
  readonly served: readonly string[]
  close(): Promise<void>
}

export interface WebLlmHostOptions {
  /** Flags for the browser: without any there is no GPU, not even one of software. */
  readonly flags: readonly string[]
  /** Files below `/models/`, by path. */
  readonly files?: ReadonlyMap<string, Uint8Array>
  /** Another folder for the package web-llm, of the version that a model library was made for. */
  readonly packageFolder?: string | undefined
}

const PAGE =
  '<!doctype html><title>webllm</title><script type="module" src="/test/e2e/webllm-page.ts"></script>'

/** Serves the sources as they are, and opens a page in a browser of its own. */
export async function openWebLlmPage({
  flags,
  files = new Map(),
  packageFolder,
}: WebLlmHostOptions): Promise<WebLlmHost> {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-webllm-'))
  const served: string[] = []
  const alias = packageFolder ? { '@mlc-ai/web-llm': packageFolder } : {}
  const server = await createServer({
    configFile: false,
    root: join(import.meta.dirname, '../..'),
    cacheDir: join(folder, 'vite'),
    logLevel: 'error',
    appType: 'custom',
    resolve: { alias },
    optimizeDeps: { include: ['comlink', '@mlc-ai/web-llm'], noDiscovery: true },
    server: { host: '127.0.0.1', port: 42_600, hmr: false, watch: null },
    plugins: [
      {
        name: 'models',
        configureServer({ middlewares }) {
          middlewares.use((request, response, next) => {
            const path = request.url?.split('?', 1)[0] ?? '/'
            const name = path.replace(/^\/models\//, '')
            const file = files.get(name)
            if (file) served.push(name)
            if (path === '/') response.setHeader('content-type', 'text/html').end(PAGE)
            else if (file) response.end(file)
            else if (path.startsWith('/models/')) response.writeHead(404).end()
            else next()
          })
        },
      },
    ],
  })
  await server.listen()
  const origin = (server.resolvedUrls?.local[0] ?? '').replace(/\/$/, '')
  const executablePath = findBrowser()
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    args: [...BROWSER_ARGS, ...flags],
    ...(executablePath ? { executablePath } : {}),
  })
  const page = await context.newPage()
  await page.goto(`${origin}/`)
  await page.waitForFunction(() => 'webLlmPage' in globalThis)
  return {
    page,
    origin,
    served,
    async close() {
      await context.close()
      await server.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}
