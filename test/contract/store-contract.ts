import { beforeEach, describe, expect, test } from 'vitest'
import { BackfoldError } from '../../src/core/backfold-error.ts'
import type { Job } from '../../src/core/compaction/job.ts'
import type { ReadQuery, SessionStore, Write } from '../../src/core/ports/session-store.ts'
import type { Artifact } from '../../src/core/session/generation.ts'
import { reviseSession } from '../../src/core/session/session-row.ts'
import { buildJob, buildRead } from '../support/build-generation.ts'
import { buildSession } from '../support/build-log.ts'
import { buildRows, type Rows } from './build-rows.ts'
import { describeRemoval } from './removal-contract.ts'
import { describeTransfers } from './transfer-contract.ts'

/** One database, which several stores may be opened over. */
export interface Database {
  open(): Promise<SessionStore>
}

/** A query that goes another way in the Dexie store than one about the session alone. */
const WIDE: Omit<ReadQuery, 'session'> = { tail: true }

/** What every store has to do. Run on each of them. */
export function describeStore(name: string, create: () => Database): void {
  let database: Database
  let store: SessionStore
  beforeEach(async () => {
    database = create()
    store = await database.open()
  })
  const write = (writes: readonly Write[]): Promise<void> => writeRows(store, writes)

  describe(`${name}`, () => {
    describe('reads', () => {
      describeReads(() => ({ store, write }))
    })
    describe('transfers', () => {
      describeTransfers(create, writeRows)
    })
    describe('removal', () => {
      describeRemoval(create, writeRows)
    })
    describe('transactions', () => {
      describeTransactions(() => ({ store, write, database }))
    })
  })
}

interface Reading {
  readonly store: SessionStore
  write(writes: readonly Write[]): Promise<void>
}

