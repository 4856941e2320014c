import { expect, test } from 'vitest'
import fc from 'fast-check'
import { toEngineQuestion } from '../../../../src/core/models/engine-question.ts'
import { noteLoss, untilNextTry, type Losses } from '../../../../src/core/models/losses.ts'
import { CONTROL_STOPS, trimStops } from '../../../../src/core/models/trim-stops.ts'

test('[WEB14] an answer is always bounded, and a schema is text', () => {
  const request = { system: 's', prompt: 'p', maxTokens: 50.7, schema: { type: 'object' } }
  expect(toEngineQuestion(request, 4_096)).toEqual({
    system: 's',
    prompt: 'p',
    maxTokens: 50,
    schema: '{"type":"object"}',
  })
  for (const maxTokens of [0, -3, Number.NaN, Infinity, 10 ** 9]) {
    const bound = toEngineQuestion({ system: '', prompt: '', maxTokens }, 4_096)?.maxTokens
    expect(bound).toBeGreaterThanOrEqual(1)
    expect(bound).toBeLessThanOrEqual(4_096)
  }
})

test('[WEB14] what can not fit is not asked, and what is asked is well-formed', () => {
  const long = { system: '', prompt: 'a'.repeat(200_000), maxTokens: 5 }
  expect(toEngineQuestion(long, 4_096)).toBeUndefined()
  const lone = toEngineQuestion({ system: '\ud800', prompt: 'a\udc00', maxTokens: 5 }, 4_096)
  expect(lone?.system.isWellFormed()).toBe(true)
  expect(lone?.prompt.isWellFormed()).toBe(true)
})

test('[WEB14] no stop string is left at the end, nor the beginning of one', () => {
  expect(trimStops('abc<|im_end|>def')).toBe('abc')
  expect(trimStops('abc<|im_e')).toBe('abc')
  expect(trimStops('abc STO', ['STOP'])).toBe('abc ')
  expect(trimStops('a < b <')).toBe('a < b <')
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...CONTROL_STOPS), fc.nat(20), (text, stop, cut) => {
      const trimmed = trimStops(text + stop.slice(0, cut))
      expect(CONTROL_STOPS.some((each) => trimmed.includes(each))).toBe(false)
      expect(text.startsWith(trimmed) || trimmed.startsWith(text)).toBe(true)
    }),
  )
})

test('[WEB8] three losses within ten minutes close the way until the oldest is past', () => {
  let losses: Losses = []
  for (const at of [0, 60_000]) losses = noteLoss(losses, at)
  expect(untilNextTry(losses, 60_000)).toBe(0)
  losses = noteLoss(losses, 120_000)
  expect(untilNextTry(losses, 120_000)).toBe(480_000)
  expect(untilNextTry(losses, 600_000)).toBe(0)
  expect(untilNextTry(losses, -1)).toBe(0)
  expect(noteLoss(losses, 700_000)).toHaveLength(3)
})
