import { utf8ToBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stampDraft } from '../../../../src/core/session/append.ts'
import { portable } from '../../../../src/core/sync/next-to-send.ts'
import { readRecord } from '../../../../src/core/sync/read-record.ts'
import type { SyncRecord } from '../../../../src/core/sync/sync-record.ts'
import { writeRecord } from '../../../../src/core/sync/write-record.ts'
import { arbitraryDrafts } from '../../../support/build-arbitrary-log.ts'
import { buildGeneration, buildStub } from '../../../support/build-generation.ts'
import { countCharacters, user } from '../../../support/build-log.ts'
import { buildPad, buildRule } from '../../../support/sync-device.ts'

const FIELDS = { session: 's', id: 'id', by: 'device', confirmed: 3 } as const
const said = stampDraft(
  { ...user('said \ud800 and 你好'), wire: { format: 'plain', value: [1] } },
  {
    id: 'id',
    at: 1,
    count: countCharacters,
  },
)
const row = { session: 's', n: 1, schema: 2, by: 'model', at: 1, seq: 1, turn: 1 } as const
const note = { ...row, status: 'done', kind: 'note', text: 't' } as const
const archive = {
  ...row,
  n: 2,
  status: 'pending',
  kind: 'archive',
  payloads: [{ seq: 1, part: 0 }],
} as const
const fact = {
  session: 's',
  id: 'f',
  schema: 2,
  text: null,
  found: 'f',
  section: 'facts',
  sources: [1, 2],
  decidedAt: 2,
} as const
const generation = portable(
  buildGeneration({ seq: 2, chain: 'c' }, { stubs: [buildStub({ seq: 3 })] }),
)

const RECORDS: readonly SyncRecord[] = [
  { ...FIELDS, kind: 'message', message: said },
  { ...FIELDS, kind: 'repair', seq: 4, message: said },
  { ...FIELDS, kind: 'branch', after: '', through: 'm2' },
  { ...FIELDS, kind: 'row', table: 'rules', key: 'r', row: buildRule('r') },
  { ...FIELDS, kind: 'row', table: 'facts', key: 'f', row: fact },
  { ...FIELDS, kind: 'row', table: 'notes', key: '1', row: note, isFresh: true },
  { ...FIELDS, kind: 'row', table: 'notes', key: '2', row: archive },
  { ...FIELDS, kind: 'row', table: 'pads', key: '1', row: buildPad(1, 'p', 1) },
  { ...FIELDS, kind: 'row', table: 'pads', key: '1', row: null },
  { ...FIELDS, kind: 'row', table: 'session', key: 'pins', row: [1, 4] },
  {
    ...FIELDS,
    kind: 'row',
    table: 'session',
    key: 'details',
    row: { title: 't', tags: ['a'], archived: false, host: { draft: 'x' } },
  },
  { ...FIELDS, kind: 'generation', parent: '', generation },
  { ...FIELDS, kind: 'rollback', parent: 'g2', to: '' },
  { ...FIELDS, kind: 'claim', device: 'device', name: 'the phone', state: 'held' },
  { ...FIELDS, kind: 'deleted' },
  { ...FIELDS, kind: 'lacking', to: 9 },
]

function read(value: unknown): ReturnType<typeof readRecord> {
  return readRecord(utf8ToBytes(JSON.stringify(value)))
}

test.each(RECORDS.map((record) => [record.kind, record] as const))(
  '[SYNC23] a %s comes back as it was written',
  (_kind, record) => {
    expect(readRecord(writeRecord(record))).toEqual({ kind: 'record', record })
  },
)

test('[SYNC23] any message comes back as it was written', () => {
  const stamped = arbitraryDrafts.map((drafts) =>
    drafts.map((draft) => stampDraft(draft, { id: 'id', at: 1, count: countCharacters })),
  )
  fc.assert(
    fc.property(stamped, (messages) => {
      for (const message of messages) {
        const record: SyncRecord = { ...FIELDS, kind: 'message', message }
        expect(readRecord(writeRecord(record))).toEqual({ kind: 'record', record })
      }
    }),
  )
})

test('[SYNC24] a record with one field that is not as it should be is nonsense', () => {
  for (const record of RECORDS) {
    const optional = new Set(['v', 'isFresh'])
    for (const field of Object.keys(record)) {
      if (optional.has(field)) continue
      for (const wrong of [undefined, -1, [[]]]) {
        expect(read({ v: 1, ...record, [field]: wrong }), `${record.kind} ${field}`).toMatchObject({
          kind: 'nonsense',
        })
      }
    }
  }
})

test('[SYNC24] a row with one field that is not as it should be is nonsense', () => {
  for (const record of RECORDS) {
    const name = record.kind === 'generation' ? 'generation' : 'row'
    const own: unknown = Reflect.get(record, name)
    if (typeof own !== 'object' || own === null || Array.isArray(own)) continue
    for (const field of Object.keys(own)) {
      if (field === 'session') continue
      const wrong = { ...own, [field]: { a: 1 } }
      expect(read({ v: 1, ...record, [name]: wrong }).kind, `${record.kind} ${field}`).toBe(
        'nonsense',
      )
    }
  }
})

test('[SYNC24] a message that is not what its hash stands for is nonsense', () => {
  const message = { ...said, parts: [{ type: 'text', text: 'something else' }] }
  expect(read({ v: 1, ...FIELDS, kind: 'message', message })).toMatchObject({ kind: 'nonsense' })
  for (const parts of [[{ type: 'text' }], [{ type: 'unknown' }], 'text', [null]]) {
    const shaped = { ...said, parts }
    expect(read({ v: 1, ...FIELDS, kind: 'message', message: shaped }).kind).toBe('nonsense')
  }
})

test('[SYNC24] what a message says of its place counts for nothing', () => {
  const message = { ...said, seq: 9, chain: 'c', active: false, through: 1 }
  const found = read({ v: 1, ...FIELDS, kind: 'message', message })
  expect(found).toEqual({ kind: 'record', record: RECORDS[0] })
})

test('[SYNC24] bytes that are no record, or of another release, are nonsense', () => {
  expect(readRecord(new Uint8Array([0xff, 0xfe]))).toMatchObject({ kind: 'nonsense' })
  for (const value of [null, [], 1, 'text', {}, { v: 2, ...RECORDS[14] }, { ...RECORDS[14] }]) {
    expect(read(value), JSON.stringify(value)).toMatchObject({ kind: 'nonsense' })
  }
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(
        read({ v: 1, ...FIELDS, kind: 'row', table: 'notes', key: '1', row: value }).kind,
      ).toBe('nonsense')
    }),
  )
})

test('[SYNC24] names that every object has are no tables, kinds or parts', () => {
  for (const table of ['constructor', '__proto__', 'toString']) {
    expect(read({ v: 1, ...FIELDS, kind: 'row', table, key: '1', row: {} }).kind).toBe('nonsense')
    const parts = [{ type: table }]
    expect(read({ v: 1, ...FIELDS, kind: 'message', message: { ...said, parts } }).kind).toBe(
      'nonsense',
    )
  }
})
