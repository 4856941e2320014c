import fc from 'fast-check'
import { expect, test } from 'vitest'
import { valueKey } from '../../../src/widget/view/value-key.ts'

test('[REACT6] options are equal by value, whatever the order of their fields', () => {
  expect(valueKey({ budget: { tokens: 8_000, soft: 0.5 }, automatic: true })).toBe(
    valueKey({ automatic: true, budget: { soft: 0.5, tokens: 8_000 } }),
  )
  expect(valueKey({ a: 1, b: undefined })).toBe(valueKey({ a: 1 }))
  const different = [undefined, null, {}, [], { a: 1 }, { a: '1' }, { a: NaN }, { a: Infinity }]
  const keys = different.map(valueKey)
  expect(new Set(keys).size).toBe(keys.length)
})

test('[REACT6] comparing options is total, and equal copies have equal keys', () => {
  const cyclic: { self?: unknown } = {}
  cyclic.self = cyclic
  expect(() => [valueKey(cyclic), valueKey({ n: 1n })]).not.toThrow()
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(valueKey(structuredClone(value))).toBe(valueKey(value))
    }),
  )
})
