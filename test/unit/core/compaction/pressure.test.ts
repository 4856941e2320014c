import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  assessPressure,
  learnHeadroom,
  softThreshold,
} from '../../../../src/core/compaction/pressure.ts'
import { DEFAULT_POLICY, type Budget } from '../../../../src/core/session/policy.ts'

const BUDGET: Budget = { tokens: 10_000, soft: 0.7, hard: 0.95, target: 0.4 }
/** A third of the way from target to soft threshold. */
const LEAST = 5_000

/** Any budget that a policy may have. */
const budget: fc.Arbitrary<Budget> = fc
  .record({
    tokens: fc.integer({ min: 1_000, max: 1_000_000 }),
    shares: fc.tuple(share(0.02), share(0.05), share(0.05)),
  })
  .map(({ tokens, shares }) => {
    const [target, soft, hard] = shares.toSorted((a, b) => a - b)
    return { tokens, target: target ?? 0, soft: soft ?? 0, hard: hard ?? 0 }
  })

function share(min: number): fc.Arbitrary<number> {
  return fc.double({ min, max: 1, noNaN: true })
}

const headroom = fc.oneof(fc.nat(20_000), fc.nat(10_000_000), fc.constant(Infinity))

test('[PRE1] pressure is soft from the soft threshold and hard from the hard one', () => {
  const pressures = (tokens: readonly number[], expected?: number): readonly string[] =>
    tokens.map((each) => assessPressure(each, { budget: BUDGET }, expected))
  expect(pressures([0, 6_999, 7_000])).toEqual(['none', 'none', 'soft'])
  expect(pressures([9_499, 9_500, 20_000])).toEqual(['soft', 'hard', 'hard'])
  // However much is expected, nothing makes the hard threshold come earlier.
  expect(pressures([4_999, 5_000, 9_499, 9_500], 1e9)).toEqual(['none', 'soft', 'soft', 'hard'])
  expect(assessPressure(0, DEFAULT_POLICY)).toBe('none')
})

test('[PRE2] what is expected is kept free twice over below the hard threshold', () => {
  const thresholds = [0, 1_250, 1_251, 2_000, 2_250, 2_300, 1e9].map((expected) =>
    Math.round(softThreshold(BUDGET, expected)),
  )
  expect(thresholds).toEqual([7_000, 7_000, 6_998, 5_500, LEAST, LEAST, LEAST])
  expect(assessPressure(5_499, { budget: BUDGET }, 2_000)).toBe('none')
  expect(assessPressure(5_500.01, { budget: BUDGET }, 2_000)).toBe('soft')
})

test('[PRE2] the threshold is between a third of the way from the target and the soft one', () => {
  fc.assert(
    fc.property(budget, headroom, (each, expected) => {
      const threshold = softThreshold(each, expected)
      const least = each.tokens * (each.target + (each.soft - each.target) / 3)
      expect(threshold).toBeGreaterThanOrEqual(least - 1e-6)
      expect(threshold).toBeLessThanOrEqual(each.tokens * each.soft)
    }),
  )
})

test('[PRE2] the more is expected, the earlier a job starts', () => {
  let earlier = 0
  fc.assert(
    fc.property(budget, headroom, headroom, (each, one, other) => {
      const few = softThreshold(each, Math.min(one, other))
      const many = softThreshold(each, Math.max(one, other))
      expect(many).toBeLessThanOrEqual(few)
      if (many < few) earlier += 1
    }),
  )
  expect(earlier).toBeGreaterThan(5)
})

test('[PRE3] the headroom is what arrived, and shrinks by three tenths with each calmer job', () => {
  expect(learnHeadroom(0, 1_000)).toBe(1_000)
  expect(learnHeadroom(1_000, 5_000)).toBe(5_000)
  expect(learnHeadroom(1_000, 701)).toBe(701)
  expect(learnHeadroom(1_000, 700)).toBe(700)
  expect([0, 699].map((arrived) => learnHeadroom(1_000, arrived))).toEqual([700, 700])
  expect(learnHeadroom(learnHeadroom(1_000, 0), 0)).toBe(490)
})

test('[PRE3] the headroom is a whole number from 0, and a branch that shortened the log is none', () => {
  expect(learnHeadroom(0, -500)).toBe(0)
  expect(learnHeadroom(1_000, -500)).toBe(700)
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.integer({ min: -1_000_000 }), (expected, arrived) => {
      const next = learnHeadroom(expected, arrived)
      expect(Number.isInteger(next) && next >= 0 && next >= arrived).toBe(true)
      expect(next).toBeLessThanOrEqual(Math.max(expected, arrived))
    }),
  )
})
