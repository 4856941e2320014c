import { expect, test } from 'vitest'
import type { Frame } from '../../../src/app/view/frame-gaps.ts'
import { addFrame, gapLevel, longestGap } from '../../../src/app/view/frame-gaps.ts'

const frames = (...times: readonly number[]): readonly Frame[] =>
  times.reduce<readonly Frame[]>(addFrame, [])

test('[APP31] the meter tells the longest wait between two frames of the last five seconds', () => {
  expect(longestGap(frames(0, 16, 32, 232, 248))).toBe(200)
  expect(longestGap(frames(0, 200, 216, 5_100))).toBe(4_884)
  const later = frames(0, 200, ...Array.from({ length: 400 }, (_, index) => 216 + index * 16))
  expect(longestGap(later)).toBe(16)
  expect(later.length).toBeLessThan(320)
})

test('[APP31] a page that was hidden or asleep was not blocked', () => {
  expect(longestGap(frames(0, 16, 60_000, 60_016))).toBe(16)
  expect([16, 49, 50, 149, 150].map(gapLevel)).toEqual([
    'smooth',
    'smooth',
    'uneven',
    'uneven',
    'blocked',
  ])
})
