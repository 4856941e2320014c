import type { SiteSettings } from '../../settings/extension-settings.ts'
import type { GaugeState } from '../../wire/bridge-wire.ts'
import { isClear, themeAt } from './page-beneath.ts'
import { movePill } from './move-pill.ts'
import { buildPill, type PillParts } from './pill-parts.ts'
import { detailsPoint, pointOf, stepAside, type Point, type Size } from './pill-place.ts'
import { describeGauge, pillLabels } from './pill-text.ts'
import { standOnPage } from './stand-on-page.ts'

/** Where the pill is: shares of the free space from the left and from the top, 0 to 1. */
export type PillPlace = SiteSettings['pillAt']

/** What the pill tells. */
export interface PillOptions {
  readonly document: Document
  /** Called in the person's click itself, so that its gesture still counts. */
  readonly onOpen: () => void
  readonly onMove: (at: PillPlace) => void
  readonly onHide: () => void
  /**
   * Whether `onOpen` can open the panel: true by default. Firefox opens its sidebar for no press on a page; there a press
   * shows the details, and they say how to open it.
   */
  readonly canOpen?: boolean
}

/** The gauge on the page. */
export interface Pill {
  /** Draws what is known; takes the pill away where it is not wanted. */
  show(gauge: GaugeState | null, settings: Pick<SiteSettings, 'pill' | 'pillAt'>): void
  remove(): void
}

/** What the stylesheet says. */
const PILL: Size = { width: 72, height: 28 }

/** Wait before the pill looks again at what lies beneath it, in milliseconds. */
const LOOK_MS = 250

/** What may change what lies beneath the pill. */
const CHANGES = ['focusin', 'input', 'scrollend', 'pointerup'] as const

/**
 * The pill: how full the chat is, on the page itself, small and out of the way. It shows numbers and own words only;
 * nothing of the page is read but where its colours and controls are.
 *
 * @see SPEC.md rules PILL1 to PILL12
 */
export function createPill(options: PillOptions): Pill {
  const { document, onOpen, onHide, canOpen = true } = options
  const view = document.defaultView
  const labels = pillLabels(document.documentElement.lang)
  const parts = buildPill(document, labels, canOpen)
  const listening = new AbortController()
  const { signal } = listening
  let at: PillPlace = { x: 1, y: 0.5 }
  let timer: ReturnType<typeof setTimeout> | undefined
  const viewport = (): Size => ({
    width: document.documentElement.clientWidth || (view?.innerWidth ?? 0),
    height: view?.innerHeight ?? 0,
  })
  const lookBeneath = (point: Point): void => {
    const middle = { x: point.x + PILL.width / 2, y: point.y + PILL.height / 2 }
    const isDark = view?.matchMedia('(prefers-color-scheme: dark)').matches === true
    const theme = themeAt(document, middle, parts.host) ?? (isDark ? 'dark' : 'light')
    parts.frame.dataset['theme'] = theme
    const isRtl = view?.getComputedStyle(document.documentElement).direction === 'rtl'
    parts.frame.dir = isRtl ? 'rtl' : 'ltr'
  }
  const settle = (): void => {
    if (!parts.host.isConnected || parts.frame.hasAttribute('data-moving')) return
    const wanted = pointOf(at, PILL, viewport())
    const point = stepAside(wanted, PILL, viewport(), (box) => isClear(document, box, parts.host))
    setPlace(parts.frame, point)
    lookBeneath(point)
    placeDetails(parts, point, viewport())
  }
  const settleSoon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(settle, LOOK_MS)
  }
  const details = createDetails(parts, settle, signal)
  const moveByKey = movePill({
    parts,
    signal,
    viewport,
    size: PILL,
    onMoved(to) {
      at = to
      settle()
      options.onMove(to)
    },
  })
  parts.button.addEventListener('click', () => (canOpen ? onOpen() : details.toggle()), { signal })
  const press = (button: HTMLElement, act: () => void): void => {
    const pressed = (): void => {
      details.close()
      act()
    }
    button.addEventListener('click', pressed, { signal })
  }
  press(parts.open, onOpen)
  press(parts.hide, onHide)
  view?.addEventListener('resize', settleSoon, { signal })
  for (const change of CHANGES) {
    document.addEventListener(change, settleSoon, { signal, capture: true, passive: true })
  }
  const stand = standOnPage(document, parts, {
    onBack: settle,
    onKey(event) {
      if (event.key === 'Escape') details.close()
      else moveByKey(event)
    },
  })
  return {
    show(gauge, settings) {
      if (signal.aborted) return
      at = settings.pillAt
      parts.draw(describeGauge(gauge, labels))
      stand.set(settings.pill)
      settle()
    },
    remove() {
      listening.abort()
      clearTimeout(timer)
      stand.end()
    },
  }
}

/** By script on the element itself, which no policy of a page forbids. */
function setPlace(element: HTMLElement, { x, y }: Point): void {
  element.style.setProperty('left', `${Math.round(x)}px`)
  element.style.setProperty('top', `${Math.round(y)}px`)
}

function placeDetails({ details }: PillParts, point: Point, viewport: Size): void {
  if (details.hidden) return
  const size = { width: details.offsetWidth, height: details.offsetHeight }
  setPlace(details, detailsPoint({ ...point, ...PILL }, size, viewport))
}

interface Details {
  toggle(): void
  close(): void
}

/** The small window beside the pill: by a right click, a long press, or the menu key. */
function createDetails(parts: PillParts, onShown: () => void, signal: AbortSignal): Details {
  const { host, button, details, root } = parts
  const isOpen = (): boolean => !details.hasAttribute('hidden')
  const show = (isShown: boolean): void => {
    if (isOpen() === isShown) return
    const hadFocus = details.contains(root.activeElement)
    details.hidden = !isShown
    button.setAttribute('aria-expanded', String(isShown))
    if (isShown) {
      onShown()
      details.querySelector('button')?.focus()
    } else if (hadFocus) button.focus()
  }
  const close = (): void => show(false)
  parts.frame.addEventListener(
    'contextmenu',
    (event) => {
      event.preventDefault()
      show(!isOpen())
    },
    { signal },
  )
  host.ownerDocument.addEventListener('pointerdown', ({ target }) => target !== host && close(), {
    signal,
    capture: true,
    passive: true,
  })
  return { toggle: () => show(!isOpen()), close }
}
