import type { Box, Point } from './pill-place.ts'

/** What the pill may not lie on: what is written in, and what is pressed. */
const OBSTACLES =
  'textarea, input, select, [contenteditable], [role="textbox"], button, [role="button"]'

/** Most elements of one place that are looked at, and most shadow roots that are gone into. */
const MAX_LAYERS = 40
const MAX_ROOTS = 8

/** Colours darker than this, 0 to 1, take light text. */
const MIDDLE = 0.4

/** Whether nothing of a page that is written in or pressed lies beneath a box. */
export function isClear(document: Document, { x, y, width, height }: Box, own: Element): boolean {
  const places = [0.05, 0.5, 0.95].flatMap((across) =>
    [0.1, 0.5, 0.9].map((down) => ({ x: x + across * width, y: y + down * height })),
  )
  return !places.some((place) => {
    // What lies on top is what is pressed; a covered button is no button there.
    const top = layersAt(document, place, own)[0]
    return top !== undefined && top.closest(OBSTACLES) !== null
  })
}

/** Whether the page is dark or light at a place, by what is drawn there; null where that can't be told. */
export function themeAt(document: Document, place: Point, own: Element): 'light' | 'dark' | null {
  const view = document.defaultView
  if (!view) return null
  for (const element of layersAt(document, place, own)) {
    const colour = readColour(view.getComputedStyle(element).backgroundColor)
    if (!colour) return null
    // What shines through hardly colours what is below.
    if (colour.alpha > 0.5) return colour.lightness < MIDDLE ? 'dark' : 'light'
  }
  const canvas = view.getComputedStyle(document.documentElement).colorScheme
  const isDark = canvas.includes('dark') && view.matchMedia('(prefers-color-scheme: dark)').matches
  return isDark || canvas === 'dark' ? 'dark' : 'light'
}

/** Elements at a place from the top down, those in open shadow roots too, without the pill. */
function layersAt(document: Document, { x, y }: Point, own: Element): readonly Element[] {
  const layers: Element[] = []
  let root: Document | ShadowRoot | null = document
  for (let depth = 0; root && depth < MAX_ROOTS; depth += 1) {
    const found: readonly Element[] = root
      .elementsFromPoint(x, y)
      .filter((element) => element !== own && !layers.includes(element))
      .slice(0, MAX_LAYERS)
    layers.unshift(...found)
    root = found[0]?.shadowRoot ?? null
  }
  return layers
}

interface Colour {
  /** 0 black to 1 white, as bright as it looks. */
  readonly lightness: number
  readonly alpha: number
}

/** Reads what browsers give for colours: `rgb(1 2 3 / 0.5)` in its forms, and the usual wide ones. */
function readColour(text: string): Colour | null {
  const [, space = '', inner = ''] = /^([a-z]+)\(([^()]*)\)$/.exec(text) ?? []
  const numbers = (inner.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number)
  const [a = 0, b = 0, c = 0] = numbers
  const alpha = numbers[3] ?? 1
  if (space === 'rgb' || space === 'rgba') {
    return { lightness: (0.299 * a + 0.587 * b + 0.114 * c) / 255, alpha }
  }
  if (space === 'color') return { lightness: 0.299 * a + 0.587 * b + 0.114 * c, alpha }
  if (space === 'oklch' || space === 'oklab') return { lightness: a ** 1.5, alpha }
  if (space === 'lch' || space === 'lab') return { lightness: a / 100, alpha }
  return null
}
