/** The part of a long list that is drawn; the rest is two empty boxes of the right height. */
export interface MessageWindow {
  /** First item drawn, and the one after the last. */
  readonly from: number
  readonly to: number
  /** Height of what is left out above and below, in pixels. */
  readonly above: number
  readonly below: number
}

/** Pixels drawn beyond the viewport, so that scrolling shows no gaps. */
const MARGIN_PX = 800

/**
 * Chooses the items to draw.
 *
 * @param heights - Height of every item in pixels, measured or estimated, gaps included.
 * @see SPEC.md rules APP27, APP28
 */
export function windowOf(
  heights: readonly number[],
  scrollTop: number,
  viewport: number,
): MessageWindow {
  const start = scrollTop - MARGIN_PX
  const end = scrollTop + viewport + MARGIN_PX
  let from = 0
  let above = 0
  while (from < heights.length - 1 && above + (heights[from] ?? 0) < start)
    above += heights[from++] ?? 0
  let to = from
  let bottom = above
  while (to < heights.length && (to === from || bottom < end)) bottom += heights[to++] ?? 0
  let below = 0
  for (let index = to; index < heights.length; index++) below += heights[index] ?? 0
  return { from, to, above, below }
}

/** Distance of an item's upper edge from the list's, in pixels. */
export function offsetOf(heights: readonly number[], index: number): number {
  let offset = 0
  for (let i = 0; i < Math.min(index, heights.length); i++) offset += heights[i] ?? 0
  return offset
}
