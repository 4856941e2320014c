import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clipText } from '../../../src/widget/view/clip-text.ts'

test('[REACT14] a long text is shown by its beginning, and one a little longer whole', () => {
  expect(clipText('a'.repeat(120), 100)).toEqual({ shown: 'a'.repeat(120), rest: 0 })
  expect(clipText('a'.repeat(200), 100)).toEqual({ shown: 'a'.repeat(100), rest: 100 })
  expect(clipText('', 100)).toEqual({ shown: '', rest: 0 })
})

test('[REACT14] nothing is lost or made up, and no character is cut in two', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.integer({ min: 1, max: 80 }),
      (text, most) => {
        const { shown, rest } = clipText(text, most)
        expect(text.startsWith(shown)).toBe(true)
        expect(shown.length + rest).toBe(text.length)
        expect(shown.length).toBeLessThanOrEqual(Math.max(most * 1.25, 1))
        if (text.isWellFormed() && most > 1) expect(shown.isWellFormed()).toBe(true)
      },
    ),
  )
})
