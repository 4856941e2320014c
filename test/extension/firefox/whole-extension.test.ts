import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  startChatPageServer,
  type ChatPageServer,
} from '../../support/chat-pages/chat-page-server.ts'
import { whyNoFirefox } from './find-firefox.ts'
import { openFirefoxExtension, type FirefoxExtension } from './open-firefox-extension.ts'

const missing = whyNoFirefox()

describe.skipIf(missing !== undefined)(`in Firefox${missing ? ` (${missing})` : ''}`, () => {
  let extension: FirefoxExtension
  let server: ChatPageServer

  beforeAll(async () => {
    server = await startChatPageServer()
    extension = await openFirefoxExtension()
  })

  afterAll(async () => {
    await extension.close()
    await server.close()
  })

  test('[FFX2] the event page runs, with the host in it, and the panel and the options draw', async () => {
    const panel = await extension.openPage('panel.html')
    await panel.until('document.body.innerText.length > 20')
    const settings = await panel.evaluate<object>(
      `browser.runtime.sendMessage({ to: 'background', kind: 'read-settings' })`,
    )
    expect(settings).toMatchObject({ isPaused: false, sites: {} })
    const options = await extension.openPage('options.html')
    await options.until('document.body.innerText.length > 100')
    await options.close()
    await panel.close()
  })

  test('[FFX2] on an enabled site the wrapper stands before the page, and what does not fold goes out as it is', async () => {
    const untouched = await extension.firefox.open(`${server.origin}/`)
    expect(await untouched.evaluate(`fetch.toString().includes('native code')`)).toBe(true)
    const plain = await untouched.evaluate<string>(`app.say('Hello from the quay')`)
    await untouched.close()

    await extension.enable(server.origin)
    const page = await extension.firefox.open(`${server.origin}/`)
    expect(await page.evaluate(`Symbol.for('backfold:page') in window`)).toBe(true)
    expect(await page.evaluate<string>(`app.say('Hello from the quay')`)).toBe(plain)
    await page.evaluate(`app.say('And again')`)
    const bodies = server.arrived.map(({ body }) => body)
    expect(bodies).toHaveLength(3)
    expect(bodies[1]).toBe(bodies[0])
    expect(server.arrived[2]?.said).toHaveLength(4)

    await page.close()
  })

  test('[PILL4, PILL10] the pill stands on an enabled page; a press shows its details, and nothing of it is the page’s', async () => {
    await extension.enable(server.origin)
    const page = await extension.firefox.open(`${server.origin}/`)
    const host = `document.documentElement.querySelector(':scope > div')`
    await page.until(`${host} !== null`)
    expect(await page.evaluate(`${host}.shadowRoot`)).toBeNull()
    await page.evaluate(`(() => {
      window.heard = []
      for (const type of ['keydown', 'click', 'pointerdown']) {
        document.addEventListener(type, () => window.heard.push(type))
      }
    })()`)
    // Where it stands by default: at the right edge, half way down.
    const { width, height } = await page.evaluate<{
      readonly width: number
      readonly height: number
    }>('({ width: document.documentElement.clientWidth, height: innerHeight })')
    const isPillAt = (x: number, y: number): Promise<boolean> =>
      page.evaluate<boolean>(`document.elementFromPoint(${x}, ${y}) === ${host}`)
    const [x, y] = [width - 8 - 36, height / 2]
    await expect.poll(() => isPillAt(x, y)).toBe(true)
    expect(await isPillAt(x, y - 100)).toBe(false)
    await page.click(x, y)
    await expect.poll(() => isPillAt(x, y - 100)).toBe(true)
    await page.press('Escape')
    await expect.poll(() => isPillAt(x, y - 100)).toBe(false)
    expect(await page.evaluate('window.heard')).toEqual([])
    await page.close()
  })
})
