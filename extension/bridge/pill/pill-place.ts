/** A place or a size in CSS pixels of the viewport. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** Space that stays free between the pill and the edge of the page, in CSS pixels. */
const MARGIN = 8

/** Where a pill lies whose place is given in shares of the free space: always inside the viewport. */
export function pointOf(at: Point, pill: Size, viewport: Size): Point {
  return {
    x: MARGIN + asShare(at.x) * freeSpace(pill.width, viewport.width),
    y: MARGIN + asShare(at.y) * freeSpace(pill.height, viewport.height),
  }
}

/** The shares of a place in pixels. What lies outside counts as at the edge. */
export function sharesOf(point: Point, pill: Size, viewport: Size): Point {
  const share = (value: number, free: number): number =>
    free > 0 ? asShare((value - MARGIN) / free) : 0
  return {
    x: share(point.x, freeSpace(pill.width, viewport.width)),
    y: share(point.y, freeSpace(pill.height, viewport.height)),
  }
}

function freeSpace(size: number, whole: number): number {
  return Math.max(whole - size - 2 * MARGIN, 0)
}

function asShare(value: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(value, 0), 1) : 0
}

/** Distance between places that are tried, in CSS pixels, and how far away they may be in such steps. */
const STEP = 36
const MAX_STEPS = 12

/**
 * The nearest place where the pill covers nothing that it may not; the place itself if it is free, or if none is.
 * Up comes first: a composer grows upwards, and what is below it is seldom seen.
 *
 * @see SPEC.md rule PILL6
 */
export function stepAside(
  from: Point,
  pill: Size,
  viewport: Size,
  isFree: (box: Box) => boolean,
): Point {
  if (isFree({ ...from, ...pill })) return from
  for (let step = 1; step <= MAX_STEPS; step += 1) {
    for (const [x, y] of [
      [0, -1],
      [-1, 0],
      [1, 0],
      [0, 1],
    ] as const) {
      const to = { x: from.x + x * step * STEP, y: from.y + y * step * STEP }
      const isInside =
        to.x >= MARGIN &&
        to.y >= MARGIN &&
        to.x + pill.width <= viewport.width - MARGIN &&
        to.y + pill.height <= viewport.height - MARGIN
      if (isInside && isFree({ ...to, ...pill })) return to
    }
  }
  return from
}

/** Where details of a size are shown: above or below the pill, inside the viewport. */
export function detailsPoint(pill: Box, details: Size, viewport: Size): Point {
  const x = Math.min(pill.x, viewport.width - details.width - MARGIN)
  const above = pill.y - details.height - MARGIN
  const below = pill.y + pill.height + MARGIN
  const fitsBelow = below + details.height <= viewport.height - MARGIN
  return {
    x: Math.max(x, MARGIN),
    y: Math.max(above >= MARGIN || !fitsBelow ? above : below, MARGIN),
  }
}
