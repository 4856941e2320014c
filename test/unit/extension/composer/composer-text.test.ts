import { assert, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import {
  comparableText,
  isBlank,
  isSameText,
  typableText,
} from '../../../../extension/bridge/composer/composer-text.ts'

test('[FILL4] a text is compared but for what editors change by themselves', () => {
  expect(isSameText('a\r\n b\u00a0c\n\n', 'a\n b c')).toBe(true)
  for (const [a, b] of [
    ['a\n\nb', 'a\nb'],
    [' a', 'a'],
    ['a  b', 'a b'],
    ['\na', 'a'],
    ['a\tb', 'a b'],
    ['👍🏽', '👍'],
  ] as const) {
    expect(isSameText(a, b), a).toBe(false)
  }
})

test('[FILL10] any text has a form that can be typed, found in linear time', () => {
  assert(
    property(string({ unit: 'binary', maxLength: 200 }), (text) => {
      const typable = typableText(text)
      expect(typable.isWellFormed()).toBe(true)
      expect(typableText(typable)).toBe(typable)
      expect(comparableText(comparableText(text))).toBe(comparableText(text))
      expect(isSameText(text, typable)).toBe(true)
    }),
  )
  expect(comparableText(`${'\n'.repeat(1_000_000)}a`)).toHaveLength(1_000_001)
  expect(isBlank('\n \u00a0\ufeff\u200b\n')).toBe(true)
})
