import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  afterFailure,
  EXTRACTOR_PAUSE_MS,
  MAX_EXTRACTOR_FAILURES,
  pausedReason,
  type ExtractorHealth,
} from '../../../../src/core/compaction/extractor-health.ts'

/** The health after failures at these times. */
function failedAt(...times: readonly number[]): ExtractorHealth | undefined {
  let health: ExtractorHealth | undefined
  for (const at of times) health = afterFailure(health, `failure at ${at}`, at)
  return health
}

test('[EXT6] three failures in a row stop an extractor from being asked', () => {
  expect(MAX_EXTRACTOR_FAILURES).toBe(3)
  for (const times of [[], [10], [10, 20]]) {
    expect(pausedReason(failedAt(...times), 20)).toBeUndefined()
  }
  expect(pausedReason(failedAt(10, 20, 30), 30)).toBe('paused after 3 failures: failure at 30')
})

test('[EXT6] after five minutes it is asked again, and paused again if that fails', () => {
  expect(EXTRACTOR_PAUSE_MS).toBe(300_000)
  const health = failedAt(10, 20, 30)
  expect(pausedReason(health, 300_029)).toBeDefined()
  expect(pausedReason(health, 300_030)).toBeUndefined()
  const again = afterFailure(health, 'still broken', 400_000)
  expect(pausedReason(again, 400_001)).toBe('paused after 4 failures: still broken')
  expect(pausedReason(again, 699_999)).toBeDefined()
  expect(pausedReason(again, 700_000)).toBeUndefined()
})

test('[EXT6] a clock that jumps back lets it be asked', () => {
  const health = failedAt(5_010, 5_020, 5_030)
  expect(pausedReason(health, 5_030)).toBeDefined()
  expect(pausedReason(health, 5_029)).toBeUndefined()
})

test('[EXT6] it is never paused for longer than five minutes, nor by fewer than three failures', () => {
  const steps = fc.array(
    fc.record({
      after: fc.oneof(
        { weight: 5, arbitrary: fc.nat(200_000) },
        { weight: 1, arbitrary: fc.integer({ min: -400_000, max: 400_000 }) },
      ),
      succeeds: fc.boolean(),
    }),
    { maxLength: 30 },
  )
  let pauses = 0
  fc.assert(
    fc.property(steps, (all) => {
      let now = 1_000_000
      let health: ExtractorHealth | undefined
      let inRow = 0
      let last = -Infinity
      for (const { after, succeeds } of all) {
        now += after
        const reason = pausedReason(health, now)
        const isDue = inRow >= 3 && now >= last && now < last + 300_000
        expect(reason !== undefined).toBe(isDue)
        if (reason !== undefined) {
          pauses += 1
          continue
        }
        inRow = succeeds ? 0 : inRow + 1
        last = succeeds ? last : now
        health = succeeds ? undefined : afterFailure(health, 'broken', now)
      }
    }),
    { numRuns: 500 },
  )
  expect(pauses).toBeGreaterThan(100)
})