function describeReads(now: () => Reading): void {
  let rows: Rows
  let reading: Reading
  beforeEach(async () => {
    rows = buildRows('s')
    reading = now()
    await reading.write(rows.writes)
  })

  test('[ART5] a delta never replaces an artifact that is stored whole, and comes with its base', async () => {
    const [whole] = rows.artifacts
    if (!whole) throw new Error('there are artifacts among the rows')
    const put = async (...artifacts: readonly Artifact[]): Promise<readonly Artifact[]> => {
      await reading.store.put(artifacts.map((row) => ({ table: 'artifacts', row }) as const))
      const wanted = artifacts.map(({ hash }) => hash)
      return (await reading.store.read({ session: 's', artifacts: wanted })).artifacts
    }
    expect(await put({ ...whole, base: 'ba' })).toEqual([whole])
    const [base, delta] = [
      { ...whole, hash: 'ba' },
      { ...whole, hash: 'de', base: 'ba' },
    ]
    expect(await put(base, delta)).toEqual([base, delta])
    expect(await put({ ...whole, hash: 'de' })).toEqual([{ ...whole, hash: 'de' }])
  })

  test('[STO3] a message is found by its id where it stands by now, and nowhere once another took its place', async () => {
    const { messages } = rows
    const byId = async (id: string): Promise<readonly unknown[]> =>
      (await reading.store.read({ session: 's', ids: [id] })).ids
    expect(await byId('m3')).toMatchObject([messages[2] ?? {}])
    const [, , third, fourth] = messages
    if (!third || !fourth) throw new Error('there are eight messages')
    const taken = [
      { ...third, id: 'other' },
      { ...fourth, id: 'm3' },
    ]
    await reading.write(
      taken.map((row) => ({ table: 'messages', row: { ...row, session: 's' } }) as const),
    )
    expect(await byId('m3')).toMatchObject(taken.slice(1))
    expect(await byId('m4')).toEqual([])
    expect(await byId('other')).toMatchObject(taken.slice(0, 1))
  })

  test('[STO3] a read finds what was asked for and leaves the rest empty', async () => {
    const { session, messages, generations, snapshots, jobs, blocks, artifacts } = rows
    const { notes, pads, rules, facts, index } = rows
    const expected: readonly (readonly [Omit<ReadQuery, 'session'>, object])[] = [
      [{}, {}],
      [{ head: true }, { head: generations[0] }],
      [{ tail: true }, { tail: [messages[4], messages[5], messages[7]] }],
      [{ pins: true }, { pins: [messages[1]] }],
      [{ range: { from: 3, to: 7 } }, { range: messages.slice(2, 7) }],
      [{ range: { from: 8, to: Number.MAX_SAFE_INTEGER } }, { range: messages.slice(7) }],
      [{ range: { from: 3, to: 7, most: 2 } }, { range: messages.slice(2, 4) }],
      [{ range: { from: 3, to: 4, most: 9 } }, { range: messages.slice(2, 4) }],
      [{ at: [6, 2, 99] }, { at: [messages[5], messages[1]] }],
      [{ ids: ['m3', 'nobody'] }, { ids: [messages[2]] }],
      [{ generations: 'all' }, { generations }],
      [{ generations: [3, 9, 1] }, { generations: [generations[2], generations[0]] }],
      [{ candidate: true }, { candidate: generations[1], candidateMark: messages[4] }],
      [{ snapshots: [1] }, { snapshots }],
      [{ jobs: 'all' }, { jobs }],
      [{ jobs: [2, 9] }, { jobs: [jobs[1]] }],
      [{ openJob: true }, { openJob: jobs[1] }],
      [{ blocks: 2 }, { blocks: blocks.slice(1) }],
      [{ artifacts: ['ff', '00'] }, { artifacts }],
      [{ notes: 'all' }, { notes }],
      [{ pads: 'all' }, { pads }],
      [{ rules: 'all' }, { rules }],
      [{ facts: 'all' }, { facts }],
      [{ index: [2, 9, 0] }, { index: [index[2], index[0]] }],
    ]
    for (const [query, found] of expected) {
      const read = await reading.store.read({ session: 's', ...query })
      expect(read, JSON.stringify(query)).toMatchObject(buildRead({ session, ...found }))
    }
    expect(await reading.store.read({ session: 'nobody', ...WIDE })).toEqual(buildRead())
  })

  test('[STO4] the tail is what is active above the mark, or will be once applied', async () => {
    const tailOf = async (asApplied: boolean): Promise<readonly number[]> => {
      const read = await reading.store.read({ session: 's', tail: true, asApplied })
      return read.tail.map(({ seq }) => seq)
    }
    expect(await tailOf(false)).toEqual([5, 6, 8])
    expect(await tailOf(true)).toEqual([6, 8])
    const query = { session: 's', tail: true, pins: true, asApplied: true }
    const inside = await reading.store.commit(query, ({ tail, pins }) => ({
      writes: [],
      outcome: [...pins, ...tail].map(({ seq }) => seq),
    }))
    expect(inside).toEqual([2, 5, 6, 8])
    await reading.write([{ table: 'sessions', row: { ...rows.session, candidate: 0 } }])
    expect(await tailOf(true)).toEqual([5, 6, 8])
  })

  test('[STO3] the blocks of a job are removed, and no others', async () => {
    await reading.write([{ table: 'blocks', remove: { session: 's', job: 2 } }])
    expect((await reading.store.read({ session: 's', blocks: 2 })).blocks).toEqual([])
    expect((await reading.store.read({ session: 's', blocks: 1 })).blocks).toHaveLength(1)
  })

  test('[STO3] one pad is removed, and no other', async () => {
    await reading.write([{ table: 'pads', removePad: { session: 's', n: 2 } }])
    const { pads } = await reading.store.read({ session: 's', pads: 'all' })
    expect(pads.map(({ n }) => n)).toEqual([1, 10])
  })

  test('[STO14] segments of the index are replaced one by one, as they were put', async () => {
    const [first, second] = rows.index
    if (!first || !second) throw new Error('there are no segments')
    const other = { ...second, segment: 0 }
    await reading.store.put([{ table: 'index', row: other }])
    const { index } = await reading.store.read({ session: 's', index: [0, 1] })
    expect(index).toEqual([other, second])
    expect(index.map(({ starts }) => starts instanceof Uint32Array)).toEqual([true, true])
    expect((await reading.store.read({ session: 's' })).index).toEqual([])
  })

  test('[STO11] the newest jobs of all sessions are listed in the order in which they started', async () => {
    const started: readonly (readonly [string, number, number])[] = [
      ['a', 1, 500],
      ['a', 2, 700],
      ['b', 1, 600],
      ['b', 2, 700],
      ['b', 3, 700],
      ['c', 1, 0.5],
      ['c', 9, 800],
    ]
    const jobs = started.map(([session, n, startedAt]) => buildJob({ session, n, startedAt }))
    await reading.write(jobs.map((row): Write => ({ table: 'jobs', row })))
    const keysOf = (listed: readonly Job[]): readonly string[] =>
      listed.map(({ session, n }) => `${session}${n}`)
    const order = ['c9', 'b3', 'b2', 'a2', 'b1', 'a1', 'c1', 's2', 's1']
    expect(keysOf(await reading.store.listJobs(100))).toEqual(order)
    expect(keysOf(await reading.store.listJobs(3))).toEqual(order.slice(0, 3))
    expect(await reading.store.listJobs(2)).toEqual([jobs[6], jobs[4]])
    // What becomes of a job changes nothing in that.
    const failed = buildJob({ session: 'a', n: 1, startedAt: 500, state: 'failed', endedAt: 999 })
    await reading.write([{ table: 'jobs', row: failed }])
    expect(keysOf(await reading.store.listJobs(100))).toEqual(order)
    expect((await reading.store.listJobs(100))[5]).toEqual(failed)
  })

  test('[STO7] sessions do not see each other’s rows', async () => {
    const others = ['r', 's ', 's1', 'S', 't'].map((id) => buildRows(id))
    for (const other of others) {
      expect(await reading.store.read(everything(other.session.id))).toEqual(buildRead())
      await reading.write(other.writes)
    }
    for (const own of [rows, ...others]) {
      const read = await reading.store.read(everything(own.session.id))
      expect(read.range).toHaveLength(own.messages.length)
      expect(read.jobs).toEqual(own.jobs)
      expect(read.generations).toEqual(own.generations)
      expect(read.blocks).toEqual(own.blocks.slice(1))
      expect(read.artifacts).toEqual(own.artifacts)
      expect(read.pads).toEqual(own.pads)
      expect(read.index).toEqual(own.index.slice(0, 2))
    }
    const listed = await reading.store.listSessions()
    expect(listed.map(({ id }) => id).toSorted()).toEqual(['S', 'r', 's', 's ', 's1', 't'])
  })
}

