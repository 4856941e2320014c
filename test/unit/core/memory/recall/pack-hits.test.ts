import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  packHits,
  type FoundPassage,
  type PackOptions,
} from '../../../../../src/core/memory/recall/pack-hits.ts'
import { showHit } from '../../../../../src/core/memory/recall/show-hit.ts'
import { buildLog, user } from '../../../../support/build-log.ts'

const count = (text: string): number => Math.ceil(text.length / 4)

function passage(seq: number, text: string, score: number, offset = 0): FoundPassage {
  return { seq, offset, text, score }
}

function seqsOf(found: readonly FoundPassage[], options: Partial<PackOptions>): readonly number[] {
  return packHits(found, { limit: 100, count, ...options }).map(({ seq }) => seq)
}

test('[IDX8] of the same text the newest comes first and the others last', () => {
  const found = [
    passage(4, 'Same  text', 9),
    passage(7, 'same text', 9),
    passage(2, 'other', 5),
    passage(1, 'third', 4),
  ]
  expect(seqsOf(found, {})).toEqual([7, 2, 1, 4])
  expect(seqsOf(found, { limit: 2 })).toEqual([7, 2])
  expect(seqsOf(found, { tokens: 500 })).toEqual([7, 2, 1])
})

test('[IDX8] passages of one message come together, with the score of the best', () => {
  const found = [
    passage(3, 'c', 9, 700),
    passage(5, 'x', 8),
    passage(3, 'a', 7, 0),
    passage(3, 'b', 6, 300),
    passage(3, 'd', 5, 900),
  ]
  expect(packHits(found, { limit: 9, count })[0]).toEqual({
    seq: 3,
    score: 9,
    passages: [
      { offset: 0, text: 'a' },
      { offset: 300, text: 'b' },
      { offset: 700, text: 'c' },
    ],
  })
})

test('[IDX9] in a budget, what says something new comes before what was said', () => {
  const found = [
    passage(1, 'the port is in src/config.ts', 10),
    passage(2, 'again the port of src/config.ts', 9),
    passage(3, 'the host is in src/host.ts', 6),
  ]
  expect(seqsOf(found, { tokens: 500 })).toEqual([1, 3, 2])
  expect(seqsOf(found, {})).toEqual([1, 2, 3])
})

test('[IDX9] in a budget, what the reader knows comes later, and what stands before them last', () => {
  const found = [passage(1, 'src/a.ts', 10), passage(2, 'src/b.ts', 8), passage(3, 'src/c.ts', 6)]
  expect(seqsOf(found, { tokens: 500 })).toEqual([1, 2, 3])
  expect(seqsOf(found, { tokens: 500, known: new Set(['src/a.ts']) })).toEqual([2, 3, 1])
  expect(seqsOf(found, { tokens: 500, held: new Set([1, 2]) })).toEqual([3, 1, 2])
  expect(seqsOf(found, { held: new Set([1]) })).toEqual([2, 3, 1])
  // What the query says is nothing new, and no reason to hold anything back.
  expect(seqsOf(found, { tokens: 500, asked: new Set(['src/a.ts']) })).toEqual([2, 3, 1])
})

const anyFound = fc
  .array(
    fc.record({
      seq: fc.integer({ min: 1, max: 9 }),
      offset: fc.nat(9).map((n) => n * 400),
      text: fc.constantFrom('src/a.ts is it', 'b '.repeat(120).trim(), 'c_d', 'x'.repeat(360), '7'),
      score: fc.integer({ min: 1, max: 100 }),
    }),
    { maxLength: 60 },
  )
  .map((found) => found.toSorted((a, b) => b.score - a.score))

test('[REC10] whatever is found, an answer costs no more than its budget, and something is in it', () => {
  const long = Array.from({ length: 9 }, (_, n) => `${n} `.repeat(2_000)).join('')
  const { messages } = buildLog([user(long)])
  const [message] = messages
  if (!message) throw new Error('there is no message')
  fc.assert(
    fc.property(anyFound, fc.integer({ min: 12, max: 900 }), (found, tokens) => {
      const hits = packHits(found, { limit: 100, tokens, count })
      const shown = hits.map((hit) => showHit({ ...message, seq: hit.seq }, long, hit))
      const cost = shown.reduce((sum, { text }) => sum + count(text), 0)
      expect(cost).toBeLessThanOrEqual(tokens)
      expect(hits.length > 0).toBe(found.length > 0)
      expect(new Set(hits.map(({ seq }) => seq)).size).toBe(hits.length)
    }),
  )
})

test('[REC12] passages that touch are shown as one, others with a mark between them', () => {
  const text = 'first line\nsecond line\nthird line\nfourth line\n'
  const [message] = buildLog([user(text)]).messages
  if (!message) throw new Error('there is no message')
  const at = (line: string): { offset: number; text: string } => ({
    offset: text.indexOf(line),
    text: line,
  })
  const show = (...lines: readonly string[]): ReturnType<typeof showHit> =>
    showHit(message, text, { seq: 1, score: 2, passages: lines.map(at) })
  expect(show('first line', 'second line')).toMatchObject({
    text: 'first line\nsecond line…',
    passages: [{ offset: 0, text: 'first line\nsecond line' }],
  })
  expect(show('second line', 'fourth line')).toEqual({
    seq: 1,
    role: 'user',
    active: true,
    score: 2,
    text: '…second line\n…\nfourth line',
    passages: [
      { offset: 11, text: 'second line' },
      { offset: 34, text: 'fourth line' },
    ],
  })
})

test('[IDX11] in a budget, a short message comes with the short ones beside it', () => {
  const texts = new Map([
    [1, 'far'],
    [2, ' two before '],
    [3, 'before'],
    [4, 'the zebra'],
    [5, 'x'.repeat(300)],
    [6, 'two behind'],
  ])
  const found = [passage(4, 'the zebra', 9), passage(3, 'before', 1)]
  const hits = packHits(found, { limit: 9, count, tokens: 100, texts })
  expect(hits.map(({ seq, passages }) => [seq, ...passages.map(({ text }) => text)])).toEqual([
    [4, 'the zebra'],
    [3, 'before'],
    [6, 'two behind'],
    [2, 'two before'],
  ])
  expect(hits[3]?.passages[0]?.offset).toBe(1)
  expect(seqsOf(found, { tokens: 100, texts, held: new Set([2, 6]) })).toEqual([4, 3])
  expect(seqsOf(found, { texts })).toEqual([4, 3])
  const long = passage(5, 'x'.repeat(300), 9)
  expect(seqsOf([long], { tokens: 100, texts })).toEqual([5])
})
