import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PartShelf, splitEntry } from '../../../../src/sync/nats/entry-parts.ts'
import {
  readHeaders,
  readId,
  writeHeaders,
  writeId,
} from '../../../../src/sync/nats/entry-headers.ts'
import { chooseInbox } from '../../../../src/sync/nats/open-connection.ts'
import { restAfter } from '../../../../src/sync/nats/pause.ts'
import { readSubject, subjectOf } from '../../../../src/sync/nats/space-subjects.ts'
import {
  askedConfig,
  findDroppedField,
  findWrongField,
  hasBatches,
  judgeVersion,
} from '../../../../src/sync/nats/stream-config.ts'
import { buildHeaders } from './build-nats.ts'

test('[RLOG1] every id comes back as it was, and nothing that is none becomes one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (id) => {
      const written = writeId(id)
      if (written === undefined) return
      const headers = writeHeaders(buildHeaders({}), 'bf.s.t.m', { id: written })
      expect(readId(readHeaders(headers, 'bf.s.t.m').id ?? '')).toBe(id)
      expect(readHeaders(headers, 'bf.s.u.m').id).toBeUndefined()
    }),
  )
  expect(readId('%zz')).toBe('')
})

test.each([
  ['bf.s.t.m', { kind: 'entry', place: { token: 't', channel: 'log' } }],
  ['bf.s.t.c', { kind: 'part', token: 't' }],
  ['bf.s.t.x', { kind: 'nothing' }],
  ['bf.s.t.m.m', { kind: 'nothing' }],
  ['bf.s.t', { kind: 'nothing' }],
  ['bf.other.t.m', { kind: 'nothing' }],
  ['bf.s', { kind: 'nothing' }],
])('[RLOG1] a subject is what it says: %s', (subject, spoken) => {
  expect(readSubject('s', subject)).toEqual(spoken)
})

test('[RLOG1] every place has a subject of its own', () => {
  const channels = ['log', 'rows', 'heads', 'claims'] as const
  for (const channel of channels) {
    const place = { token: 'a-b_c', channel }
    expect(readSubject('s', subjectOf('s', place))).toEqual({ kind: 'entry', place })
  }
})

test('[RLOG12] what was split is joined as it was, and no part is larger than a message', () => {
  const size = fc.integer({ min: 0, max: 40_000 })
  fc.assert(
    fc.property(size, fc.integer({ min: 4_500, max: 9_000 }), (length, most) => {
      const bytes = Uint8Array.from({ length }, (_, at) => at % 251)
      const split = splitEntry(bytes, most)
      if (!split) return
      const shelf = new PartShelf(1_000_000)
      for (const [at, part] of split.parts.entries()) {
        expect(part.length).toBeLessThan(most)
        shelf.put('t', 'id', at + 1, part)
      }
      expect(split.rest.length).toBeLessThan(most)
      const joined = shelf.join('t', 'id', split.parts.length, split.rest)
      expect(joined && Buffer.from(joined).equals(bytes)).toBe(true)
    }),
    { numRuns: 50 },
  )
})

test('[RLOG12] parts that nobody asks for give way, and what lacks one is not joined', () => {
  const shelf = new PartShelf(100)
  for (const of of ['a', 'b', 'c']) shelf.put('t', of, 1, new Uint8Array(40))
  expect(shelf.join('t', 'a', 1, new Uint8Array())).toBeUndefined()
  expect(shelf.join('t', 'b', 1, new Uint8Array(1))).toHaveLength(41)
  expect(shelf.join('t', 'c', 2, new Uint8Array())).toBeUndefined()
  expect(shelf.join('other', 'c', 1, new Uint8Array())).toBeUndefined()
})

test.each([
  ['2.9.10', 'too-old', false],
  ['2.10.0', 'doubtful', false],
  ['2.11.9', 'doubtful', false],
  ['2.12.0', 'doubtful', false],
  ['2.12.1', 'doubtful', true],
  ['2.12.3', 'good', true],
  ['2.15.1', 'good', true],
  ['3.0.0-beta.1', 'good', true],
  ['', 'too-old', false],
])('[RLOG11] server %s is %s', (version, kind, batches) => {
  expect(judgeVersion(version).kind).toBe(kind)
  expect(hasBatches(version)).toBe(batches)
})

test('[RLOG11] a field that the server drops in silence is found', () => {
  const asked = askedConfig('BF', '2.15.1', 3)
  const { allow_atomic: _, ...echoed } = asked
  expect(findDroppedField(asked, echoed)).toBe('allow_atomic')
  expect(findDroppedField(asked, { ...asked, deny_delete: false })).toBe('deny_delete')
  expect(findDroppedField(asked, asked)).toBeUndefined()
  expect(findWrongField(asked, 's')).toBeUndefined()
  expect(askedConfig('BF', '2.10.27', 1)).toMatchObject({ deny_purge: true })
  expect(asked).not.toHaveProperty('deny_purge')
})

test('[RLOG16] answers go where the credentials may listen', () => {
  const payload = btoa(JSON.stringify({ sub: 'UABC' }))
  expect(chooseInbox({ kind: 'jwt', jwt: `h.${payload}.s`, seed: '' })).toBe('_INBOX_UABC')
  expect(chooseInbox({ kind: 'password', user: 'ada', password: 'x' })).toBe('_INBOX_ada')
  const secret = /^_INBOX_[0-9a-f]{32}$/
  expect(chooseInbox({ kind: 'password', user: 'a.>', password: 'x' })).toMatch(secret)
  expect(chooseInbox({ kind: 'jwt', jwt: 'nonsense', seed: '' })).toMatch(secret)
  expect(chooseInbox({ kind: 'token', token: 'x' })).toMatch(secret)
  expect(chooseInbox(undefined)).toMatch(secret)
})

test('[RLOG10] the rest grows with the failures, to half a minute at most', () => {
  expect(restAfter(0, 250, 1)).toBe(0)
  expect(restAfter(1, 250, 1)).toBe(250)
  expect(restAfter(3, 250, 0)).toBe(500)
  expect(restAfter(60, 250, 1)).toBe(30_000)
})
