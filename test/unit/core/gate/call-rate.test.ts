import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addCall,
  learnRate,
  NO_RATE,
  NO_RATE_LIMIT,
  rateWaitMs,
  type CallRate,
} from '../../../../src/core/gate/call-rate.ts'

test('[GATE6] within any window no more is asked than the limit, and no wait is longer than it', () => {
  const calls = fc.array(fc.tuple(fc.nat(3_000), fc.integer({ min: 1, max: 150 })), {
    minLength: 1,
    maxLength: 60,
  })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 200 }),
      calls,
      (most, tokens, asked) => {
        const limit = { calls: most, tokens, windowMs: 10_000 }
        const made: { at: number; tokens: number }[] = []
        let rate: CallRate = NO_RATE
        let now = 1_000_000
        for (const [gap, size] of asked) {
          now += gap
          const wait = rateWaitMs(rate, size, limit, now)
          expect(wait).toBeLessThanOrEqual(limit.windowMs)
          // Not a millisecond longer than it has to be.
          if (wait > 0) expect(rateWaitMs(rate, size, limit, now + wait - 1)).toBe(1)
          now += wait
          expect(rateWaitMs(rate, size, limit, now)).toBe(0)
          rate = addCall(rate, size, limit, now)
          made.push({ at: now, tokens: size })
          const recent = made.filter(({ at }) => now - at < limit.windowMs)
          expect(recent.length).toBeLessThanOrEqual(most)
          const sum = recent.reduce((total, call) => total + call.tokens, 0)
          if (recent.length > 1) expect(sum).toBeLessThanOrEqual(tokens)
        }
      },
    ),
  )
})

test('[GATE6] a refusal teaches four fifths of what was asked, for ten minutes', () => {
  const start = 1_000_000
  let rate = NO_RATE
  for (let call = 0; call < 10; call += 1) {
    rate = addCall(rate, 100, NO_RATE_LIMIT, start + call * 1_000)
  }
  const now = start + 10_000
  const learned = learnRate(rate, now)
  expect(learned.learned).toMatchObject({ calls: 8, tokens: 800 })
  // The third oldest has to leave the minute before one more makes eight.
  expect(rateWaitMs(learned, 100, NO_RATE_LIMIT, now)).toBe(start + 2_000 + 60_000 - now)
  expect(rateWaitMs(learned, 100, NO_RATE_LIMIT, now - 1)).toBe(0)
  let later = learned
  for (let call = 0; call < 9; call += 1) {
    later = addCall(later, 1, NO_RATE_LIMIT, now + 599_000)
  }
  expect(rateWaitMs(later, 1, NO_RATE_LIMIT, now + 599_999)).toBeGreaterThan(0)
  expect(rateWaitMs(later, 1, NO_RATE_LIMIT, now + 600_000)).toBe(0)
})

test('[GATE6] one call alone teaches nothing, and what is remembered is bounded', () => {
  const one = addCall(NO_RATE, 100, NO_RATE_LIMIT, 1_000)
  expect(learnRate(one, 1_001)).toBe(one)
  let rate = NO_RATE
  for (let call = 0; call < 2_000; call += 1) rate = addCall(rate, 1, NO_RATE_LIMIT, 1_000 + call)
  expect(rate.made).toHaveLength(512)
})
