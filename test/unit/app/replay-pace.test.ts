import { expect, test } from 'vitest'
import { pauseBefore, remainingTimes } from '../../../src/app/replay/replay-pace.ts'
import type { Draft } from '../../../src/core/session/message.ts'

const said = (role: Draft['role'], text: string, at?: number): Draft => ({
  role,
  parts: [{ type: 'text', text }],
  ...(at === undefined ? {} : { at }),
})

test('[APP1] the pause before a draft is the recorded one, within its bounds', () => {
  expect(pauseBefore(undefined, said('user', 'hi', 5_000))).toBe(0)
  expect(pauseBefore(said('user', 'hi', 1_000), said('assistant', 'yes', 3_500))).toBe(2_500)
  expect(pauseBefore(said('user', 'hi', 0), said('assistant', 'yes', 9 * 3_600_000))).toBe(6_000)
  expect(pauseBefore(said('user', 'hi', 1_000), said('assistant', 'yes', 1_000))).toBe(120)
})

test('[APP2] without recorded times the pause grows with the text and with who writes it', () => {
  const text = 'x'.repeat(400)
  const before = said('user', 'hi')
  const model = pauseBefore(before, said('assistant', text))
  expect(model).toBeGreaterThan(pauseBefore(before, said('tool', text)))
  expect(pauseBefore(before, said('assistant', text + text))).toBeGreaterThan(model)
  // Times that run backwards are no times.
  expect(pauseBefore(said('user', 'hi', 9_000), said('assistant', text, 1_000))).toBe(model)
  expect(pauseBefore(before, said('user', 'x'.repeat(100_000)))).toBe(6_000)
})

test('[APP2] the remaining time at each position is the sum of the pauses to come', () => {
  expect(remainingTimes([0, 100, 250])).toEqual([350, 350, 250, 0])
  expect(remainingTimes([])).toEqual([0])
})