function everything(session: string): ReadQuery {
  return {
    session,
    range: { from: 1, to: Number.MAX_SAFE_INTEGER },
    ids: ['m1'],
    jobs: 'all',
    generations: 'all',
    snapshots: [1],
    blocks: 2,
    artifacts: ['ff', '00'],
    pads: 'all',
    index: [0, 1],
  }
}

function describeTransactions(now: () => Reading & { readonly database: Database }): void {
  test('[STO1, STO5] transactions happen one after the other and see each other whole', async () => {
    const { store, write } = now()
    await write([{ table: 'sessions', row: buildSession() }])
    const seen = await Promise.all(
      Array.from({ length: 40 }, (_, index) => takeNext(store, index % 2 === 0 ? {} : WIDE)),
    )
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    expect((await store.read({ session: 's', tail: true })).tail).toHaveLength(40)
  })

  test('[STO1] no read sees half of a transaction', async () => {
    const { store, write } = now()
    await write([{ table: 'sessions', row: buildSession() }])
    const reads = Array.from({ length: 20 }, async (_, index) => {
      const writing = takeNext(store, index % 2 === 0 ? {} : WIDE)
      const { session, tail } = await store.read({ session: 's', tail: true })
      await writing
      return { next: session?.nextSeq, messages: tail.length }
    })
    for (const { next, messages } of await Promise.all(reads)) expect(next).toBe(messages + 1)
  })

  test.each([
    ['about a session alone', {}],
    ['about more', WIDE],
  ])('[STO2] a decision that throws, %s, writes nothing', async (_, query) => {
    const { store, write } = now()
    await write([{ table: 'sessions', row: buildSession() }])
    const failure = new BackfoldError('INVALID_INPUT', 'it will not do')
    const failing = store.commit({ session: 's', ...query }, () => {
      throw failure
    })
    await expect(failing).rejects.toBe(failure)
    const other = store.commit({ session: 's', ...query }, () => {
      throw new RangeError('not foreseen')
    })
    await expect(other).rejects.toThrow('not foreseen')
    expect(await store.read({ session: 's', tail: true })).toEqual(
      buildRead({ session: buildSession() }),
    )
    expect(await takeNext(store, query)).toBe(1)
  })

  test('[STO6] two stores over one database see each other’s writes', async () => {
    const { store, write, database } = now()
    await write([{ table: 'sessions', row: buildSession() }])
    const other = await database.open()
    const taken = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        takeNext(i % 2 === 0 ? store : other, i < 9 ? {} : WIDE),
      ),
    )
    expect(new Set(taken).size).toBe(20)
    const [a, b] = await Promise.all(
      [store, other].map((each) => each.read({ session: 's', tail: true })),
    )
    expect(a?.tail).toHaveLength(20)
    expect(b).toEqual(a)
    await other.close()
    expect(await takeNext(store, {})).toBe(21)
  })

  test('[STO1, STO6] a decision never fails over a row that another store has changed', async () => {
    const { store, write, database } = now()
    await write([{ table: 'sessions', row: buildSession() }])
    const other = await database.open()
    for (let seq = 1; seq <= 6; seq += 2) {
      expect(await takeNext(store, {})).toBe(seq)
      expect(await takeNext(other, seq === 3 ? WIDE : {})).toBe(seq + 1)
      const seen = await store.commit({ session: 's' }, ({ session }) => {
        if (session?.nextSeq !== seq + 2) throw new Error(`seen was ${session?.nextSeq}`)
        return { writes: [], outcome: session.nextSeq }
      })
      expect(seen).toBe(seq + 2)
    }
  })

  test('[STO3] sessions are listed newest first', async () => {
    const { store, write } = now()
    for (const [id, createdAt] of Object.entries({ a: 5, b: 9, c: 7 })) {
      await write([{ table: 'sessions', row: { ...buildSession(), id, createdAt } }])
    }
    expect((await store.listSessions()).map(({ id }) => id)).toEqual(['b', 'c', 'a'])
  })
}

/** Writes whatever stands there: what tests begin with. */
export function writeRows(store: SessionStore, writes: readonly Write[]): Promise<void> {
  return store.commit({ session: 's', tail: true }, () => ({ writes, outcome: undefined }))
}

/** Appends one message under the next position, which it returns. */
function takeNext(store: SessionStore, query: Omit<ReadQuery, 'session'>): Promise<number> {
  return store.commit({ session: 's', ...query }, ({ session }) => {
    if (!session) throw new Error('the session is gone')
    const seq = session.nextSeq
    const row = reviseSession(session, { nextSeq: seq + 1 })
    const message = buildRows('s').messages[0]
    if (!message) throw new Error('there is no message to write')
    return {
      writes: [
        { table: 'messages', row: { ...message, seq, id: `m${seq}`, session: 's' } },
        { table: 'sessions', row },
      ],
      outcome: seq,
    }
  })
}
