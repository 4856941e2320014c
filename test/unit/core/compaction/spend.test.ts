import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addSpend,
  allowsSpend,
  EMPTY_WINDOW,
  NO_SPEND,
  spendInWindow,
  type Spend,
  type SpendLimit,
  type SpendWindow,
} from '../../../../src/core/compaction/spend.ts'

const LIMIT: SpendLimit = { windowMs: 1_000, calls: 3, tokens: 100 }

/** Whether a window counts at this time: it is not over, and does not lie in the future. */
function counts({ since }: SpendWindow, now: number): boolean {
  return since <= now && now < since + LIMIT.windowMs
}

/** Times as a clock may show them: it goes on, stands still, leaps ahead, and jumps back. */
const times = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.nat(400) },
      { weight: 2, arbitrary: fc.nat(5_000) },
      { weight: 1, arbitrary: fc.integer({ min: -5_000, max: -1 }) },
    ),
    { minLength: 1, maxLength: 40 },
  )
  .map((steps) => {
    let now = 1_000_000
    return steps.map((step) => (now += step))
  })

test('[SPEND1] spend is added up within the window, and a window that is over begins anew', () => {
  const spend = { calls: 2, tokens: 30 }
  const first = spendInWindow(EMPTY_WINDOW, spend, LIMIT, 5_000)
  expect(first).toEqual({ ...spend, since: 5_000 })
  const second = spendInWindow(first, { calls: 1, tokens: 5 }, LIMIT, 5_999)
  expect(second).toEqual({ calls: 3, tokens: 35, since: 5_000 })
  expect(spendInWindow(second, spend, LIMIT, 6_000)).toEqual({ ...spend, since: 6_000 })
})

test('[SPEND1] a clock that jumps back ends the window', () => {
  const window = { calls: 9, tokens: 9, since: 5_000 }
  const spend = { calls: 1, tokens: 1 }
  expect(spendInWindow(window, spend, LIMIT, 4_999)).toEqual({ ...spend, since: 4_999 })
  expect(spendInWindow(window, spend, LIMIT, 5_000)).toMatchObject({ calls: 10, since: 5_000 })
})

test('[SPEND1] what cost nothing begins no window', () => {
  const window = { calls: 1, tokens: 9, since: 5_000 }
  for (const now of [0, 5_000, 1e9])
    expect(spendInWindow(window, NO_SPEND, LIMIT, now)).toBe(window)
})

test('[SPEND1] a window holds all that was spent since it began, whatever the clock does', () => {
  const spends = fc.array(
    fc.record({ calls: fc.integer({ min: 1, max: 3 }), tokens: fc.nat(50) }),
    { minLength: 40, maxLength: 40 },
  )
  fc.assert(
    fc.property(times, spends, (clock, all) => {
      let window = EMPTY_WINDOW
      let inside: Spend[] = []
      clock.forEach((now, index) => {
        const spend = all[index] ?? NO_SPEND
        const before = window
        window = spendInWindow(before, spend, LIMIT, now)
        expect(window.since).toBe(counts(before, now) ? before.since : now)
        inside = window.since === before.since ? [...inside, spend] : [spend]
        expect(window).toEqual({ ...inside.reduce(addSpend), since: window.since })
        expect(counts(window, now)).toBe(true)
      })
    }),
  )
})

test('[SPEND2] a call is allowed up to the limit of calls, and of tokens', () => {
  const allows = (window: Partial<SpendWindow>, tokens: number, limit = LIMIT): boolean =>
    allowsSpend({ ...NO_SPEND, since: 5_000, ...window }, tokens, limit, 5_500)
  expect([2, 3].map((calls) => allows({ calls }, 0))).toEqual([true, false])
  expect([60, 61].map((tokens) => allows({ tokens }, 40))).toEqual([true, false])
  expect([100, 101].map((tokens) => allows({}, tokens))).toEqual([true, false])
  expect(allows({}, 0, { ...LIMIT, calls: 0 })).toBe(false)
  expect(allows({}, 1, { ...LIMIT, tokens: 0 })).toBe(false)
})

test('[SPEND2] a window that is over, or lies in the future, holds nothing up', () => {
  const full = { calls: 3, tokens: 100, since: 5_000 }
  const allowed = [4_999, 5_000, 5_999, 6_000].map((now) => allowsSpend(full, 10, LIMIT, now))
  expect(allowed).toEqual([true, false, false, true])
  expect(allowsSpend(full, 101, LIMIT, 6_000)).toBe(false)
})

test('[SPEND1, SPEND2] who spends only what is allowed stays within the limit in every window', () => {
  const sizes = fc.array(fc.nat(120), { minLength: 40, maxLength: 40 })
  let refused = 0
  fc.assert(
    fc.property(times, sizes, (clock, all) => {
      let window = EMPTY_WINDOW
      clock.forEach((now, index) => {
        const tokens = all[index] ?? 0
        if (!allowsSpend(window, tokens, LIMIT, now)) {
          refused += 1
          return
        }
        window = spendInWindow(window, { calls: 1, tokens }, LIMIT, now)
        expect(window.calls).toBeLessThanOrEqual(LIMIT.calls)
        expect(window.tokens).toBeLessThanOrEqual(LIMIT.tokens)
      })
    }),
  )
  expect(refused).toBeGreaterThan(50)
})
