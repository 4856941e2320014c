import fc from 'fast-check'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, test } from 'vitest'
import { createEstimatingTokeniser } from '../../../src/models/estimating-tokeniser.ts'
import { hostileTexts, plainTexts } from './texts.ts'

const { count } = createEstimatingTokeniser()

test('[TOK1] the empty text is no token, any other at least one, and always a whole number', () => {
  expect(count('')).toBe(0)
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), (text) => {
      const tokens = count(text)
      expect(Number.isInteger(tokens)).toBe(true)
      expect(tokens).toBeGreaterThanOrEqual(1)
      expect(count(text)).toBe(tokens)
    }),
    { numRuns: 2000 },
  )
})

test('[TOK1] lone surrogates and every single code unit count', () => {
  for (let code = 0; code <= 0xffff; code++) {
    const tokens = count(String.fromCharCode(code))
    expect(tokens >= 1 && tokens <= 4, `code unit ${code} counted ${tokens}`).toBe(true)
  }
})

describe.each(Object.entries(hostileTexts(1_000_000)))('%s', (_name, text) => {
  test('[TOK2] a megabyte counts in linear time', () => {
    const started = performance.now()
    const tokens = count(text)
    expect(performance.now() - started).toBeLessThan(10_000)
    expect(tokens).toBeGreaterThan(0)
    expect(tokens).toBeLessThan(text.length * 4)
  })

  test('[TOK2] ten times the text is ten times the tokens', () => {
    const tenth = count(text.slice(0, 100_000))
    expect(count(text) / tenth).toBeGreaterThan(9)
    expect(count(text) / tenth).toBeLessThan(11)
  })
})

test('[TOK3] a text counts like its two halves, whatever is on either side of a line end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...Object.values(plainTexts)), { minLength: 2 }),
      (all) => {
        const whole = count(all.join('\n'))
        const parts = all.reduce((sum, text) => sum + count(`${text}\n`), 0)
        expect(Math.abs(whole - parts)).toBeLessThanOrEqual(0.06 * parts + 2)
      },
    ),
    { numRuns: 100 },
  )
})

test.each(Object.entries(plainTexts))('[TOK4] %s is estimated within 15 percent', (_name, text) => {
  const exact = countTokens(text)
  expect(count(text)).toBeGreaterThan(0.85 * exact)
  expect(count(text)).toBeLessThan(1.15 * exact)
})

test('[TOK4] a context of all of them is estimated within 3 percent', () => {
  const all = Object.values(plainTexts)
  const exact = all.reduce((sum, text) => sum + countTokens(text), 0)
  const estimated = all.reduce((sum, text) => sum + count(text), 0)
  expect(Math.abs(estimated / exact - 1)).toBeLessThan(0.03)
})

test('[TOK5] names of control tokens are ordinary text', () => {
  expect(count('<|endoftext|>')).toBeGreaterThan(3)
  expect(count('<|im_start|>system<|im_end|>')).toBeGreaterThan(6)
})
