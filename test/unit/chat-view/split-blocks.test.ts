import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createBlockSplitter,
  splitBlocks,
} from '../../../src/widget/chat-view/markdown/split-blocks.ts'

/** What a block is, in short. */
function brief(text: string): readonly string[] {
  return splitBlocks(text).blocks.map(
    ({ kind, info, text: inner, isOpen }) =>
      `${kind}${info === '' ? '' : ` ${info}`}${isOpen ? ' …' : ''}: ${inner.trim()}`,
  )
}

test.each([
  ['one\n\ntwo', ['text: one', 'text …: two']],
  ['a\nb\n\n\nc\n', ['text: a\nb', 'text …: c']],
  ['say\n```ts\nlet a\n\nlet b\n```\nand', ['text: say', 'code ts: let a\n\nlet b', 'text …: and']],
  ['```\nopen', ['code …: open']],
  ['````md\n```\nx\n```\n````', ['code md: ```\nx\n```']],
  ['- a\n\n- b\n\n  still b\n\nout', ['text: - a\n\n- b\n\n  still b', 'text …: out']],
  [
    '1. a\n   ```\n   x\n\n   y\n   ```\n2. b',
    ['text …: 1. a\n   ```\n   x\n\n   y\n   ```\n2. b'],
  ],
  ['$$\nx^2\n$$\nso', ['maths: x^2', 'text …: so']],
  ['\\[ a \\]', ['maths: a']],
  ['$$ a $$ and b', ['text …: $$ a $$ and b']],
  ['$$\nnever\n\nmore', ['text: $$\nnever', 'text …: more']],
  ['text `a` ```b``` c', ['text …: text `a` ```b``` c']],
  ['```js x`` ` y', ['text …: ```js x`` ` y']],
])('[MDV1] blocks of %j', (text, blocks) => {
  expect(brief(text)).toEqual(blocks)
})

const LINES = fc.constantFrom(
  ...'a b|```|```ts|~~~|- x|  y|1. z||$$|\\[|\\]|x = y$$|> q|# h|--|[n]: https://a.b|    c'.split(
    '|',
  ),
  '| a | b |',
  '|---|---|',
)

test('[MDV1] however a text grows, it is split as if it came at once', () => {
  fc.assert(
    fc.property(
      fc.array(LINES, { maxLength: 25 }),
      fc.array(fc.nat(9), { minLength: 1 }),
      (lines, steps) => {
        const text = lines.join('\n')
        const split = createBlockSplitter()
        for (let at = 0, n = 0; at < text.length; n += 1) {
          at += 1 + (steps[n % steps.length] ?? 0)
          expect(split(text.slice(0, at))).toEqual(splitBlocks(text.slice(0, at)))
        }
      },
    ),
  )
})

test('[MDV1] no text is lost between blocks', () => {
  const bare = (text: string): string => text.replace(/[\s`~]|\$\$|\\[[\]]|ts/g, '')
  fc.assert(
    fc.property(fc.array(LINES, { maxLength: 25 }), (lines) => {
      const text = lines.join('\n')
      expect(
        bare(
          splitBlocks(text)
            .blocks.map((block) => block.text)
            .join(''),
        ),
      ).toBe(bare(text))
    }),
  )
})

test('[MDV1] what is complete stays the same object while the rest comes', () => {
  const split = createBlockSplitter()
  const [first] = split('one\n\ntw').blocks
  expect(split('one\n\ntwo\n\nthree').blocks[0]).toBe(first)
  expect(split('another').blocks[0]?.text).toBe('another')
})

test('[MDV2] a long answer that comes letter by letter takes linear time', () => {
  const work = (text: string): number => {
    const split = createBlockSplitter()
    let lines = 0
    for (let at = 500; at <= text.length; at += 500) lines += split(text.slice(0, at)).blocks.length
    return lines
  }
  const started = performance.now()
  expect(work(`\`\`\`\n${'let a = 1\n'.repeat(40_000)}`)).toBeGreaterThan(0)
  // Looked at from the beginning each time it would be billions of characters.
  expect(performance.now() - started).toBeLessThan(10_000)
})

test('[MDV2] no block is longer than its parser may take, and the rest of a table keeps its head', () => {
  const row = `| ${'x'.repeat(80)} | y |\n`
  const { blocks } = splitBlocks(`| a | b |\n|---|---|\n${row.repeat(400)}`)
  expect(blocks.length).toBeGreaterThan(2)
  for (const { text } of blocks) expect(text.startsWith('| a | b |\n|---|---|\n')).toBe(true)
  const words = splitBlocks('word '.repeat(20_000)).blocks
  expect(Math.max(...words.map(({ text }) => text.length))).toBeLessThan(17_000)
  expect(words.map(({ text }) => text).join('')).toBe('word '.repeat(20_000))
  expect(splitBlocks('😀'.repeat(30_000)).blocks.every(({ text }) => text.isWellFormed())).toBe(
    true,
  )
})

test('[MDV1] reference links are found wherever they stand, but not in code', () => {
  const { links } = splitBlocks(
    '[See][x]\n\n```\n[no]: https://no.example\n```\n[X]: <https://a.example/p>',
  )
  expect(links).toEqual({})
  expect(splitBlocks('a\n\n[X y]: <https://a.example/p>\n').links).toEqual({
    'x y': { href: 'https://a.example/p', title: null },
  })
})
