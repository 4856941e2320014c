import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OUTPUT_HEAD, PAGE_CHARS, pageOf, pageText } from '../../../src/app/view/text-pages.ts'

test('[APP29] a long text shows its first lines only and says how many there are', () => {
  const text = Array.from({ length: 500 }, (_, index) => `line ${index}`).join('\n')
  const paged = pageText(text, OUTPUT_HEAD)
  expect(paged).toMatchObject({ lines: 500, long: true, pages: 1 })
  expect(paged.head).toBe('line 0\nline 1\nline 2\nline 3\nline 4\nline 5')
  expect(pageText('short\ntext', OUTPUT_HEAD)).toEqual({
    lines: 2,
    head: 'short\ntext',
    long: false,
    pages: 1,
  })
  // Two lines more are not worth a button.
  expect(pageText('1\n2\n3\n4\n5\n6\n7\n8', OUTPUT_HEAD).long).toBe(false)
  expect(pageText('1\n2\n3\n4\n5\n6\n7\n8\n9', OUTPUT_HEAD).long).toBe(true)
  expect(pageText('x'.repeat(1_000_000), OUTPUT_HEAD).head).toHaveLength(600)
})

test('[APP30] pages are bounded, joined in order they are the text, and no character is cut in two', () => {
  fc.assert(
    fc.property(fc.nat(3), fc.nat(PAGE_CHARS), (more, rest) => {
      const text = `${'a'.repeat(more)}${'😀'.repeat((PAGE_CHARS + rest) >> 1)}`
      const { pages } = pageText(text, OUTPUT_HEAD)
      const cut = Array.from({ length: pages }, (_, page) => pageOf(text, page))
      expect(cut.join('') === text).toBe(true)
      for (const page of cut) {
        expect(page.length).toBeLessThanOrEqual(PAGE_CHARS + 1)
        expect(page.isWellFormed()).toBe(true)
      }
    }),
  )
  expect(pageOf('\ud800'.repeat(PAGE_CHARS + 3), 1)).toHaveLength(3)
})
