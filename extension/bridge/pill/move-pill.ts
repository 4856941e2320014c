import type { PillParts } from './pill-parts.ts'
import { pointOf, sharesOf, type Point, type Size } from './pill-place.ts'

/** Distance from which a press is a drag, in CSS pixels. */
const DRAG_FROM = 4

/** Distance of one press of an arrow key, alone and with Shift, in CSS pixels. */
const NUDGE = 16
const FAR_NUDGE = 64

/** Rest after which moves by keys count as done, in milliseconds. */
const REST_MS = 300

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
}

export interface Moving {
  readonly parts: PillParts
  readonly signal: AbortSignal
  readonly size: Size
  readonly viewport: () => Size
  /** The new place in shares, once it was let go. */
  readonly onMoved: (at: Point) => void
}

/**
 * Moves the pill by drag and by arrow keys, never out of the page. The press that ends a drag opens nothing.
 *
 * @returns What to do on a key.
 * @see SPEC.md rule PILL5
 */
export function movePill({
  parts,
  signal,
  size,
  viewport,
  onMoved,
}: Moving): (event: KeyboardEvent) => void {
  const { button, frame } = parts
  let grip: { readonly id: number; readonly press: Point; readonly start: Point } | null = null
  let rest: ReturnType<typeof setTimeout> | undefined
  let dragged = false
  const place = (): Point => {
    const { x, y } = button.getBoundingClientRect()
    return { x, y }
  }
  const moveTo = (point: Point): void => {
    const inside = pointOf(sharesOf(point, size, viewport()), size, viewport())
    frame.style.setProperty('left', `${Math.round(inside.x)}px`)
    frame.style.setProperty('top', `${Math.round(inside.y)}px`)
  }
  const end = (): void => {
    frame.removeAttribute('data-moving')
    onMoved(sharesOf(place(), size, viewport()))
  }
  const listen = <K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void,
  ): void => button.addEventListener(type, listener, { signal })
  listen('pointerdown', ({ button: which, pointerId, clientX, clientY }) => {
    dragged = false
    if (which !== 0) return
    grip = { id: pointerId, press: { x: clientX, y: clientY }, start: place() }
    // At once: a quick hand is off the pill before it has moved.
    button.setPointerCapture(pointerId)
  })
  listen('pointermove', ({ pointerId, clientX, clientY }) => {
    if (grip?.id !== pointerId) return
    const by = { x: clientX - grip.press.x, y: clientY - grip.press.y }
    if (!dragged && Math.hypot(by.x, by.y) < DRAG_FROM) return
    dragged = true
    frame.setAttribute('data-moving', '')
    moveTo({ x: grip.start.x + by.x, y: grip.start.y + by.y })
  })
  const letGo = ({ pointerId }: PointerEvent): void => {
    if (grip?.id !== pointerId) return
    grip = null
    if (dragged) end()
  }
  listen('pointerup', letGo)
  listen('pointercancel', letGo)
  // Before the listener that opens: it is the frame's, and captures.
  frame.addEventListener(
    'click',
    (event) => {
      if (!dragged) return
      dragged = false
      event.stopPropagation()
    },
    { signal, capture: true },
  )
  signal.addEventListener('abort', () => clearTimeout(rest))
  return (event) => {
    if (parts.root.activeElement !== button) return
    const arrow = Object.hasOwn(ARROWS, event.key) ? ARROWS[event.key] : undefined
    if (!arrow || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    const by = event.shiftKey ? FAR_NUDGE : NUDGE
    const from = place()
    frame.setAttribute('data-moving', '')
    moveTo({ x: from.x + arrow.x * by, y: from.y + arrow.y * by })
    clearTimeout(rest)
    rest = setTimeout(end, REST_MS)
  }
}
