import type { Page } from 'playwright'
import { MAX_PLAN_MS } from '../../extension/page/wrap-fetch.ts'
import type { SiteSettings } from '../../extension/settings/extension-settings.ts'
import {
  startChatPageServer,
  type ArrivedChat,
  type ChatPageServer,
} from '../support/chat-pages/chat-page-server.ts'
import type { LineScope } from './line-page.ts'
import { openExtension, until, type ExtensionHost } from './open-extension.ts'

/** What the chat page has in its global scope, as far as tests use it. */
interface ChatScope {
  readonly app: {
    readonly messages: readonly { readonly role: string; readonly text: string }[]
    readonly pieces: number
    readonly title: string
    say(text: string): Promise<string>
    regenerate(): Promise<string>
    edit(at: number, text: string): Promise<string>
    stop(): void
  }
}

/** A tab with the chat page, driven as a person would. */
export interface ChatPage {
  readonly page: Page
  say(text: string): Promise<string>
  regenerate(): Promise<string>
  edit(at: number, text: string): Promise<string>
  stop(): Promise<void>
  messages(): Promise<readonly { readonly role: string; readonly text: string }[]>
  /** Pieces of answers that the page was given. */
  pieces(): Promise<number>
}

/** The extension, and a server with the chat page on which it is enabled. */
export interface ChatBench {
  readonly host: ExtensionHost
  readonly server: ChatPageServer
  /** A page of the extension: see `line-page.ts`. */
  readonly line: Page
  /** @param query - See `whole-history.html`. */
  open(query?: string): Promise<ChatPage>
  close(): Promise<void>
}

/** Opens both. The window is small, so that a short talk is folded. */
export async function openChatBench(
  settings: Partial<SiteSettings> = { windows: { '': 3_000 } },
  headers: Readonly<Record<string, string>> = {},
): Promise<ChatBench> {
  const host = await openExtension()
  const server = await startChatPageServer(headers)
  server.behave({ tells: false })
  await host.enable(server.origin, settings)
  const line = await host.openLine()
  const met = async (): Promise<readonly number[]> =>
    line.evaluate(async () => {
      const tabs = await (globalThis as unknown as LineScope).line.rpc.ask('tabs', null)
      return tabs.map(({ tab }) => tab)
    })
  return {
    host,
    server,
    line,
    async open(query = '') {
      const before = await met()
      const chat = await openChatPage(host, `${server.origin}/?${query}`)
      // Before its bridge has met a host, a page is left as it is. Those that were closed may still be listed.
      await until(async () => (await met()).some((tab) => !before.includes(tab)))
      return chat
    },
    close: async () => {
      await host.close()
      await server.close()
    },
  }
}

async function openChatPage(host: ExtensionHost, url: string): Promise<ChatPage> {
  const page = await host.context.newPage()
  await page.addInitScript(waitForPlans, { planMs: MAX_PLAN_MS, patientMs: 15_000 })
  await page.goto(url)
  const call = (method: 'say' | 'regenerate' | 'edit', ...given: readonly unknown[]) =>
    page.evaluate(
      ([name, args]) => {
        const { app } = globalThis as unknown as ChatScope
        return (app[name] as (...all: readonly unknown[]) => Promise<string>)(...args)
      },
      [method, given] as const,
    )
  return {
    page,
    say: (text) => call('say', text),
    regenerate: () => call('regenerate'),
    edit: (at, text) => call('edit', at, text),
    stop: () => page.evaluate(() => (globalThis as unknown as ChatScope).app.stop()),
    messages: () => page.evaluate(() => (globalThis as unknown as ChatScope).app.messages),
    pieces: () => page.evaluate(() => (globalThis as unknown as ChatScope).app.pieces),
  }
}

/** Runs in the page: machines that test are busy, and a plan that is late there is not what is tested. */
function waitForPlans({ planMs, patientMs }: { planMs: number; patientMs: number }): void {
  const after = setTimeout.bind(globalThis)
  const patient = (act: () => void, ms?: number): unknown =>
    after(act, ms === planMs ? patientMs : ms)
  Object.assign(globalThis, { setTimeout: patient })
}

/** Characters of all that a model was sent in one request. */
export function sizeOf({ said }: ArrivedChat): number {
  return said.reduce((sum, { text }) => sum + text.length, 0)
}

/** Whether the newest request was sent folded: shorter than what its page has, without the answer to it. */
export async function isFolded({ server }: ChatBench, chat: ChatPage): Promise<boolean> {
  const last = server.arrived.at(-1)
  const held = (await chat.messages()).slice(0, -1)
  const size = held.reduce((sum, { text }) => sum + text.length, 0)
  return last !== undefined && sizeOf(last) < 0.8 * size
}
