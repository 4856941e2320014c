import fc from 'fast-check'
import { expect, test } from 'vitest'
import { offsetOf, windowOf } from '../../../src/app/view/message-window.ts'

test('[APP27] what is drawn covers the viewport, and the boxes around it make up the full height', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 300 }),
      fc.nat(100_000),
      fc.integer({ min: 1, max: 2_000 }),
      (heights, wanted, viewport) => {
        const total = heights.reduce((sum, height) => sum + height, 0)
        const scrollTop = Math.max(0, Math.min(wanted, total - viewport))
        const shown = windowOf(heights, scrollTop, viewport)
        const drawn = heights.slice(shown.from, shown.to).reduce((sum, height) => sum + height, 0)
        expect(shown.above + drawn + shown.below).toBe(total)
        expect(shown.above).toBe(offsetOf(heights, shown.from))
        expect(shown.above).toBeLessThanOrEqual(scrollTop)
        expect(shown.above + drawn).toBeGreaterThanOrEqual(Math.min(total, scrollTop + viewport))
      },
    ),
  )
})

test('[APP28] the number of messages drawn is bounded by the viewport, not by the session', () => {
  const heights = Array.from({ length: 50_000 }, () => 60)
  for (const scrollTop of [0, 1_000_000, 2_999_000]) {
    const { from, to } = windowOf(heights, scrollTop, 800)
    expect(to - from).toBeLessThan(50)
  }
  expect(windowOf([], 0, 800)).toEqual({ from: 0, to: 0, above: 0, below: 0 })
  expect(windowOf([60], -500, 0)).toMatchObject({ from: 0, to: 1 })
})
