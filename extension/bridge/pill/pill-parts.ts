import type { PillLabels, PillView } from './pill-text.ts'
import css from './pill.css?inline'

/** The pill as elements in a closed shadow root: what the page's scripts can't reach, and its styles don't. */
export interface PillParts {
  readonly host: HTMLElement
  readonly root: ShadowRoot
  readonly frame: HTMLElement
  readonly button: HTMLButtonElement
  readonly details: HTMLElement
  readonly open: HTMLButtonElement
  readonly hide: HTMLButtonElement
  draw(view: PillView): void
}

const SVG = 'http://www.w3.org/2000/svg' as const

/** On the element itself and important: there is nothing that a page's own styles could say over it. */
const HOST_STYLE: Readonly<Record<string, string>> = {
  all: 'initial',
  display: 'block',
  position: 'fixed',
  inset: '0 auto auto 0',
  width: '0',
  height: '0',
  'z-index': '2147483647',
  'pointer-events': 'auto',
  visibility: 'visible',
  opacity: '1',
  transition: 'none',
  animation: 'none',
}

/** @param canOpen - Whether a press here can open the panel; where it can't, it is said how to. */
export function buildPill(document: Document, labels: PillLabels, canOpen: boolean): PillParts {
  const host = document.createElement('div')
  for (const [name, value] of Object.entries(HOST_STYLE)) {
    host.style.setProperty(name, value, 'important')
  }
  const root = host.attachShadow({ mode: 'closed' })
  adoptStyles(document, root)
  const make = <K extends keyof HTMLElementTagNameMap>(
    tag: K,
    className: string,
    text = '',
  ): HTMLElementTagNameMap[K] => {
    const element = document.createElement(tag)
    element.className = className
    element.textContent = text
    // Its own way, whatever the page's is: a point belongs behind an English sentence.
    if (tag === 'p') element.dir = 'auto'
    return element
  }
  const frame = make('div', 'frame')
  const button = make('button', 'pill')
  button.type = 'button'
  button.title = labels.how
  button.setAttribute('aria-haspopup', 'dialog')
  const ring = buildRing(document)
  const percent = make('span', 'percent')
  button.append(ring.svg, percent)
  const details = make('div', 'details')
  details.setAttribute('role', 'dialog')
  details.setAttribute('aria-label', labels.details)
  details.hidden = true
  const sentence = make('p', 'sentence')
  const lines = make('div', 'lines')
  const actions = make('div', 'actions')
  const open = make('button', 'open', labels.open)
  const hide = make('button', 'hide', labels.hide)
  open.type = 'button'
  hide.type = 'button'
  if (canOpen) actions.append(open)
  actions.append(hide)
  details.append(lines, sentence)
  if (!canOpen) details.append(make('p', 'line', labels.openByHand))
  details.append(actions)
  frame.append(button, details)
  root.append(frame)
  const draw = (view: PillView): void => {
    frame.dataset['level'] = view.level
    frame.toggleAttribute('data-folding', view.isFolding)
    button.setAttribute('aria-label', view.name)
    percent.textContent =
      view.percent === null ? labels.unknownPercent : labels.percent(view.percent)
    ring.draw(view)
    sentence.textContent = view.sentence
    lines.replaceChildren(
      ...view.lines.map((line, index) => make('p', index ? 'line' : 'count', line)),
    )
  }
  return { host, root, frame, button, details, open, hide, draw }
}

/** As a constructed sheet: no element is made, so a strict policy of the page has nothing to forbid. */
function adoptStyles(document: Document, root: ShadowRoot): void {
  const view = document.defaultView
  if (!view) return
  try {
    const sheet = new view.CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [sheet]
  } catch {
    // Firefox 140 lets no content script set them. What one writes into a style there is not under the page's policy.
    const style = document.createElement('style')
    style.textContent = css
    root.append(style)
  }
}

/** What stands in the ring besides its colour, so that a level is told without one. */
const SIGNS: Readonly<Record<PillView['level'], string>> = {
  unknown: '',
  ok: '',
  warn: '!',
  urgent: '!!',
  over: '!',
}

interface Ring {
  readonly svg: SVGElement
  draw(view: PillView): void
}

function buildRing(document: Document): Ring {
  const make = (tag: string, attributes: Readonly<Record<string, string>>): SVGElement => {
    const element = document.createElementNS(SVG, tag)
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    return element
  }
  const circle = { cx: '10', cy: '10', r: '8', pathLength: '100' }
  const svg = make('svg', { viewBox: '0 0 20 20', class: 'ring', 'aria-hidden': 'true' })
  const value = make('circle', { ...circle, class: 'value', transform: 'rotate(-90 10 10)' })
  const sign = make('text', { x: '10', y: '13.6', 'text-anchor': 'middle', class: 'sign' })
  svg.append(make('circle', { ...circle, class: 'track' }), value)
  svg.append(make('circle', { ...circle, r: '5', class: 'folding' }), sign)
  return {
    svg,
    draw({ percent, level }) {
      const full = Math.min(percent ?? 0, 100)
      value.setAttribute('stroke-dasharray', `${full} ${100 - full}`)
      value.style.setProperty('display', full === 0 ? 'none' : 'inline')
      sign.textContent = SIGNS[level]
    },
  }
}
