import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { GaugeState } from '../../extension/wire/bridge-wire.ts'
import { BROWSER_ARGS, findBrowser } from '../support/browser.mjs'
import { buildScript } from './build-script.ts'
import type { PillOrder } from './pill-script.ts'

const GAUGE: GaugeState = {
  tokens: 92_310,
  overhead: 0,
  window: 128_000,
  windowFrom: 'known',
  model: 'a-model',
  level: 'warn',
  folded: 11_000,
  isFolding: false,
}

let browser: Browser
let code: string

beforeAll(async () => {
  ;({ code } = await buildScript(join(import.meta.dirname, 'pill-script.ts')))
  const executablePath = findBrowser()
  browser = await chromium.launch({
    args: [...BROWSER_ARGS],
    ...(executablePath ? { executablePath } : {}),
  })
})

afterAll(() => browser.close())

interface PillPage {
  readonly page: Page
  order(order: PillOrder): Promise<void>
  /** What the pill told, in order. */
  said(): Promise<readonly unknown[]>
  /** Where the pill's button is, by what a press there would hit; null where there is none. */
  box(): Promise<{ readonly x: number; readonly y: number } | null>
  press(options?: { readonly button: 'right' }): Promise<void>
  /** What a part of it says, by its class; null where it is not in sight. */
  text(className: string): Promise<string | null>
}

/** A page with the pill in a world of its own, as content scripts have one. */
async function openPage(html: string, size = { width: 1000, height: 700 }): Promise<PillPage> {
  const page = await browser.newPage({ viewport: size })
  onTestFinished(() => page.close())
  await page.setContent(html)
  const cdp = await page.context().newCDPSession(page)
  const { frameTree } = await cdp.send('Page.getFrameTree')
  const { executionContextId } = await cdp.send('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id,
  })
  await page.evaluate(`
    window.said = []
    document.addEventListener('test:said', ({ detail }) => window.said.push(JSON.parse(detail)))`)
  await cdp.send('Runtime.evaluate', { expression: code, contextId: executionContextId })
  const pill: PillPage = {
    page,
    order: (order) =>
      page.evaluate((detail) => {
        document.dispatchEvent(new CustomEvent('test:pill', { detail }))
      }, JSON.stringify(order)),
    said: () => page.evaluate('window.said'),
    async box() {
      const { root } = await cdp.send('DOM.getDocument', { depth: -1, pierce: true })
      const button = findByClass([root], 'pill')
      if (!button) return null
      const params = { backendNodeId: button.backendNodeId }
      const model = await cdp.send('DOM.getBoxModel', params).catch(() => null)
      const [x = 0, y = 0] = model?.model.border ?? []
      return model && { x, y }
    },
    async press(options) {
      const at = await pill.box()
      if (!at) throw new Error('there is no pill')
      await page.mouse.click(at.x + 30, at.y + 14, options)
    },
    async text(className) {
      const { root } = await cdp.send('DOM.getDocument', { depth: -1, pierce: true })
      const found = findByClass([root], className)
      if (!found) return null
      const { object } = await cdp.send('DOM.resolveNode', { backendNodeId: found.backendNodeId })
      const { result } = await cdp.send('Runtime.callFunctionOn', {
        objectId: object.objectId ?? '',
        functionDeclaration:
          'function () { return this.checkVisibility() ? this.textContent : null }',
        returnByValue: true,
      })
      return result.value as string | null
    },
  }
  return pill
}

interface DomNode {
  readonly backendNodeId: number
  readonly attributes?: readonly string[]
  readonly children?: readonly DomNode[]
  readonly shadowRoots?: readonly DomNode[]
}

/** Also in closed shadow roots, which only a debugger sees. */
function findByClass(nodes: readonly DomNode[], className: string): DomNode | undefined {
  for (const node of nodes) {
    const { attributes = [], children = [], shadowRoots = [] } = node
    const at = attributes.indexOf('class')
    if (at >= 0 && attributes[at + 1] === className) return node
    const found = findByClass([...children, ...shadowRoots], className)
    if (found) return found
  }
  return undefined
}

const PAGE = `<!doctype html><html lang="en"><body style="margin:0;min-height:1200px"><p>A chat</p>
  <form style="position:fixed;bottom:10px;left:200px;right:10px"><textarea id="composer" style="width:80%;height:60px"></textarea>
  <button type="submit">Send</button></form></body></html>`

