import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type CDPSession } from 'playwright'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { BROWSER_ARGS, findBrowser } from '../support/browser.mjs'
import { buildScript } from './build-script.ts'
import type { EditorsTab } from './composer-matrix.ts'
import { fillUnfocused, testComposers } from './composer-suite.ts'
import { serveEditors, type ServedEditors } from './editors/serve-editors.ts'

let browser: Browser
let context: BrowserContext
let cdp: CDPSession
let served: ServedEditors
let tab: EditorsTab

beforeAll(async () => {
  served = await serveEditors()
  const { code } = await buildScript(join(import.meta.dirname, 'editors/composer-script.ts'))
  const executablePath = findBrowser()
  browser = await chromium.launch({
    args: [...BROWSER_ARGS],
    ...(executablePath ? { executablePath } : {}),
  })
  context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(served.address)
  cdp = await context.newCDPSession(page)
  const { frameTree } = await cdp.send('Page.getFrameTree')
  const { executionContextId } = await cdp.send('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id,
    worldName: 'content script',
  })
  await cdp.send('Runtime.evaluate', { expression: code, contextId: executionContextId })
  tab = {
    evaluate: (expression) => page.evaluate(expression),
    undo: () => page.keyboard.press('Control+z'),
  }
})

afterAll(async () => {
  await browser.close()
  await served.close()
})

describe('in Chromium', () => {
  testComposers(() => tab)

  test('[FILL11] a page without the focus is filled as well', async () => {
    await cdp.send('Emulation.setFocusEmulationEnabled', { enabled: false })
    const other = await context.newPage()
    await other.bringToFront()
    await fillUnfocused(tab)
  })
})
