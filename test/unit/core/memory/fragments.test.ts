import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutFragments } from '../../../../src/core/memory/fragments.ts'

function cut(text: string): readonly string[] {
  return cutFragments(text).map(({ from, to }) => text.slice(from, to))
}

test('[SAL3] fragments are trimmed, in order, short, and leave out white space only', () => {
  const line = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ minLength: 200, maxLength: 900 }))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const text = lines.join('\n')
      const fragments = cutFragments(text)
      let last = 0
      for (const { from, to } of fragments) {
        expect(text.slice(last, from)).toMatch(/^\s*$/)
        expect(to - from).toBeLessThanOrEqual(181)
        expect(to).toBeGreaterThan(from)
        last = to
      }
      expect(text.slice(last)).toMatch(/^\s*$/)
    }),
  )
})

test('[SAL3] short lines stay with those behind them', () => {
  expect(cut('one\ntwo\nthree')).toEqual(['one\ntwo\nthree'])
  const long = 'x'.repeat(70)
  expect(cut(`${long}\n${long}\nend`)).toEqual(
    [long, `${long}\nend`.slice(0, 70), 'end'].slice(0, 1).concat(`${long}`, 'end'),
  )
})

test('[SAL3] a long line is cut behind a sentence, else at a comma, else at a space, else anywhere', () => {
  const words = 'word '.repeat(20)
  expect(cut(`${words}ends here. ${words}more`)[0]).toBe(`${words}ends here.`)
  expect(cut(`${words}so far, ${words}${words}`)[0]).toBe(`${words}so far,`)
  expect(cut('y'.repeat(500)).map(({ length }) => length)).toEqual([180, 180, 140])
  for (const piece of cut('😀'.repeat(300))) expect(piece.isWellFormed()).toBe(true)
})
