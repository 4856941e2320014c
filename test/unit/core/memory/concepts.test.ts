import fc from 'fast-check'
import { expect, test } from 'vitest'
import { conceptWorth, isProse, recencyOf } from '../../../../src/core/memory/concept-worth.ts'
import { scanConcepts } from '../../../../src/core/memory/concepts.ts'

function find(text: string): readonly string[] {
  const found: string[] = []
  scanConcepts(text, 0, text.length, (kind, from, to) =>
    found.push(`${kind} ${text.slice(from, to)}`),
  )
  return found
}

test.each([
  ['see https://example.org/a?b=1#c.', ['url https://example.org/a?b=1#c']],
  [
    'in src/core/session/log.ts:12 and ./lib/x/y',
    ['path src/core/session/log.ts', 'path ./lib/x/y'],
  ],
  ['read and/or write', []],
  ['the README.md, package-lock.json', ['file README.md', 'file package-lock.json']],
  ['call parseHeader() or max_retries', ['symbol parseHeader', 'symbol max_retries']],
  ['with --dry-run', ['symbol --dry-run']],
  ['foo.barBaz.run(', ['symbol barBaz']],
  ['ticket ABC-1234 at 3fa9c01', ['id ABC-1234', 'id 3fa9c01']],
  ['costs $1,250.50 or 80%', ['value $1,250.50', 'value 80%']],
  ['at 14:30 on 2024-05-21', ['value 14:30', 'value 2024-05-21']],
  ['v1.20.3 of it', ['value v1.20.3']],
  ['a team-card here', ['compound team-card']],
  ['export class Reader extends Base {', ['declaration class Reader', 'name Reader', 'name Base']],
  ['def read_all(self):', ['declaration def read_all', 'symbol read_all']],
  ['a type of thing, and a class called so', []],
  ['we went to Berlin. Then home', ['name Berlin']],
  ['say `npm run build` now', ['phrase npm run build']],
  ['"the quick fox" jumps', ['phrase the quick fox']],
  ['他去《红楼梦》看', ['phrase 红楼梦']],
  ['位于王府井大街的店', ['name 位于王府井大街']],
  ['plain words only, nothing else', []],
])('[SAL1] in %j what is exact is found whole', (text, expected) => {
  expect(find(text)).toEqual(expected)
})

test('[SAL1] any text is scanned, within its bounds and in linear time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(60), fc.nat(60), (text, a, b) => {
      const [from, to] = [Math.min(a, text.length), Math.min(a + b, text.length)]
      scanConcepts(text, from, to, (_, start, end) => {
        expect(start).toBeGreaterThanOrEqual(from)
        expect(end).toBeGreaterThan(start)
        expect(end - start).toBeLessThanOrEqual(200)
      })
    }),
  )
  for (const unit of ['a/', '"', '`', 'a_', '://', '1,', '.', '字', 'a-']) {
    expect(find(unit.repeat(300_000)).length).toBeLessThanOrEqual(300_000)
  }
})

test('[SAL2] what the model wrote is worth more than what a tool returned, and numbers count in sentences', () => {
  expect(conceptWorth('own', 'path', true)).toBeGreaterThan(conceptWorth('tool', 'path', true) * 10)
  expect(conceptWorth('user', 'symbol', true)).toBeGreaterThan(conceptWorth('tool', 'symbol', true))
  expect(conceptWorth('own', 'value', false)).toBeLessThan(conceptWorth('own', 'value', true))
  expect(conceptWorth('own', 'compound', true)).toBe(0)
  expect(conceptWorth('own', 'path', false)).toBe(conceptWorth('own', 'path', true))
  const read = (text: string): boolean => isProse(text, 0, text.length)
  expect(read('The flight on May 10 costs $120, as you asked.')).toBe(true)
  expect(read('const total = prices.reduce((a, b) => a + b, 0);')).toBe(false)
})

test('[SAL2] what was said just now is worth up to two and a half times as much', () => {
  expect(recencyOf(0)).toBe(2.5)
  expect(recencyOf(8)).toBeLessThan(recencyOf(2))
  expect(recencyOf(1_000)).toBeCloseTo(1)
})
