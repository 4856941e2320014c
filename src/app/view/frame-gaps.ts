/** One frame: when it came and how long after the one before, in milliseconds. */
export interface Frame {
  readonly at: number
  readonly gap: number
}

/** How far back the meter looks, in milliseconds. */
export const METER_SPAN_MS = 5_000

/** A gap longer than this is a page that was hidden or asleep, not a blocked thread. */
const ASLEEP_MS = 10_000

/**
 * Adds a frame and forgets those older than the span. A frame after sleep starts anew.
 *
 * @see SPEC.md rule APP31
 */
export function addFrame(frames: readonly Frame[], at: number): readonly Frame[] {
  const last = frames.at(-1)
  const gap = last === undefined ? 0 : at - last.at
  if (gap > ASLEEP_MS) return [{ at, gap: 0 }]
  const first = frames.findIndex((frame) => frame.at >= at - METER_SPAN_MS)
  return [...(first < 0 ? [] : frames.slice(first)), { at, gap }]
}

/** The longest the thread kept a frame waiting within the span, in milliseconds. */
export function longestGap(frames: readonly Frame[]): number {
  return frames.reduce((most, { gap }) => Math.max(most, gap), 0)
}

/** What a gap feels like: a dropped frame or two is smooth, a tenth of a second is noticed. */
export function gapLevel(gap: number): 'smooth' | 'uneven' | 'blocked' {
  return gap < 50 ? 'smooth' : gap < 150 ? 'uneven' : 'blocked'
}
