import fc from 'fast-check'
import { expect, test } from 'vitest'
import { excerptOf } from '../../../../src/core/memory/excerpt.ts'

const count = (text: string): number => Math.ceil(text.length / 4)

test('[SQZ3] an excerpt is verbatim, in order, and within its tokens', () => {
  const word = fc.constantFrom(
    'alpha',
    'src/core/log.ts',
    'parseHeader',
    '42%',
    'and',
    'so',
    '\n',
    '…',
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 400 }), fc.nat(300), (words, maxTokens) => {
      const text = words.join(' ')
      const excerpt = excerptOf(text, maxTokens, count)
      let at = 0
      for (const piece of excerpt
        .split('\n')
        .filter((line) => line !== '[…]' && line.trim() !== '')) {
        at = text.indexOf(piece, at)
        expect(at, piece).toBeGreaterThanOrEqual(0)
      }
      if (excerpt !== '[…]') expect(count(excerpt)).toBeLessThanOrEqual(Math.max(1, maxTokens))
    }),
  )
})

test('[SQZ3] what is exact stands before filler, and where it begins and ends stays', () => {
  const filler = Array.from(
    { length: 200 },
    (_, i) => `some words that go on and on, ${'on '.repeat(i % 9)}`,
  )
  const text = [
    'Report of the run',
    ...filler,
    'see src/engine/open-session.ts for parseHeader',
    ...filler,
    'It ended well',
  ].join('\n')
  const excerpt = excerptOf(text, 150, count)
  expect(excerpt).toContain('Report of the run')
  expect(excerpt).toContain('src/engine/open-session.ts')
  expect(excerpt).toContain('It ended well')
})

test('[SQZ3] what fits is left whole', () => {
  expect(excerptOf('one line\nanother line', 100, count)).toBe('one line\nanother line')
})
