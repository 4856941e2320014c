import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toDrafts } from '../../../../src/adapters/message-input.ts'
import { toPlain } from '../../../../src/adapters/plain/plain.ts'
import { findPlainFaults } from '../../../support/legality-plain.ts'
import { PROPERTY_RUNS } from '../../../support/property-runs.ts'
import { contextOf } from '../context-of.ts'
import { draftsOf, foreignDrafts, mixed, treatedContexts } from '../treated-contexts.ts'

type Wire = Readonly<Record<string, unknown>>

const RUNS = { numRuns: PROPERTY_RUNS }
const text = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('', '\ud800', '<p>hi</p>'))
const said: fc.Arbitrary<Wire> = fc.oneof(
  text.map((value) => ({ text: value })),
  text.map((value) => ({ html: value })),
  text.map((value) => ({ text: value, html: value })),
  fc.constantFrom<Wire>(
    { text: 'look', files: [{ src: 'data:image/png;base64,aaaa', type: 'image', name: 'a.png' }] },
    { files: [{ src: 'https://example.com/a.csv', name: 'a.csv' }, { name: 'gone' }] },
  ),
)
const more = fc.constantFrom<Wire>({}, { custom: { a: [1, null] }, _sessionId: 'x' })

const plainLogs: fc.Arbitrary<readonly Wire[]> = fc.array(
  fc
    .tuple(fc.constantFrom('user', 'ai', 'assistant', 'model', 'system', 'Ann'), said, more)
    .map(([role, words, extra]) => ({ role, ...words, ...extra })),
  { minLength: 1, maxLength: 12 },
)
const plainDrafts = draftsOf(plainLogs, 'plain')

test('[TXT3] a history of roles and texts goes out exactly as it came in', () => {
  fc.assert(
    fc.property(plainLogs, (log) => {
      expect(findPlainFaults(log)).toEqual([])
      const written = toPlain(contextOf(toDrafts(log, 'plain')))
      expect(JSON.stringify(written)).toBe(JSON.stringify(log))
    }),
    RUNS,
  )
})

test('[TXT4] whatever is done to a history of roles and texts, it stays one', () => {
  fc.assert(
    fc.property(treatedContexts(plainDrafts), (context) => {
      expect(findPlainFaults(toPlain(context))).toEqual([])
    }),
    RUNS,
  )
})

test('[TXT4] histories of other formats become roles and texts', () => {
  fc.assert(
    fc.property(treatedContexts(mixed(foreignDrafts, plainDrafts)), (context) => {
      expect(findPlainFaults(toPlain(context))).toEqual([])
    }),
    { numRuns: 500 },
  )
})
