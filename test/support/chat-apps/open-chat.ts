import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type BrowserContext, chromium, type Page } from 'playwright'
import { expect } from 'vitest'
import type { RequestReport } from '../../../src/client/fetch/fetch-options.ts'
import { BROWSER_ARGS, findBrowser } from '../browser.mjs'
import { type FetchServer, type Reply, startFetchServer } from '../fetch-server.ts'
import { installHost } from '../install-host.ts'
import { PATIENCE_MS } from '../patience.ts'
import { serveFolder } from '../serve-folder.ts'
import type { ChatApp } from './chat-apps.ts'

/** Time between pieces of an answer: of one that comes in a single burst deep-chat complains. */
const PIECE_MS = 5

/** Where servers of models tell how much they take; these do not. */
const WINDOW_PATHS = /\/(?:props|models|api\/ps|api\/show)$/

const vite = join(import.meta.dirname, '../../../node_modules/vite/bin/vite.js')

/** The body of a request for an answer. */
export interface ChatBody {
  readonly messages: readonly unknown[]
  readonly [field: string]: unknown
}

/** One tab with the app, and the person in front of it. */
export interface Chat {
  readonly page: Page
  /** Errors on the console and uncaught ones. */
  readonly errors: readonly string[]
  /** Types something and presses Enter. */
  type(words: string, input?: string): Promise<void>
  /** Types something and waits until the answer is there as a whole. */
  say(words: string, answer: string): Promise<void>
  /** Waits until the page shows just these messages, and nothing is awaited. */
  shows(...messages: readonly string[]): Promise<void>
  /** The newest message that the page shows. */
  newest(): Promise<string>
  /** What Backfold did about requests, since the page was loaded. */
  reports(): Promise<readonly RequestReport[]>
  /** Closes it, and the browser's context with it unless that is the caller's. */
  close(): Promise<void>
}

/** A folder of `test/hosts` that is installed, built and served, with the server that its apps ask. */
export interface ChatHost {
  readonly server: FetchServer
  /** Of its pages. */
  readonly origin: string
  /** Bodies that arrived, as texts. */
  arrived(): readonly string[]
  /** The newest of them. */
  newest(): ChatBody
  /** Answers the next request, as a whole or with what is made of that. */
  plan(app: ChatApp, texts: readonly string[], as?: (reply: Reply) => Reply): Promise<void>
  /** Opens a tab with nothing stored, or one in a browser of the caller's. */
  visit(app: ChatApp, query?: string, browser?: BrowserContext): Promise<Chat>
  close(): Promise<void>
}

/** Installs and builds a host with the packed library; why not, where its packages can't be had. */
export async function openChatHost(name: string): Promise<ChatHost | string> {
  const host = await installHost(name)
  if (host.kind === 'unreachable') return host.reason
  const { folder } = host
  const env = { ...process.env, NODE_ENV: 'production' }
  const command = [vite, 'build', '--logLevel', 'error']
  await promisify(execFile)(process.execPath, command, { cwd: folder, env })
  const server = await startFetchServer(WINDOW_PATHS)
  const site = await serveFolder(join(folder, 'dist'))
  const executablePath = findBrowser()
  const browser = await chromium.launch({
    args: [...BROWSER_ARGS],
    ...(executablePath ? { executablePath } : {}),
  })
  const plan: ChatHost['plan'] = async (app, texts, as = (reply) => reply) =>
    server.plan(as({ ...(await app.reply(texts)), everyMs: PIECE_MS }))
  return {
    server,
    origin: site.origin,
    plan,
    arrived: () => server.arrived.map(({ text }) => text),
    newest: () => JSON.parse(server.arrived.at(-1)?.text ?? '{}') as ChatBody,
    async visit(app, query = '', own) {
      const context = own ?? (await browser.newContext())
      await prepare(context)
      const asked = `server=${encodeURIComponent(server.origin)}&${app.query}&${query}`
      const leave = (page: Page): Promise<void> => (own ? page.close() : context.close())
      return watch(app, context, `${site.origin}/?${asked}`, { plan, leave })
    },
    async close() {
      await browser.close()
      await site.close()
      await server.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function prepare(context: BrowserContext): Promise<void> {
  context.setDefaultTimeout(PATIENCE_MS)
  // What deep-chat writes with.
  await context.route('https://fonts.googleapis.com/**', (route) =>
    route.fulfill({ contentType: 'text/css', body: '' }),
  )
}

async function watch(
  app: ChatApp,
  context: BrowserContext,
  address: string,
  { plan, leave }: Pick<ChatHost, 'plan'> & { readonly leave: (page: Page) => Promise<void> },
): Promise<Chat> {
  const page = await context.newPage()
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(address)
  const shown: () => Promise<readonly string[]> = async () =>
    (await page.locator(app.message).allInnerTexts()).map((text) => text.trim())
  const isIdle = (): Promise<boolean> =>
    page
      .locator(app.stop)
      .count()
      .then((count) => count === 0)
  const type: Chat['type'] = async (words, input = app.input) => {
    const box = page.locator(input)
    await box.fill(words)
    await box.press('Enter')
  }
  const shows: Chat['shows'] = async (...messages) => {
    await expect.poll(shown, { timeout: PATIENCE_MS }).toEqual(messages.map((text) => text.trim()))
    await expect.poll(isIdle, { timeout: PATIENCE_MS }).toBe(true)
  }
  return {
    page,
    errors,
    type,
    shows,
    async say(words, answer) {
      await plan(app, piecesOf(answer))
      const before = await shown()
      await type(words)
      await shows(...before, words, answer)
    },
    newest: async () => (await shown()).at(-1) ?? '',
    reports: () =>
      page.evaluate(() => (globalThis as unknown as { reports: RequestReport[] }).reports),
    close: () => leave(page),
  }
}

/** A text in pieces of some words. */
function piecesOf(text: string): readonly string[] {
  return text.match(/(?:\S+\s*){1,8}/g) ?? []
}
