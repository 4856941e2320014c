import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePath } from '../../../../src/core/memory/json-path.ts'
import { slicePayload, type SliceQuery } from '../../../../src/core/memory/slice-payload.ts'
import { MAX_SLICE_LENGTH, type Sliced } from '../../../../src/core/memory/slice.ts'

type Taken = Extract<Sliced, { readonly kind: 'sliced' }>

function take(text: string, query: SliceQuery): Taken {
  const sliced = slicePayload(text, query)
  if (sliced.kind !== 'sliced') throw new Error(sliced.reason)
  return sliced
}

function kindOf(text: string, query: SliceQuery): Sliced['kind'] {
  return slicePayload(text, query).kind
}

test('[REC5] lines come back to the letter, and what is beyond the end is not missed', () => {
  const text = 'one\r\ntwo\n\nfour'
  expect(take(text, { lines: { from: 1, to: 2 } }).text).toBe('one\r\ntwo')
  expect(take(text, { lines: { from: 3, to: 99 } })).toEqual({
    kind: 'sliced',
    text: '\nfour',
    unit: 'lines',
    found: 2,
    shown: 2,
    cut: 0,
  })
  expect(take('', { lines: { from: 1, to: 1 } }).text).toBe('')
})

test('[REC5] all lines one by one make up the text, whatever it is', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 20 })), (lines) => {
      const text = lines.join('\n')
      const count = text.split('\n').length
      const each = Array.from(
        { length: count },
        (_, at) => take(text, { lines: { from: at + 1, to: at + 1 } }).text,
      )
      expect(each.join('\n')).toBe(text)
      expect(take(text, { lines: { from: 1, to: count } }).text).toBe(text)
    }),
  )
})

test('[REC5] a slice is bounded and counts what it left out', () => {
  const text = `${'x'.repeat(99)}\n`.repeat(2_000)
  const sliced = take(text, { lines: { from: 1, to: 2_000 } })
  expect(sliced).toMatchObject({ found: 2_000, shown: 1_000 + 1 })
  expect(sliced.text.length + sliced.cut).toBe(text.length - 1)
  const pairs = take(`x${'😀'.repeat(MAX_SLICE_LENGTH)}`, { lines: { from: 1, to: 1 } })
  expect(pairs.text.isWellFormed()).toBe(true)
})

test('[REC6] a path leads to members, places, places from the end, and all of them', () => {
  const text = JSON.stringify({ a: [{ b: 1 }, { b: [2, 3] }], 'c d': { "it's": 'text' } })
  const at = (path: string): string => take(text, { path }).text
  expect(at('$.a[0].b')).toBe('1')
  expect(at('a[-1].b[-2]')).toBe('2')
  expect(at(`$['c d']["it's"]`)).toBe('text')
  expect(at(`$['c d']['it\\'s']`)).toBe('text')
  expect(take(text, { path: '$.a[*].b' })).toMatchObject({
    text: '1\n[2,3]',
    unit: 'values',
    found: 2,
    shown: 2,
  })
  expect(at('$.*')).toBe(`[{"b":1},{"b":[2,3]}]\n{"it's":"text"}`)
  expect(JSON.parse(at('$'))).toEqual(JSON.parse(text))
})

test('[REC6] JSON Lines are a list, and members of prototypes are none', () => {
  expect(take('{"n":1}\n\n{"n":2}\n', { path: '$[-1].n' }).text).toBe('2')
  expect(kindOf('{}', { path: '$.constructor' })).toBe('missing')
  expect(take('{"__proto__":{"x":1}}', { path: '$.__proto__.x' }).text).toBe('1')
  expect(kindOf('[]', { path: '$.length' })).toBe('missing')
})

test('[REC6] many and large values are bounded and counted', () => {
  const many = take(JSON.stringify(Array.from({ length: 30_000 }, (_, n) => `value ${n}`)), {
    path: '$[*]',
  })
  expect(many.found).toBe(30_000)
  expect(many.shown).toBe(many.text.split('\n').length)
  expect(many.text.length).toBeLessThanOrEqual(MAX_SLICE_LENGTH)
  const large = take(JSON.stringify(['y'.repeat(300_000)]), { path: '$[0]' })
  expect(large).toMatchObject({ found: 1, shown: 1, cut: 200_000 })
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
  expect(['invalid', 'sliced']).toContain(kindOf(deep, { path: '$' }))
})

