import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createSegmentBuilder,
  type RecallDocument,
} from '../../../../../src/core/memory/recall/build-segment.ts'
import {
  openSegment,
  type OpenSegment,
} from '../../../../../src/core/memory/recall/open-segment.ts'
import { parseQuery } from '../../../../../src/core/memory/recall/parse-query.ts'
import { rankPassages } from '../../../../../src/core/memory/recall/rank-passages.ts'

/** Segments that end behind these documents, and at the end. */
function indexed(
  documents: readonly RecallDocument[],
  ends: readonly number[] = [],
): readonly OpenSegment[] {
  const segments: OpenSegment[] = []
  let builder = createSegmentBuilder(1)
  documents.forEach((document, index) => {
    builder.add(document)
    if (!ends.includes(index) && index < documents.length - 1) return
    const opened = openSegment(builder.build())
    if (opened) segments.push(opened)
    builder = createSegmentBuilder(document.seq + 1)
  })
  return segments
}

function documentsOf(...texts: readonly string[]): readonly RecallDocument[] {
  return texts.map((text, index) => ({ seq: index + 1, text }))
}

/** Messages found, best first. */
function found(texts: readonly string[], query: string): readonly number[] {
  const ranked = rankPassages(indexed(documentsOf(...texts)), parseQuery(query), 100)
  return [...new Set(ranked.map(({ seq }) => seq))]
}

test('[IDX3] words and identifiers are found whole, and by their parts', () => {
  const texts = [
    'we edit src/app/main.ts now',
    'the main entry',
    'call parseHTTPHeader(x)',
    'set MAX_RETRY_COUNT to 1,200',
    'nothing of it',
  ]
  expect(found(texts, 'src/app/main.ts')).toEqual([1])
  expect(found(texts, 'main.ts')).toEqual([1])
  expect(found(texts, 'MAIN')).toEqual([2, 1])
  expect(found(texts, 'header')).toEqual([3])
  expect(found(texts, 'max_retry_count')).toEqual([4])
  expect(found(texts, 'retry')).toEqual([4])
  expect(found(texts, '1200')).toEqual([4])
  expect(found(texts, 'unheard …')).toEqual([])
  // Nowhere whole: then what shares a part with it.
  expect(found(texts, 'lib/main.js')).toEqual([2, 1])
  // Beside other words a part is better than nothing.
  expect(found(texts, 'where is src/app/main.ts or the entry')).toEqual([1, 2])
})

test('[IDX3] a prefix finds whatever begins with it', () => {
  const texts = ['compaction runs', 'compact it', 'a company', 'src/compare.ts', 'no']
  expect(found(texts, 'compact*').toSorted((a, b) => a - b)).toEqual([1, 2])
  expect(found(texts, 'comp*').toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4])
  expect(found(texts, 'src/comp*')).toEqual([4])
  expect(found(texts, 'compact')).toEqual([2])
  expect(found(texts, '*')).toEqual([])
})

test('[IDX3] scripts without spaces are found by any part of a word', () => {
  const texts = ['データベースを検索する', '数据库连接失败', '데이터베이스 검색', 'plain']
  expect(found(texts, '検索')).toEqual([1])
  expect(found(texts, '数据库')).toEqual([2])
  expect(found(texts, '连接')).toEqual([2])
  expect(found(texts, '베이스')).toEqual([3])
})

test('[IDX4] beside other words, passages with a quoted phrase come first', () => {
  const texts = ['the bucket has a token', 'the token bucket is full', 'full house']
  expect(found(texts, '"token bucket" full')[0]).toBe(2)
  expect(found(texts, '“token bucket”')).toEqual([2, 1])
})

test('[IDX7] more of the terms, rarer ones and whole ones come first', () => {
  const filler = Array.from({ length: 30 }, (_, n) => `the common word number ${n}`)
  expect(found([...filler, 'zebra', 'the common word again'], 'zebra common')[0]).toBe(31)
  expect(found(['a zebra', 'a bridge', 'zebra on a bridge'], 'zebra bridge')[0]).toBe(3)
  expect(found(['the token', 'a_token_of', 'tokens'], 'token')).toEqual([1, 2])
})

test('[IDX7] of equals the newer is first', () => {
  expect(found(['find me', 'other', 'find me', 'find me'], 'find')).toEqual([4, 3, 1])
  expect(
    found(
      Array.from({ length: 9 }, () => 'same'),
      'same',
    ),
  ).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1])
})

test('[IDX7] a passage beside a good one is raised, one that matches nothing is not found', () => {
  const texts = ['error', 'quiet', 'x', 'the zebra bridge', 'error', 'quiet']
  expect(found(texts, 'error zebra bridge')).toEqual([4, 5, 1])
})

const anyWord = fc.constantFrom(
  'zebra',
  'Bridge',
  'src/app/a.ts',
  'a_b',
  '漢字検索',
  '1,000',
  'x'.repeat(90),
)
const anyText = fc
  .array(fc.oneof(anyWord, fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 40 })
  .map((words) => words.join(' '))
const anyQuery = fc
  .array(fc.oneof(anyWord, fc.constantFrom('"zebra Bridge"', 'ze*', 'app', 'b*')), { maxLength: 4 })
  .map((words) => words.join(' '))

test('[IDX6, IDX7] where segments end changes nothing', () => {
  fc.assert(
    fc.property(
      fc.array(anyText, { maxLength: 12 }),
      fc.array(fc.nat(11)),
      anyQuery,
      (texts, ends, query) => {
        const documents = documentsOf(...texts)
        const parsed = parseQuery(query)
        const whole = rankPassages(indexed(documents), parsed, 20)
        expect(rankPassages(indexed(documents, ends), parsed, 20)).toEqual(whole)
        expect(whole.every(({ score }) => score > 0)).toBe(true)
      },
    ),
  )
})

test('[IDX6] building in the middle changes nothing of what is built at the end', () => {
  fc.assert(
    fc.property(fc.array(anyText, { maxLength: 12 }), fc.nat(11), (texts, middle) => {
      const [once, twice] = [createSegmentBuilder(1), createSegmentBuilder(1)]
      documentsOf(...texts).forEach((document, index) => {
        once.add(document)
        twice.add(document)
        if (index === middle) twice.build()
      })
      expect(twice.build()).toEqual(once.build())
    }),
  )
})

test('[IDX10] any query is answered', () => {
  const segments = indexed(documentsOf('zebra bridge', 'a/b/c.ts'))
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (query) => {
      expect(rankPassages(segments, parseQuery(query), 5).length).toBeLessThanOrEqual(5)
    }),
  )
  for (const shape of ['"', '* ', '"a', '“a” ', 'a*', '\uD800', 'a/']) {
    const began = performance.now()
    rankPassages(segments, parseQuery(shape.repeat(500_000)), 5)
    expect(performance.now() - began, shape).toBeLessThan(10_000)
  }
})
