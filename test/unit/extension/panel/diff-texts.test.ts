import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffTexts, type DiffRun } from '../../../../extension/panel/diff-texts.ts'

const side = (runs: readonly DiffRun[], other: DiffRun['kind']): readonly string[] =>
  runs.filter(({ kind }) => kind !== other).flatMap(({ lines }) => lines)

test('[PANEL10] the changes put together give both bodies', () => {
  const line = fc.constantFrom('a', 'b', 'c', '{', '')
  const text = fc.array(line, { maxLength: 12 }).map((lines) => `x\n${lines.join('\n')}`)
  fc.assert(
    fc.property(text, text, (before, after) => {
      const runs = diffTexts(before, after)
      expect(side(runs, 'added').join('\n')).toBe(before)
      expect(side(runs, 'removed').join('\n')).toBe(after)
      runs.forEach(({ kind }, at) => expect(kind).not.toBe(runs[at + 1]?.kind))
    }),
  )
})

test('[PANEL10] bodies of JSON are compared value by value', () => {
  const body = (messages: readonly string[]): string => JSON.stringify({ model: 'm', messages })
  const runs = diffTexts(body(['a', 'b', 'c', 'd']), body(['digest', 'c', 'd']))
  expect(runs.map(({ kind, lines }) => [kind, lines.map((line) => line.trim())])).toEqual([
    ['same', ['{', '"model": "m",', '"messages": [']],
    ['removed', ['"a",', '"b",']],
    ['added', ['"digest",']],
    ['same', ['"c",', '"d"', ']', '}']],
  ])
})

test('[PANEL10] what is the same is never shown as changed, and size is no matter', () => {
  const long = Array.from({ length: 200_000 }, (_, at) => `line ${at}`)
  const [only] = diffTexts(long.join('\n'), long.join('\n'))
  expect(only?.kind).toBe('same')
  const runs = diffTexts(long.join('\n'), long.map((line) => `${line}!`).join('\n'))
  expect(runs.map(({ kind }) => kind)).toEqual(['removed', 'added'])
})