test('[PILL3] a press opens within its gesture', async () => {
  const pill = await openPage(PAGE)
  await pill.order({ gauge: GAUGE })
  await pill.press()
  expect(await pill.said()).toEqual([{ opened: true }])
  expect(await pill.text('details')).toBeNull()
  await pill.page.keyboard.press('Enter')
  await expect.poll(pill.said).toEqual([{ opened: true }, { opened: true }])
})

test('[PILL4] a right press shows what is known, and hides the pill here', async () => {
  const pill = await openPage(PAGE)
  await pill.order({ gauge: GAUGE })
  await pill.press({ button: 'right' })
  const details = await pill.text('details')
  for (const part of ['92,310 of 128,000 tokens', 'filling up', 'Folded: 11,000', 'Open panel']) {
    expect(details).toContain(part)
  }
  await pill.page.keyboard.press('Escape')
  expect(await pill.text('details')).toBeNull()
  await pill.press({ button: 'right' })
  await pill.page.keyboard.press('Tab')
  await pill.page.keyboard.press('Enter')
  await expect.poll(pill.said).toEqual([{ hidden: true }])
  await pill.order({ gauge: GAUGE, isShown: false })
  expect(await pill.box()).toBeNull()
})

test('[PILL4] where a press can open nothing, it shows what is known and how to open the sidebar', async () => {
  const pill = await openPage(PAGE)
  await pill.order({ gauge: GAUGE, canOpen: false })
  await pill.press()
  expect(await pill.text('details')).toContain('button in the toolbar')
  expect(await pill.text('open')).toBeNull()
  expect(await pill.said()).toEqual([])
  await pill.page.mouse.click(5, 5)
  await expect.poll(() => pill.text('details')).toBeNull()
})

test('[PILL5] it is moved by drag and by keys, stays in sight, and keeps its place in shares', async () => {
  const pill = await openPage(PAGE)
  await pill.order({ gauge: GAUGE, at: { x: 0.5, y: 0.5 } })
  const { mouse, keyboard } = pill.page
  await mouse.move(500, 350)
  await mouse.down()
  await mouse.move(300, 300)
  await mouse.move(-400, 100)
  await mouse.up()
  await expect.poll(pill.said).toEqual([{ moved: { x: 0, y: expect.closeTo(0.12, 1) as number } }])
  expect((await pill.box())?.x).toBe(8)
  await keyboard.press('ArrowRight')
  await keyboard.press('Shift+ArrowRight')
  await expect.poll(pill.box).toEqual({ x: 88, y: expect.any(Number) as number })
  // Told once it rests, which it may do between two keys.
  const moved = { x: expect.closeTo(80 / 912, 2) as number, y: expect.any(Number) as number }
  await expect.poll(async () => (await pill.said()).at(-1)).toEqual({ moved })
  await pill.order({ gauge: GAUGE, at: { x: 1, y: 0.25 } })
  await expect.poll(async () => (await pill.box())?.x).toBe(1000 - 72 - 8)
  await pill.page.setViewportSize({ width: 600, height: 500 })
  await expect
    .poll(pill.box)
    .toEqual({ x: 600 - 72 - 8, y: expect.closeTo(8 + 0.25 * 456, 0) as number })
})

test('[PILL6] it steps aside from what is written in and pressed, and goes back', async () => {
  const pill = await openPage(PAGE)
  await pill.order({ gauge: GAUGE, at: { x: 0.5, y: 0.98 } })
  const form = await pill.page.locator('form').boundingBox()
  await expect.poll(async () => ((await pill.box())?.y ?? 0) + 28).toBeLessThanOrEqual(form?.y ?? 0)
  // The composer grows: the pill makes room.
  const composer = pill.page.locator('#composer')
  await composer.evaluate((field) => (field.style.height = '300px'))
  await composer.fill('more')
  await expect
    .poll(async () => ((await pill.box())?.y ?? 0) + 28)
    .toBeLessThan((await pill.page.locator('form').boundingBox())?.y ?? 0)
  await composer.evaluate((field) => field.closest('form')?.remove())
  await pill.order({ gauge: GAUGE, at: { x: 0.5, y: 0.98 } })
  await expect.poll(async () => (await pill.box())?.y).toBeGreaterThan(640)
})

