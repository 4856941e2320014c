import { expect, test } from 'vitest'
import {
  ARCHIVE_VERSION,
  createArchiveLines,
  type ArchiveRecord,
} from '../../../../src/core/transfer/archive-lines.ts'
import type { ImportReport } from '../../../../src/core/transfer/import-report.ts'
import { createOrigin, openTab, type Origin } from '../../../support/build-engine.ts'
import { turns } from '../../../support/build-log.ts'

async function linesOf(): Promise<readonly string[]> {
  const tab = openTab()
  for (const id of ['one', 'two']) {
    await (await tab.backfold.session(id, { automatic: false })).append(...turns(3))
  }
  const packed = tab.backfold.export() as ReadableStream<Uint8Array<ArrayBuffer>>
  const stream = packed.pipeThrough(new DecompressionStream('gzip'))
  return (await new Response(stream).text()).split('\n').slice(0, -1)
}

async function importLines(lines: readonly string[], origin: Origin): Promise<ImportReport> {
  const tab = openTab({ origin })
  return tab.backfold.importFile(new Blob([`${lines.join('\n')}\n`]))
}

/** The same records with checksums of their own, as somebody would write them who means harm. */
function forge(records: readonly ArchiveRecord[]): readonly string[] {
  const writer = createArchiveLines((text) => new TextEncoder().encode(text))
  const decoder = new TextDecoder()
  const sessions = records.filter((record) => 'end' in record).length
  const lines = [
    ...records.filter((record) => !('done' in record)).map((record) => writer.line(record)),
    writer.done(sessions),
  ]
  return lines.map((line) => decoder.decode(line).trimEnd())
}

function recordsOf(lines: readonly string[]): readonly ArchiveRecord[] {
  return lines.map((line) => JSON.parse(line.slice(17)) as ArchiveRecord)
}

test('[ARC5] a line that is missing, doubled or out of place is noticed where it is', async () => {
  const lines = await linesOf()
  for (let at = 1; at < lines.length - 1; at += 1) {
    const line = lines[at] ?? ''
    const next = lines[at + 1] ?? ''
    const before = lines.slice(0, at)
    for (const changed of [
      [...before, ...lines.slice(at + 1)],
      [...before, line, line, ...lines.slice(at + 1)],
      [...before, next, line, ...lines.slice(at + 2)],
    ]) {
      const origin = createOrigin()
      const report = await importLines(changed, origin)
      expect(report.refused).toMatchObject([
        { reason: expect.stringContaining('checksum is wrong') as string },
      ])
      expect(report.refused[0]?.line).toBeLessThanOrEqual(at + 2)
      expect(origin.rows.sessions.size).toBe(report.sessions.length)
    }
  }
})

type Change = (record: ArchiveRecord) => readonly ArchiveRecord[]

function changeRows(change: (row: Record<string, unknown>) => object): Change {
  return (record) =>
    'table' in record
      ? [{ ...record, rows: record.rows.map((row) => change(row as Record<string, unknown>)) }]
      : [record]
}

function changeRow(change: object): Change {
  return (record) =>
    'begin' in record ? [{ ...record, row: { ...(record.row as object), ...change } }] : [record]
}

const JOB = {
  n: 1,
  trigger: 'manual',
  state: 'failed',
  owner: '',
  blocks: [],
  done: 0,
  extractors: [],
  spend: { calls: 0, tokens: 0 },
  leftOut: [],
  tokensBefore: 0,
  startedAt: 5,
}

/** With one more row in each session. */
function addRow(table: string, row: object): Change {
  return (record) =>
    'end' in record
      ? [
          { table, rows: [row] },
          { ...record, rows: { ...record.rows, [table]: 1 } },
        ]
      : [record]
}

