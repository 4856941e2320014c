import { run } from 'axe-core'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { cdp, page } from 'vitest/browser'
import { createPill, type Pill } from '../../extension/bridge/pill/create-pill.ts'
import type { GaugeState } from '../../extension/wire/bridge-wire.ts'

const GAUGE: GaugeState = {
  tokens: 120_000,
  overhead: 0,
  window: 128_000,
  windowFrom: 'assumed',
  model: null,
  level: 'urgent',
  folded: 12_000,
  isFolding: false,
}

const AT = { pill: true, pillAt: { x: 0.5, y: 0.5 } }

beforeEach(async () => {
  await page.viewport(800, 600)
  // The test has to see into what a page can't.
  const { attachShadow } = Element.prototype
  vi.spyOn(Element.prototype, 'attachShadow').mockImplementation(function (this: Element, init) {
    return attachShadow.call(this, { ...init, mode: 'open' })
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  document.body.removeAttribute('style')
  document.documentElement.removeAttribute('style')
})

function open(): { readonly pill: Pill; readonly part: (selector: string) => HTMLElement } {
  const nothing = (): void => undefined
  const pill = createPill({ document, onOpen: nothing, onMove: nothing, onHide: nothing })
  onTestFinished(() => pill.remove())
  const part = (selector: string): HTMLElement => {
    const root = document.documentElement.lastElementChild?.shadowRoot
    const found = root?.querySelector<HTMLElement>(selector)
    if (!found) throw new Error(`there is no ${selector}`)
    return found
  }
  return { pill, part }
}

interface DevTools {
  send(method: string, params: object): Promise<unknown>
}

const emulate = (name: string, value: string): Promise<unknown> =>
  (cdp() as unknown as DevTools).send('Emulation.setEmulatedMedia', { features: [{ name, value }] })

test.each([
  ['white', 'light'],
  ['rgb(250, 249, 245)', 'light'],
  ['#212121', 'dark'],
  ['oklch(0.2 0.02 250)', 'dark'],
  ['color(display-p3 0.95 0.95 0.9)', 'light'],
  ['transparent', 'light'],
])('[PILL12] on %s it is %s, and accessible at every level', async (background, theme) => {
  document.body.style.cssText = `background: ${background}; min-block-size: 100vh; margin: 0`
  const { pill, part } = open()
  for (const level of ['ok', 'warn', 'urgent', 'over'] as const) {
    pill.show({ ...GAUGE, level }, AT)
    expect(part('.frame').dataset['theme']).toBe(theme)
    part('.pill').dispatchEvent(new MouseEvent('contextmenu', { bubbles: true }))
    const { violations, passes } = await run(document.documentElement, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
      rules: { 'html-has-lang': { enabled: false }, 'document-title': { enabled: false } },
    })
    // A place in a shadow root is a list of places.
    const inPill = (found: typeof passes): readonly string[] =>
      found
        .filter(({ nodes }) => nodes.some(({ target }) => Array.isArray(target[0])))
        .map(({ id }) => id)
    expect(inPill(passes)).toEqual(expect.arrayContaining(['button-name']))
    expect(inPill(violations)).toEqual([])
    part('.pill').dispatchEvent(new MouseEvent('contextmenu', { bubbles: true }))
  }
})

/** Of the colours of two styles, by WCAG. */
function contrast(a: string, b: string): number {
  const light = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
      const share = Number(part) / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
  }
  return Math.max(light(a) / light(b), light(b) / light(a))
}

test.each(['white', '#212121'])('[PILL12] on %s all of it can be read', (background) => {
  document.body.style.cssText = `background: ${background}; min-block-size: 100vh; margin: 0`
  const { pill, part } = open()
  const style = (selector: string): CSSStyleDeclaration => getComputedStyle(part(selector))
  for (const level of ['ok', 'warn', 'urgent', 'over'] as const) {
    pill.show({ ...GAUGE, level }, AT)
    const paper = style('.details').backgroundColor
    for (const text of ['.count', '.line', '.sentence', '.hide', '.percent']) {
      expect(contrast(style(text).color, paper), text).toBeGreaterThan(4.5)
    }
    expect(contrast(style('.open').color, style('.open').backgroundColor)).toBeGreaterThan(4.5)
    expect(contrast(style('.value').stroke, paper)).toBeGreaterThan(3)
    const behind = level === 'over' ? style('.value').fill : paper
    expect(contrast(style('.sign').fill, behind), level).toBeGreaterThan(4.5)
  }
})

test('[PILL1, PILL2] it is named by what it shows, and each level has a sign besides its colour', () => {
  const { pill, part } = open()
  const signs = (['ok', 'warn', 'urgent', 'over'] as const).map((level) => {
    pill.show({ ...GAUGE, level }, AT)
    expect(part('.pill').getAttribute('aria-label')).toMatch(/^Backfold: 94% full\. .+\.$/)
    const border = getComputedStyle(part('.pill')).borderTopWidth
    return `${part('.sign').textContent} ${border} ${getComputedStyle(part('.value')).fill === 'none'}`
  })
  expect(new Set(signs).size).toBe(4)
  pill.show(null, AT)
  expect(part('.pill').getAttribute('aria-label')).toBe(
    'Backfold. Nothing is known of this chat yet.',
  )
  expect(part('.percent').textContent).toBe('–')
})

test('[PILL12] a fold turns the ring, but for people who want less motion', async () => {
  const { pill, part } = open()
  pill.show({ ...GAUGE, isFolding: true }, AT)
  const style = (): CSSStyleDeclaration => getComputedStyle(part('.folding'))
  expect([style().display, style().animationName]).toEqual(['inline', 'turn'])
  await emulate('prefers-reduced-motion', 'reduce')
  expect(style().animationName).toBe('none')
  await emulate('prefers-reduced-motion', '')
  pill.show(GAUGE, AT)
  expect(style().display).toBe('none')
})

test('[PILL12] it keeps to forced colours', async () => {
  const { pill, part } = open()
  pill.show({ ...GAUGE, level: 'warn' }, AT)
  const before = getComputedStyle(part('.value')).stroke
  await emulate('forced-colors', 'active')
  const probe = document.body.appendChild(document.createElement('i'))
  onTestFinished(() => probe.remove())
  probe.style.color = 'CanvasText'
  expect(getComputedStyle(part('.value')).stroke).toBe(getComputedStyle(probe).color)
  expect(getComputedStyle(part('.value')).stroke).not.toBe(before)
  await emulate('forced-colors', '')
})

test('[PILL12] it reads the way that its page does', () => {
  const { pill, part } = open()
  document.documentElement.style.direction = 'rtl'
  pill.show(GAUGE, AT)
  const ring = part('.ring').getBoundingClientRect()
  expect(ring.x).toBeGreaterThan(part('.percent').getBoundingClientRect().x)
})

test('[PILL8] removed, it leaves nothing', () => {
  const before = document.documentElement.children.length
  const { pill } = open()
  pill.show(GAUGE, AT)
  expect(document.documentElement.children).toHaveLength(before + 1)
  pill.remove()
  pill.show(GAUGE, AT)
  expect(document.documentElement.children).toHaveLength(before)
})