test('[REC6, REC9] what is no path is refused, and what is not there is named', () => {
  for (const path of [
    '$..a',
    '$[?(@.a)]',
    '$a',
    'a b',
    '$[1:2]',
    "$['open",
    '$.',
    'x'.repeat(2_000),
  ]) {
    expect(kindOf('{"a":[{}]}', { path }), path).toBe('invalid')
  }
  expect(slicePayload('{"a":{"b":1,"c":2}}', { path: '$.a.d' })).toEqual({
    kind: 'missing',
    reason: '$.a has no .d: it is an object with b, c',
  })
  expect(slicePayload('[1]', { path: '$[1]' })).toMatchObject({
    reason: '$ has no [1]: it is a list of 1',
  })
  expect(slicePayload('plain text', { path: '$' })).toMatchObject({ kind: 'invalid' })
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.json(), (path, text) => {
      slicePayload(text, { path })
      parsePath(path)
    }),
  )
})

const LOG = 'GET /a 200\nPOST /b 500 Error: no disk\nGET /c 500\n\nerror: late'

test('[REC7] words have to stand in one line, a literal as it is, with * for anything', () => {
  const grep = (pattern: string, context?: number): Taken =>
    take(LOG, { grep: pattern, ...(context === undefined ? {} : { context }) })
  expect(grep('500 get').text).toBe('3: GET /c 500')
  expect(grep('error').text).toBe('2: POST /b 500 Error: no disk\n5: error: late')
  expect(grep('Error').text).toBe('2: POST /b 500 Error: no disk')
  expect(grep('/500 err/').text).toBe('2: POST /b 500 Error: no disk')
  expect(grep('post*disk').shown).toBe(1)
  expect(grep('disk*post').shown).toBe(0)
  expect(grep('/[a-z]+/').found).toBe(0)
  expect(grep('late', 1).text).toBe('4- \n5: error: late')
  expect(grep('/a', 1).text).toBe('1: GET /a 200\n2- POST /b 500 Error: no disk')
})

test('[REC7] context of neighbours is shown once, and gaps are marked', () => {
  const text = Array.from({ length: 12 }, (_, n) => `line ${n + 1}${n % 9 === 1 ? ' hit' : ''}`)
  expect(take(text.join('\n'), { grep: 'hit', context: 1 }).text.split('\n')).toEqual([
    '1- line 1',
    '2: line 2 hit',
    '3- line 3',
    '--',
    '10- line 10',
    '11: line 11 hit',
    '12- line 12',
  ])
})

test('[REC7] a long line shows the passage around each match', () => {
  const text = `${'a'.repeat(5_000)} needle ${'b'.repeat(5_000)} needle ${'c'.repeat(100)}`
  const found = take(text, { grep: 'needle' })
  expect(found).toMatchObject({ found: 2, shown: 2 })
  expect(found.text).toMatch(/^1@5002: …a+ needle b+…\n1@10010: …b+ needle c+$/)
  expect(found.text.length).toBeLessThan(1_000)
})

test('[REC7] matches are counted where they are too many to show', () => {
  const found = take('hit\n'.repeat(5_000), { grep: 'hit' })
  expect(found).toMatchObject({ found: 5_000, shown: 200 })
})

test('[REC7] nothing that is asked takes more than linear time', () => {
  const text = 'a'.repeat(4_000_000)
  const started = performance.now()
  take(text, { grep: `${'a*'.repeat(100)}b` })
  take(`${'a'.repeat(2_000_000)}\n`.repeat(2), { grep: 'a' })
  take('\n'.repeat(2_000_000), { grep: 'x', context: 20 })
  expect(performance.now() - started).toBeLessThan(10_000)
})

test('[REC7, REC9] any pattern on any text gives an answer', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.integer({ min: 0, max: 20 }),
      (text, grep, context) => {
        const sliced = slicePayload(text, { grep, context })
        if (sliced.kind === 'sliced') expect(sliced.shown).toBeLessThanOrEqual(sliced.found)
      },
    ),
  )
  expect(kindOf('a', { grep: ' ' })).toBe('invalid')
  expect(kindOf('a', { grep: '**' })).toBe('invalid')
  expect(kindOf('a', { grep: 'a', context: 21 })).toBe('invalid')
  expect(kindOf('a', { grep: 'a'.repeat(500) })).toBe('invalid')
})
