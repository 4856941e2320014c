import { beforeEach, describe, expect, test } from 'vitest'
import type { ReadQuery } from '../../src/core/ports/session-store.ts'
import { proveState } from '../../src/store/data-key.ts'
import { openDexieStore } from '../../src/store/dexie-store.ts'
import { buildRows } from './build-rows.ts'
import type { DurableDatabase } from './durable-store-contract.ts'
import { writeRows } from './store-contract.ts'

/** Everything that a session of {@link buildRows} has. */
const ALL: ReadQuery = {
  session: 's',
  head: true,
  tail: true,
  range: { from: 1, to: 99 },
  ids: ['m3'],
  generations: 'all',
  snapshots: [1],
  jobs: 'all',
  blocks: 2,
  artifacts: ['ff', '00'],
  notes: 'all',
  pads: 'all',
  rules: 'all',
  facts: 'all',
  index: [0, 1, 2],
}

const PASSPHRASE = 'correct horse'

/** Encryption at rest. Run over each IndexedDB. */
export function describeProtection(name: string, create: () => DurableDatabase): void {
  let database: DurableDatabase
  beforeEach(() => {
    database = create()
  })
  const open = (passphrase?: string): ReturnType<typeof openDexieStore> =>
    openDexieStore({ ...database.options, ...(passphrase === undefined ? {} : { passphrase }) })
  const rawText = async (): Promise<string> => JSON.stringify(await readRaw(database))

  describe(`${name}, encryption`, () => {
    test('[ENC1, ENC2] nothing that is said stands in the database, nor any id', async () => {
      const store = await open(PASSPHRASE)
      await writeRows(store, [...buildRows('s').writes])
      const before = await store.read(ALL)
      await store.commit({ session: 's' }, ({ session }) => ({
        writes: session ? [{ table: 'sessions', row: { ...session, revision: 99 } }] : [],
        outcome: undefined,
      }))
      await store.close()
      const text = await rawText()
      for (const said of ['content', 'fact ', 'pad ', 'Always', 'm3', 'call', '"ff"', 'tool']) {
        expect(text.includes(said), said).toBe(false)
      }
      expect(text).toContain('sealed')
      const again = await open(PASSPHRASE)
      const { session, ...rest } = await again.read(ALL)
      const { session: was, ...same } = before
      expect(rest).toEqual(same)
      expect(session).toEqual({ ...was, revision: 99 })
      await again.close()
    })

    test('[ENC3] a row that was changed, or stands under the key of another, is not read', async () => {
      const store = await open(PASSPHRASE)
      await writeRows(store, [...buildRows('s').writes])
      await changeRaw(database, 'messages', (rows) => {
        const [first, second] = rows
        if (!first?.sealed || !second?.sealed) throw new Error('there are no rows')
        ;[first.sealed, second.sealed] = [second.sealed, first.sealed]
      })
      await expect(store.read({ session: 's', at: [1] })).rejects.toThrow(/row of messages/)
      expect((await store.read({ session: 's', at: [3] })).at).toHaveLength(1)
      await changeRaw(database, 'messages', (rows) => {
        const third = rows[2]?.sealed
        if (third) third[40] = (third[40] ?? 0) ^ 1
      })
      await expect(store.read({ session: 's', at: [3] })).rejects.toThrow(/row of messages/)
      await store.close()
    })

    test('[ENC4] an artifact is found by the first twelve digits of its hash', async () => {
      const store = await open(PASSPHRASE)
      const [artifact] = buildRows('s').artifacts
      if (!artifact) throw new Error('there are artifacts among the rows')
      const hashes = ['a', 'b'].map((end) => '0123456789ab'.padEnd(63, '5') + end)
      await store.put(
        hashes.map((hash) => ({ table: 'artifacts', row: { ...artifact, hash } }) as const),
      )
      const find = async (hash: string): Promise<string | undefined> =>
        (await store.read({ session: 's', artifacts: [hash] })).artifacts[0]?.hash
      expect(hashes).toContain(await find('0123456789ab'))
      expect(await find(hashes[1] ?? '')).toBe(hashes[1])
      expect(await find(`${'0123456789ab'}6`)).toBeUndefined()
      await store.close()
    })

    test('[ENC5] what opens it is the passphrase, however it is typed, or the key made of it', async () => {
      const typed = 'caf\u00e9'
      const store = await open(typed)
      await writeRows(store, buildRows('s').writes)
      const [unlock, dataKey] = [store.unlock(), store.dataKey()]
      await store.close()
      if (!unlock || !dataKey) throw new Error('the store is not encrypted')
      await expect(open()).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
      await expect(open('another')).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' })
      await expect(open('')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      for (const secret of [{ passphrase: 'cafe\u0301' }, { unlock }, { dataKey }]) {
        const again = await openDexieStore({ ...database.options, ...secret })
        expect((await again.read(ALL)).range).toHaveLength(8)
        await again.close()
      }
      expect(unlock.extractable).toBe(false)
    })

    test('[ENC6] with a passphrase an empty database becomes encrypted, and no other', async () => {
      const plain = await open()
      await writeRows(plain, buildRows('s').writes)
      await plain.close()
      await expect(open(PASSPHRASE)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('protect') as string,
      })
      const again = await open()
      expect((await again.read(ALL)).range).toHaveLength(8)
      await again.close()
    })

    test('[ENC7] turned on and off again, everything is there, and stands as it should', async () => {
      const store = await open()
      await writeRows(store, [...buildRows('s').writes, ...buildRows('other').writes])
      const before = await store.read(ALL)
      const turning = store.protect({ passphrase: PASSPHRASE })
      const meanwhile = store.read(ALL)
      expect(await turning).toMatchObject({ kind: 'on', rows: 66 })
      expect(await meanwhile).toEqual(before)
      expect(await rawText()).not.toContain('content')
      await expect(open()).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
      expect(await store.protect({ passphrase: null })).toMatchObject({ kind: 'off', rows: 66 })
      expect(await store.protect({ passphrase: null })).toEqual({
        kind: 'unchanged',
        rows: 0,
        mayRemain: false,
      })
      expect(await store.read(ALL)).toEqual(before)
      await store.close()
      const again = await open()
      expect(await again.read(ALL)).toEqual(before)
      await again.close()
      expect(await rawText()).toContain('content')
    })

    test.each(['turning-on', 'turning-off'] as const)(
      '[ENC7] cut short while it is %s, it goes on when it is next opened',
      async (state) => {
        const store = await open()
        await writeRows(store, buildRows('s').writes)
        const before = await store.read(ALL)
        await store.protect({ passphrase: PASSPHRASE })
        const dataKey = store.dataKey() ?? new Uint8Array()
        await store.close()
        const sealed = await readRaw(database)
        const opened = await open(PASSPHRASE)
        await opened.protect({ passphrase: null })
        await opened.close()
        const plain = await readRaw(database)
        // Every other row as it was, the rest as it was to be.
        await writeRaw(database, (name) => {
          if (name === 'keys') {
            return sealed[name]?.map((row) => ({ ...row, ...proveState(dataKey, state) }))
          }
          const half = (rows: readonly object[], from: number): object[] =>
            rows.filter((_, index) => index % 2 === from)
          const [first = [], second = []] = [plain[name], sealed[name]].map((rows) =>
            byPlace(rows ?? []),
          )
          return [...half(first, 0), ...half(second, 1)]
        })
        await expect(open()).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
        const again = await open(PASSPHRASE)
        expect(await again.listSessions()).toHaveLength(1)
        await again.close()
        const text = await rawText()
        expect(text.includes('sealed')).toBe(state === 'turning-on')
        expect(before.range).toHaveLength(8)
      },
    )

    test('[ENC8] another passphrase changes the wrap alone', async () => {
      const store = await open(PASSPHRASE)
      await writeRows(store, buildRows('s').writes)
      const { keys: _, ...before } = await readRaw(database)
      expect(await store.protect({ passphrase: 'battery' })).toMatchObject({
        kind: 'changed',
        rows: 0,
      })
      await store.close()
      const { keys: __, ...after } = await readRaw(database)
      expect(after).toEqual(before)
      await expect(open(PASSPHRASE)).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' })
      const again = await open('battery')
      expect((await again.read(ALL)).range).toHaveLength(8)
      await again.close()
    })

    test('[ENC9] a tab that had it open before can neither read nor write as it did', async () => {
      const [here, there] = [await open(), await open()]
      await writeRows(here, buildRows('s').writes)
      expect((await there.read(ALL)).range).toHaveLength(8)
      await here.protect({ passphrase: PASSPHRASE })
      await expect(there.read(ALL)).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
      await expect(writeRows(there, buildRows('s2').writes)).rejects.toMatchObject({
        code: 'STORAGE_LOCKED',
      })
      const again = await open(PASSPHRASE)
      expect(await again.read(ALL)).toEqual(await here.read(ALL))
      await Promise.all([here.close(), again.close()])
    })

    test('[ENC7, ENC9] nor can it encrypt once more what is encrypted, or open it for good', async () => {
      const [here, there] = [await open(), await open()]
      await writeRows(here, buildRows('s').writes)
      const before = await here.read(ALL)
      await here.protect({ passphrase: PASSPHRASE })
      for (const passphrase of ['another', null]) {
        await expect(there.protect({ passphrase })).rejects.toMatchObject({
          code: 'STORAGE_LOCKED',
        })
      }
      expect(await here.read(ALL)).toEqual(before)
      await Promise.all([here.close(), there.close()])
      const again = await open(PASSPHRASE)
      expect(await again.read(ALL)).toEqual(before)
      await again.close()
    })

    test('[ENC7] of two tabs that encrypt at one time one does, and nothing is lost', async () => {
      const [here, there] = [await open(), await open()]
      await writeRows(here, buildRows('s').writes)
      const before = await here.read(ALL)
      const settled = await Promise.allSettled([
        here.protect({ passphrase: 'here' }),
        there.protect({ passphrase: 'there' }),
      ])
      expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      await Promise.all([here.close(), there.close()])
      const again = await open(settled[0].status === 'fulfilled' ? 'here' : 'there')
      expect(await again.read(ALL)).toEqual(before)
      await again.close()
    })

    test('[ENC6] of two tabs that begin with one passphrase at one time both go on', async () => {
      const [here, there] = await Promise.all([open(PASSPHRASE), open(PASSPHRASE)])
      const lists = await Promise.all([here, there].map((store) => store.listSessions()))
      expect(lists).toEqual([[], []])
      await Promise.all([here.close(), there.close()])
      const again = await open(PASSPHRASE)
      await writeRows(again, buildRows('s').writes)
      await again.close()
      expect(await rawText()).not.toContain('content')
    })

    test('[ENC3, ENC9] the key of rows that are gone opens, and writes, no others', async () => {
      const store = await open(PASSPHRASE)
      await writeRows(store, buildRows('s').writes)
      const dataKey = store.dataKey()
      if (!dataKey) throw new Error('the store is not encrypted')
      await store.protect({ passphrase: null })
      await store.protect({ passphrase: 'another' })
      await expect(openDexieStore({ ...database.options, dataKey })).rejects.toMatchObject({
        code: 'STORAGE_LOCKED',
      })
      await store.close()
    })

    test('[ENC7] where somebody does not let go of the database it is said, and nothing changes', async () => {
      const store = await open()
      await writeRows(store, buildRows('s').writes)
      const before = await store.read(ALL)
      // Like a tab that the browser has put to sleep.
      const asleep = await openRaw(database)
      await expect(store.protect({ passphrase: PASSPHRASE })).rejects.toMatchObject({
        code: 'STORAGE_BLOCKED',
      })
      asleep.close()
      expect(await store.read(ALL)).toEqual(before)
      await store.close()
      expect(await rawText()).toContain('content')
    }, 15_000)

    test('[ENC3] a damaged row is left out where those of all sessions are listed', async () => {
      const store = await open(PASSPHRASE)
      await writeRows(store, [...buildRows('s').writes, ...buildRows('other').writes])
      expect([(await store.listSessions()).length, (await store.listJobs(9)).length]).toEqual([
        2, 4,
      ])
      for (const table of ['sessions', 'jobs']) {
        await changeRaw(database, table, ([row]) => {
          if (row?.sealed) row.sealed[40] = (row.sealed[40] ?? 0) ^ 1
        })
      }
      expect([(await store.listSessions()).length, (await store.listJobs(9)).length]).toEqual([
        1, 3,
      ])
      await store.close()
    })

    test('[ENC3] nobody without the key has the rows opened for good, or others sealed', async () => {
      const store = await open(PASSPHRASE)
      await writeRows(store, buildRows('s').writes)
      await store.close()
      for (const state of ['turning-on', 'turning-off']) {
        await changeRaw(database, 'keys', ([row]) => Object.assign(row ?? {}, { state }))
        await expect(open(PASSPHRASE)).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' })
        expect(await rawText()).not.toContain('content')
      }
    })
  })
}

