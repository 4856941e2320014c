import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  MAX_TERM_LENGTH,
  scanTerms,
  type TermKind,
} from '../../../../../src/core/memory/recall/scan-terms.ts'

function termsOf(text: string, ...kinds: readonly TermKind[]): readonly string[] {
  const found: string[] = []
  scanTerms(text, (term, kind) => {
    if (kinds.length === 0 || kinds.includes(kind)) found.push(term)
  })
  return found
}

test('[IDX1] words are terms in lower case and compatibility form', () => {
  expect(termsOf('The ZEBRA, “crosses”\tÄrger ﬁle Ｗｉｄｅ.')).toEqual([
    'the',
    'zebra',
    'crosses',
    'ärger',
    'file',
    'wide',
  ])
})

test.each([
  ['src/app/main.ts', ['src/app/main.ts'], ['src', 'app', 'main', 'ts', 'main.ts']],
  ['/usr/bin/env', ['usr/bin/env'], ['usr', 'bin', 'env']],
  ['snake_case_name', ['snake_case_name'], ['snake', 'case', 'name']],
  ['parseHTTPHeader', ['parsehttpheader'], ['parse', 'http', 'header']],
  ['kebab-case', ['kebab-case'], ['kebab', 'case']],
  ['a@example.org', ['a@example.org'], ['example', 'org']],
  ['main.ts:42', ['main.ts:42', 'main.ts'], ['main', 'ts', '42']],
  ['https://example.org/x', ['https://example.org/x'], ['https', 'example', 'org']],
  ['PROJ-123', ['proj-123'], ['proj', '123']],
  ['std::vec', ['std::vec'], ['std', 'vec']],
])('[IDX1] the identifier %s is a term as a whole and in parts', (text, wholes, parts) => {
  for (const around of [text, `see ${text}, then.`, `(${text})`]) {
    expect(termsOf(around, 'identifier')).toEqual(wholes)
    expect(termsOf(around, 'part')).toEqual(parts)
  }
})

test('[IDX1] a connector at the end of a word or among signs joins nothing', () => {
  expect(termsOf('Done. -- yes: no/ ... @ -flag')).toEqual(['done', 'yes', 'no', 'flag'])
})

test('[IDX1] thousands separators are left out, other commas part', () => {
  expect(termsOf('1,234,567 and 12,34 and a,bcd')).toEqual([
    '1234567',
    'and',
    '12',
    '34',
    'and',
    'a',
    'bcd',
  ])
})

test('[IDX1] scripts without spaces are cut into pairs, and short runs stay whole', () => {
  expect(termsOf('漢字を検索', 'gram')).toEqual(['漢字', '字を', 'を検', '検索'])
  expect(termsOf('数据库 ok')).toEqual(['数据库', '数据', '据库', 'ok'])
  expect(termsOf('図')).toEqual(['図'])
  expect(termsOf('검색 ไทย')).toEqual(['검색', 'ไทย', 'ไท', 'ทย'])
  // Beyond the basic plane a character is two code units.
  expect(termsOf('𠀀𠀁𠀂𠀃')).toEqual(['𠀀𠀁', '𠀁𠀂', '𠀂𠀃'])
})

test('[IDX1] data without an end is known by its beginning and not taken apart', () => {
  const data = 'aB3'.repeat(100)
  expect(termsOf(data)).toEqual([data.slice(0, MAX_TERM_LENGTH).toLowerCase()])
})

test('[IDX10] whatever the text, terms are short, in lower case and hold no white space', () => {
  const units = fc
    .array(fc.oneof(fc.nat(0xffff), fc.constantFrom(0x2f, 0x2e, 0x5f, 0x2d, 0x41, 0x61, 0x6f22)))
    .map((codes) => String.fromCharCode(...codes))
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), units), (text) => {
      for (const term of termsOf(text)) {
        expect(term.length).toBeGreaterThan(0)
        expect(term.length).toBeLessThanOrEqual(MAX_TERM_LENGTH)
        expect(term).not.toMatch(/\s/)
      }
    }),
  )
})

test('[IDX10] scanning takes linear time', () => {
  const shapes = ['a', '_', '-', 'aB', 'a/', '漢', '1,', '\uD800', '::', 'a.b-']
  for (const shape of shapes) {
    const began = performance.now()
    termsOf(shape.repeat(400_000 / shape.length))
    expect(performance.now() - began, shape).toBeLessThan(10_000)
  }
})
