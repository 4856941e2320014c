import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describePiece, readSlice, SLICE_KINDS } from '../../../src/app/view/slice-form.ts'

test('[APP67] lines, paths and words are read, and lines put in order', () => {
  expect(readSlice('lines', ' 40 - 12 ')).toEqual({ lines: { from: 12, to: 40 } })
  expect(readSlice('lines', '7')).toEqual({ lines: { from: 7, to: 7 } })
  expect(readSlice('lines', '0..3')).toEqual({ lines: { from: 1, to: 3 } })
  expect(readSlice('lines', 'ten')).toBeNull()
  expect(readSlice('path', '$.a[0] ')).toEqual({ path: '$.a[0]' })
  expect(readSlice('grep', '/not found/')).toEqual({ grep: '/not found/', context: 2 })
  expect(readSlice('grep', '  ')).toBeNull()
  expect(readSlice('whole', 'anything')).toBeNull()
})

test('[APP67] whatever is typed, lines are whole numbers in order', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SLICE_KINDS), fc.string(), (kind, typed) => {
      const slice = readSlice(kind, typed)
      if (slice === null || !('lines' in slice)) return
      expect(slice.lines.from).toBeGreaterThanOrEqual(1)
      expect(slice.lines.to).toBeGreaterThanOrEqual(slice.lines.from)
    }),
  )
})

test('[APP67] what is shown is told with how much there is besides', () => {
  const size = { characters: 20_000, lines: 400, mediaType: 'text/plain' }
  const slice = { kind: 'slice', text: '', unit: 'matches', cut: 0, ...size } as const
  expect(describePiece({ ...slice, found: 30, shown: 12, cut: 900 })).toBe(
    'text/plain, 12 of 30 matches, 900 characters left out; 400 lines, 20,000 characters in all',
  )
  expect(describePiece({ ...slice, found: 3, shown: 3 })).toMatch(/^text\/plain, 3 matches; /)
  const whole = {
    kind: 'artifact',
    text: 'x'.repeat(1_500),
    mediaType: 'application/json',
  } as const
  expect(describePiece(whole)).toBe('application/json, 1,500 characters')
})
