import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitPassages } from '../../../../../src/core/memory/recall/split-passages.ts'

function passagesOf(text: string): readonly string[] {
  return splitPassages(text).map(({ offset, length }) => text.slice(offset, offset + length))
}

const SENTENCE = 'The quick brown fox jumps over the lazy dog and runs away from it.'

test('[IDX2] a short text is one passage, without the space around it', () => {
  expect(passagesOf(`\n  ${SENTENCE}\n`)).toEqual([SENTENCE])
  expect(passagesOf(' \n\t ')).toEqual([])
  expect(passagesOf('')).toEqual([])
})

test('[IDX2] passages end at a line, else at a sentence, else at a word', () => {
  const lines = passagesOf(`${'x'.repeat(100)}\n`.repeat(12))
  expect(lines.every((passage) => /^x{100}(\nx{100})*$/.test(passage))).toBe(true)
  expect(passagesOf(`${SENTENCE} `.repeat(12)).every((text) => text.endsWith('.'))).toBe(true)
  expect(passagesOf('漢字漢字漢字漢。'.repeat(80)).every((text) => text.endsWith('。'))).toBe(true)
  const words = passagesOf('word '.repeat(300))
  expect(words.every((passage) => /^word( word)*$/.test(passage))).toBe(true)
})

test('[IDX2] a line without a break is cut, but no character in two', () => {
  const texts = passagesOf(`x${'👩'.repeat(2_000)}`)
  expect(texts.length).toBeGreaterThan(10)
  expect(texts.every((text) => text.isWellFormed())).toBe(true)
})

test('[IDX2, IDX10] passages are the whole text but for white space, and bounded', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(' ', '\n', '. ', '。', 'word ', SENTENCE, 'x'.repeat(300), '\uD83D', '\uDE00'),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = pieces.join('')
      let end = 0
      for (const { offset, length } of splitPassages(text)) {
        expect(text.slice(end, offset).trim()).toBe('')
        expect(length).toBeGreaterThan(0)
        expect(length).toBeLessThanOrEqual(360)
        end = offset + length
      }
      expect(text.slice(end).trim()).toBe('')
    }),
  )
})

test('[IDX10] splitting takes linear time', () => {
  for (const shape of ['x', ' ', '\n', 'x ', '. ']) {
    const began = performance.now()
    splitPassages(shape.repeat(2_000_000 / shape.length))
    expect(performance.now() - began, shape).toBeLessThan(10_000)
  }
})