test.each<[string, Change, string]>([
  [
    'rows that are missing',
    (record) => ('table' in record ? [] : [record]),
    'rows of messages are missing',
  ],
  [
    'texts that were changed',
    changeRows((row) => ({ ...row, parts: [{ type: 'text', text: 'x' }] })),
    'is not what was stored',
  ],
  ['parts that are none', changeRows((row) => ({ ...row, parts: 7 })), "can't be read"],
  ['a place beyond the log', changeRows((row) => ({ ...row, seq: 99 })), 'has no key'],
  [
    'a table that is not known',
    (record) => ('table' in record ? [{ ...record, table: '__proto__' }] : [record]),
    'not known',
  ],
  [
    'a row of nothing',
    (record) => ('begin' in record ? [{ ...record, row: null }] : [record]),
    'not one of a session',
  ],
  ['counters that are none', changeRow({ nextSeq: -1 }), 'no nextSeq'],
  ['another id', changeRow({ id: 'else' }), 'not one of a session'],
  ['totals that are none', changeRow({ tokens: null }), 'not one of a session'],
  ['totals of nothing', changeRow({ tokens: { log: 1, context: {} } }), 'not one of a session'],
  ['a number that is a text', changeRow({ revision: 'x' }), 'not one of a session'],
  ['a time that no calendar has', changeRow({ createdAt: 1e300 }), 'not one of a session'],
  ['a title that is none', changeRow({ details: { title: 5 } }), 'not one of a session'],
  ['tags that are none', changeRow({ details: { tags: [{}] } }), 'not one of a session'],
  ['details of nothing', changeRow({ details: null }), 'not one of a session'],
  ['jobs that are none', addRow('jobs', { n: 1, startedAt: 5 }), 'is no job'],
  ['jobs without a time', addRow('jobs', { ...JOB, startedAt: 1e300 }), 'is no job'],
  ['jobs that left out nothing', addRow('jobs', { ...JOB, leftOut: [null] }), 'is no job'],
  [
    'a session in a session',
    (record) => ('begin' in record ? [record, record] : [record]),
    'in the middle',
  ],
  [
    'records of another kind',
    (record) => ('table' in record ? [{} as ArchiveRecord] : [record]),
    'kind is not known',
  ],
])('[ARC13] whoever forges checksums is refused for %s', async (_, change, reason) => {
  const records = recordsOf(await linesOf()).flatMap(change)
  const origin = createOrigin()
  const report = await importLines(forge(records), origin)
  expect(report.sessions).toEqual([])
  expect(report.refused).toMatchObject([{ reason: expect.stringContaining(reason) as string }])
  expect(origin.rows.sessions.size).toBe(0)
  expect(origin.rows.messages.size).toBe(0)
})

test('[ARC9, ARC13] what a forged row says of its removal, arrival or activity is not taken', async () => {
  const records = recordsOf(await linesOf())
  const change = changeRow({ removed: 1, arriving: 'x', birth: 'y', updatedAt: {} })
  const origin = createOrigin()
  const report = await importLines(forge(records.flatMap(change)), origin)
  expect(report).toMatchObject({ sessions: [{ kind: 'imported' }, { kind: 'imported' }] })
  const sessions = await openTab({ origin }).backfold.sessions()
  expect(sessions.map(({ createdAt, updatedAt }) => updatedAt - createdAt)).toEqual([0, 0])
})

test('[ARC12] a session that a newer release wrote is refused, and an older row is filled in', async () => {
  const records = recordsOf(await linesOf())
  const newer = await importLines(forge(records.flatMap(changeRow({ schema: 99 }))), createOrigin())
  expect(newer.refused[0]?.reason).toContain('written by a newer release')
  const without = records.map((record) => {
    if (!('begin' in record)) return record
    const { calibration, ...row } = record.row as Record<string, unknown>
    void calibration
    return { ...record, row }
  })
  const origin = createOrigin()
  const report = await importLines(forge(without), origin)
  expect(report.sessions).toHaveLength(2)
  expect(origin.rows.sessions.get('one')?.calibration).toBeDefined()
  expect(ARCHIVE_VERSION).toBe(1)
})

test('[ARC9, ARC11] what another import has not finished is neither taken for whole nor written over', async () => {
  const lines = await linesOf()
  const origin = createOrigin()
  const row = recordsOf(lines).find((record) => 'begin' in record)
  if (!row || !('begin' in row)) throw new Error('no session')
  const half = { ...(row.row as object), arriving: 'of another file' }
  origin.rows.sessions.set('one', half as never)
  const report = await importLines(lines, origin)
  expect(report.sessions.map(({ id, kind }) => [id, kind])).toContainEqual(['one-2', 'imported'])
  expect(origin.rows.sessions.get('one')).toBe(half)
})
