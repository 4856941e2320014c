import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRetryAfter } from '../../../../src/models/remote/read-retry-after.ts'

const NOW = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT')
const none = { retryAfter: null, retryAfterMs: null, body: '' }

test.each([
  [{ retryAfter: '3' }, 3_000],
  [{ retryAfter: ' 0.5 ' }, 500],
  [{ retryAfter: '0' }, 0],
  [{ retryAfter: 'Wed, 21 Oct 2026 07:28:09 GMT' }, 9_000],
  [{ retryAfter: 'Wednesday, 21-Oct-26 07:29:00 GMT' }, 60_000],
  [{ retryAfter: 'Tue, 20 Oct 2026 07:28:00 GMT' }, 0],
  [{ retryAfter: '9999999999' }, 86_400_000],
  [{ retryAfter: 'soon' }, undefined],
  [{ retryAfter: '-3' }, undefined],
  [{ retryAfterMs: '120', retryAfter: '3' }, 120],
  [{ body: '{"details":[{"@type":"google.rpc.RetryInfo","retryDelay": "34.07s"}]}' }, 34_070],
  [{ body: 'Rate limit reached. Please try again in 1m2.5s. Visit' }, 62_500],
  [{ body: 'Please try again in 20ms.' }, 20],
  [{ body: 'Please try again in 1h3m.' }, 3_780_000],
  [{ body: 'Please try again in a while' }, undefined],
  [{}, undefined],
])('[REM6] the time to wait is read from what was said: %o', (hints, expected) => {
  expect(readRetryAfter({ ...none, ...hints }, NOW)).toBe(expected)
})

test('[REM6] whatever was said, the wait is none or within a day', () => {
  const text = fc.option(fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(text, text, fc.string(), (retryAfter, retryAfterMs, body) => {
      const wait = readRetryAfter({ retryAfter, retryAfterMs, body }, NOW) ?? 0
      expect(wait >= 0 && wait <= 86_400_000).toBe(true)
    }),
  )
})