type RawRow = Record<string, unknown> & { sealed?: Uint8Array }
type RawRows = Record<string, readonly RawRow[]>

/** Tokens sort otherwise than what they stand for: rows are paired by their numbers. */
function byPlace(rows: readonly RawRow[]): readonly RawRow[] {
  const place = (row: RawRow): string =>
    JSON.stringify([row['seq'], row['n'], row['segment'], row['job'], row['block']])
  return rows.toSorted((a, b) => (place(a) < place(b) ? -1 : 1))
}

function openRaw({ factory, options }: DurableDatabase): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(options.name)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(new Error('the database does not open'))
  })
}

/** All rows of all tables, as they stand there. */
async function readRaw(database: DurableDatabase): Promise<RawRows> {
  const db = await openRaw(database)
  const rows: Record<string, readonly RawRow[]> = {}
  for (const name of [...db.objectStoreNames]) {
    rows[name] = await new Promise((resolve) => {
      const request = db.transaction(name).objectStore(name).getAll()
      request.onsuccess = () => resolve(request.result as readonly RawRow[])
    })
  }
  db.close()
  return rows
}

async function writeRaw(
  database: DurableDatabase,
  rowsOf: (table: string) => readonly object[] | undefined,
): Promise<void> {
  const db = await openRaw(database)
  const names = [...db.objectStoreNames]
  const tx = db.transaction(names, 'readwrite')
  for (const name of names) {
    const store = tx.objectStore(name)
    store.clear()
    for (const row of rowsOf(name) ?? []) store.put(row)
  }
  await new Promise((resolve) => {
    tx.oncomplete = resolve
  })
  db.close()
}

async function changeRaw(
  database: DurableDatabase,
  table: string,
  change: (rows: RawRow[]) => void,
): Promise<void> {
  const rows = { ...(await readRaw(database)) }
  change([...(rows[table] ?? [])])
  await writeRaw(database, (name) => rows[name])
}
