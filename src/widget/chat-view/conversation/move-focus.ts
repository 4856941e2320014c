import type { KeyboardEvent } from 'react'
import type { Row } from './lay-out-rows.ts'

/** Key of the row that an element is in; null where it is in none. */
export function keyOf(element: Element): string | null {
  return element.closest<HTMLElement>('[data-key]')?.dataset['key'] ?? null
}

/**
 * Keys of a feed: Page Up and Page Down go from message to message once one has the focus, and Alt with the arrows always.
 * A message that is longer than the view is scrolled through first.
 *
 * @param focusRow - Brings a row into view that is not drawn yet, and focuses it.
 * @see SPEC.md rule VIEW6
 */
export function moveFocus(
  event: KeyboardEvent<HTMLElement>,
  scroller: HTMLElement | null,
  rows: readonly Row[],
  focusRow: (key: string) => void,
): void {
  const step = stepOf(event)
  if (scroller === null || step === 0) return
  const drawn = [...scroller.querySelectorAll<HTMLElement>('[data-key]')]
  const { target } = event
  const own = target instanceof Element ? target.closest<HTMLElement>('[data-key]') : null
  if (!event.altKey && (own === null || own !== target || goesBeyond(own, scroller, step))) return
  const from = own ?? inView(drawn, scroller, step)
  const at = Number(from?.dataset['index'] ?? -1)
  const key = rows[own === null ? at : at + step]?.key
  if (key === undefined) return
  event.preventDefault()
  const next = drawn.find((row) => row.dataset['key'] === key)
  if (next === undefined) {
    focusRow(key)
    return
  }
  next.focus({ preventScroll: true })
  next.scrollIntoView({ block: 'nearest' })
}

function stepOf({ key, altKey }: KeyboardEvent): -1 | 0 | 1 {
  if (key === 'PageDown' || (altKey && key === 'ArrowDown')) return 1
  return key === 'PageUp' || (altKey && key === 'ArrowUp') ? -1 : 0
}

/** The row at the edge of the view that one comes from. */
function inView(
  rows: readonly HTMLElement[],
  scroller: HTMLElement,
  step: -1 | 1,
): HTMLElement | undefined {
  const view = scroller.getBoundingClientRect()
  const seen = rows.filter((row) => {
    const { top, bottom } = row.getBoundingClientRect()
    return bottom > view.top + 1 && top < view.bottom - 1
  })
  return step > 0 ? seen[0] : seen.at(-1)
}

function goesBeyond(row: HTMLElement, scroller: HTMLElement, step: -1 | 1): boolean {
  const view = scroller.getBoundingClientRect()
  const { top, bottom } = row.getBoundingClientRect()
  return step > 0 ? bottom > view.bottom + 1 : top < view.top - 1
}
