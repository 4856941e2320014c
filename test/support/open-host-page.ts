import { chromium, type Browser } from 'playwright'
import { BROWSER_ARGS, findBrowser } from './browser.mjs'
import { startModelServer, type ModelServer } from './model-server/model-server.ts'

/** What a page of `test/hosts` showed, and what the browser said meanwhile. */
export interface HostPage {
  /** What `run-backfold.js` came to. */
  readonly result: unknown
  /** Errors of the console and violations of the policy. */
  readonly errors: readonly string[]
}

/** A browser, and the model server that the pages ask. */
export interface HostBrowser {
  readonly models: ModelServer
  open(address: string): Promise<HostPage>
  close(): Promise<void>
}

/** What `run-backfold.js` comes to where all workers run, and all that is loaded later is found. */
export const EVERYTHING: Readonly<Record<string, unknown>> = {
  folded: 'ready',
  generation: 1,
  isShorter: true,
  hasNote: true,
  recalled: 1,
  imported: 1,
  hasTools: true,
  // Which its worker has found out.
  webllm: 'this browser offers no GPU for models (WebGPU)',
}

/**
 * What a page finds must not depend on the machine: no GPU, and no processor that is busy with the builds before, for
 * which calls to local models would wait.
 */
const WITHOUT = '--disable-blink-features=WebGPU,ComputePressure'

/** What the model says of the first message, word by word as the page looks for it. */
const NOTE = JSON.stringify({
  add: [{ text: 'The user suspected that the proxy broke the login.', sources: [1] }],
})

export async function openHostBrowser(): Promise<HostBrowser> {
  const executablePath = findBrowser()
  const models = await startModelServer()
  models.planAlways({ kind: 'answer', text: NOTE })
  const browser: Browser = await chromium.launch({
    args: [...BROWSER_ARGS, WITHOUT],
    ...(executablePath ? { executablePath } : {}),
  })
  return {
    models,
    async open(address) {
      const page = await browser.newPage()
      const errors: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text())
      })
      page.on('pageerror', (error) => errors.push(error.message))
      try {
        const url = new URL(address)
        url.searchParams.set('model', `${models.origin}/v1`)
        await page.goto(url.href)
        const text = await page.locator('#result').textContent({ timeout: 120_000 })
        return { result: JSON.parse(text ?? ''), errors }
      } catch (error) {
        throw new Error(`${String(error)}\n${errors.join('\n')}`, { cause: error })
      } finally {
        await page.close()
      }
    },
    async close() {
      await browser.close()
      await models.close()
    },
  }
}