test('[PILL7] no style of the page changes it, and nothing that is as far in front lies over it', async () => {
  const pill = await openPage(`<!doctype html><html><head><style>
    * { all: unset !important; display: none !important; transition: all 9s !important }
    html, body { display: block !important }
    @layer a { div { opacity: 0 !important; position: static !important; pointer-events: none !important } }
    </style></head><body><section style="display:block !important;position:fixed !important;inset:0 !important;z-index:2147483647 !important"></section></body></html>`)
  await pill.order({ gauge: GAUGE })
  expect(await pill.text('percent')).toBe('72%')
  expect(await pill.box()).toEqual({ x: 920, y: 336 })
  await pill.press()
  expect(await pill.said()).toEqual([{ opened: true }])
})

test('[PILL8] taken away by the page it comes back three times and no more', async () => {
  const pill = await openPage(PAGE)
  await pill.order({ gauge: GAUGE })
  const take = (): Promise<boolean> =>
    pill.page.evaluate(() => {
      const host = document.documentElement.querySelector(':scope > div')
      host?.remove()
      return host !== null
    })
  for (let time = 0; time < 3; time += 1) {
    expect(await take()).toBe(true)
    await expect.poll(pill.box).not.toBeNull()
  }
  expect(await take()).toBe(true)
  await pill.order({ gauge: { ...GAUGE, tokens: 1 } })
  expect(await pill.box()).toBeNull()
})

test('[PILL9] it is neither in full screen, nor on paper, nor on a page that is too narrow', async () => {
  const pill = await openPage(PAGE)
  await pill.order({ gauge: GAUGE })
  const percent = (): Promise<string | null> => pill.text('percent')
  await pill.page.emulateMedia({ media: 'print' })
  await expect.poll(percent).toBeNull()
  await pill.page.emulateMedia({ media: 'screen' })
  await expect.poll(percent).toBe('72%')
  await pill.page.setViewportSize({ width: 319, height: 500 })
  await expect.poll(percent).toBeNull()
  await pill.page.setViewportSize({ width: 320, height: 500 })
  await expect.poll(percent).toBe('72%')
  await pill.page.evaluate(() => document.body.requestFullscreen())
  await expect.poll(pill.box).toBeNull()
  await pill.page.evaluate(() => document.exitFullscreen())
  await expect.poll(pill.box).not.toBeNull()
})

test('[PILL10] no script of the page gets into it, and no key or press gets out', async () => {
  const pill = await openPage(PAGE)
  await pill.page.evaluate(`
    window.heard = []
    for (const type of ['keydown', 'keypress', 'keyup']) {
      document.addEventListener(type, () => window.heard.push(type), true)
      window.addEventListener(type, () => document.querySelector('#composer').focus())
    }
    for (const type of ['click', 'mousedown', 'pointerup', 'contextmenu']) {
      document.addEventListener(type, () => window.heard.push(type))
    }`)
  await pill.order({ gauge: GAUGE })
  await pill.press({ button: 'right' })
  await pill.page.keyboard.type('typed')
  await pill.page.keyboard.press('Escape')
  expect(await pill.page.evaluate('window.heard')).toEqual([])
  expect(await pill.page.locator('#composer').inputValue()).toBe('')
  const reach = `(() => {
    const host = document.documentElement.querySelector(':scope > div')
    return [host.shadowRoot, host.childNodes.length, document.activeElement === host]
  })()`
  expect(await pill.page.evaluate(reach)).toEqual([null, 0, true])
})

test('[PILL11] a strict policy of the page forbids nothing of it', async () => {
  const policy = `default-src 'none'; script-src 'nonce-a'; style-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'`
  const pill = await openPage(
    `<!doctype html><meta http-equiv="content-security-policy" content="${policy}"><body>A page`,
  )
  const forbidden: string[] = []
  pill.page.on('console', (message) => void forbidden.push(message.text()))
  await pill.order({ gauge: GAUGE })
  expect(await pill.box()).toEqual({ x: 920, y: 336 })
  expect(await pill.text('percent')).toBe('72%')
  expect(forbidden).toEqual([])
})
