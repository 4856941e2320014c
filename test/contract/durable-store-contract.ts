import fc from 'fast-check'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { BackfoldError } from '../../src/core/backfold-error.ts'
import type { SessionStore, Write } from '../../src/core/ports/session-store.ts'
import type { Artifact } from '../../src/core/session/generation.ts'
import { ROW_SCHEMA } from '../../src/core/session/session-row.ts'
import { openDexieStore, type DexieStoreOptions } from '../../src/store/dexie-store.ts'
import { streamCompressor } from '../../src/store/stream-compressor.ts'
import { buildRead } from '../support/build-generation.ts'
import { buildSession } from '../support/build-log.ts'
import { buildRows } from './build-rows.ts'
import { writeRows } from './store-contract.ts'

/** A Dexie database that does not exist yet. */
export interface DurableDatabase {
  readonly options: DexieStoreOptions & { readonly name: string }
  readonly factory: IDBFactory
}

/** What a store over IndexedDB has to do besides the contract of all stores. */
export function describeDurableStore(name: string, create: () => DurableDatabase): void {
  let database: DurableDatabase
  let store: SessionStore
  beforeEach(async () => {
    database = create()
    store = await openDexieStore(database.options)
  })

  describe(`${name}`, () => {
    test('[STO8] what was written is there after closing and opening again', async () => {
      const rows = buildRows('s')
      await writeRows(store, rows.writes)
      const query = { session: 's', tail: true, head: true, blocks: 2, artifacts: ['00'] }
      const before = await store.read(query)
      expect(before.tail).toHaveLength(3)
      await store.close()
      const again = await openDexieStore(database.options)
      expect(await again.read(query)).toEqual(before)
      await again.close()
    })

    test('[DEL4] a removal that was cut short goes on when the database is next opened', async () => {
      const rows = buildRows('s')
      const cut = { ...rows.session, removed: 1 } as const
      await writeRows(store, [...rows.writes, { table: 'sessions', row: cut }])
      expect(await store.read({ session: 's', tail: true })).toEqual(buildRead())
      await store.close()
      const again = await openDexieStore(database.options)
      const raw = await openRaw(database)
      await expect.poll(() => countRows(raw)).toBe(0)
      raw.close()
      expect(await again.listSessions()).toEqual([])
      await again.close()
    })

    describeNewer(() => ({ store, database }))
    describeLosses(() => ({ store, database }))
    describePayloads(() => ({ store }))
  })
}

interface Opened {
  readonly store: SessionStore
  readonly database: DurableDatabase
}

function describeNewer(now: () => Opened): void {
  test('[STO9] a row of a newer release is refused and not overwritten', async () => {
    const { store } = now()
    const newer = { ...buildSession(), schema: ROW_SCHEMA + 1 }
    await writeRows(store, [{ table: 'sessions', row: newer }])
    for (const query of [{ session: 's' }, { session: 's', openJob: true }]) {
      const decide = vi.fn<() => { writes: readonly Write[]; outcome: undefined }>(() => ({
        writes: [{ table: 'sessions', row: buildSession() }],
        outcome: undefined,
      }))
      await expect(store.commit(query, decide)).rejects.toMatchObject({ code: 'STORAGE_NEWER' })
      expect(decide).not.toHaveBeenCalled()
    }
    expect((await store.read({ session: 's' })).session).toEqual(newer)
  })

  test('[ERR2] a database of a newer release is not opened', async () => {
    const { store, database } = now()
    await store.close()
    await raiseVersion(database)
    await expect(openDexieStore(database.options)).rejects.toMatchObject({ code: 'STORAGE_NEWER' })
  })
}

function describeLosses(now: () => Opened): void {
  test('[ERR2] a deleted database is a loss that says what to do', async () => {
    const { store, database } = now()
    await writeRows(store, [{ table: 'sessions', row: buildSession() }])
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    await deleteDatabase(database)
    const lost = new BackfoldError('STORAGE_LOST', 'the database is closed; open Backfold again')
    await expect(store.read({ session: 's' })).rejects.toEqual(lost)
    const decide = (): { writes: []; outcome: undefined } => ({ writes: [], outcome: undefined })
    await expect(store.commit({ session: 's' }, decide)).rejects.toEqual(lost)
    await expect(store.listSessions()).rejects.toEqual(lost)
    warn.mockRestore()
  })

  test.each([
    ['about a session alone', {}],
    ['about more', { tail: true }],
  ])('[STO2] a row that can’t be stored takes its whole transaction, %s', async (_, query) => {
    const { store } = now()
    await writeRows(store, [{ table: 'sessions', row: buildSession() }])
    const { messages } = buildRows('s')
    const failing = store.commit({ session: 's', ...query }, () => ({
      writes: messages.map((message): Write => ({
        table: 'messages',
        row: {
          ...message,
          session: 's',
          // A function can't be cloned.
          ...(message.seq === 5 ? { wire: { format: 'plain', value: () => {} } as const } : {}),
        },
      })),
      outcome: undefined,
    }))
    await expect(failing).rejects.toMatchObject({ name: 'BackfoldError' })
    expect(await store.read({ session: 's', tail: true })).toEqual(
      buildRead({ session: buildSession() }),
    )
  })
}

function describePayloads(now: () => { readonly store: SessionStore }): void {
  test('[STO10] payloads come back exactly as packed, whatever is in them', async () => {
    const { store } = now()
    const anyText = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('', '\uD800', 'a\uDC00b', '\uFEFFa', '\u0000', 'naïve 漢字 👩‍👩‍👧'),
    )
    const units = fc.array(fc.nat(0xffff), { maxLength: 40 })
    const anyUnits = units.map((codes) => String.fromCharCode(...codes))
    const payload = fc
      .tuple(fc.oneof(anyText, anyUnits), fc.constantFrom(1, 2, 700))
      .map(([text, times]) => text.repeat(times))
    await fc.assert(
      fc.asyncProperty(payload, async (text) => {
        const row: Artifact = {
          session: 's',
          hash: 'h',
          ...(await streamCompressor.pack(text)),
          length: text.length,
          mediaType: 'text/plain',
          tokens: 1,
        }
        await writeRows(store, [{ table: 'artifacts', row }])
        const { artifacts } = await store.read({ session: 's', artifacts: ['h'] })
        expect(artifacts).toEqual([row])
        const unpacked = await Promise.all(artifacts.map((found) => streamCompressor.unpack(found)))
        expect(unpacked[0] === text).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('[STO10] a payload that repeats itself is packed smaller', async () => {
    const packed = await streamCompressor.pack('line after line\n'.repeat(1_000))
    expect(packed.encoding).toBe('deflate-raw')
    expect(packed.bytes.length).toBeLessThan(1_000)
  })
}

/** Opens the database as a release with a later schema does. */
function raiseVersion({ options, factory }: DurableDatabase): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = factory.open(options.name, 9_990)
    opening.onerror = () => reject(opening.error ?? new Error('the database did not open'))
    opening.onsuccess = () => {
      opening.result.close()
      resolve()
    }
  })
}

function deleteDatabase({ options, factory }: DurableDatabase): Promise<void> {
  return new Promise((resolve, reject) => {
    const deleting = factory.deleteDatabase(options.name)
    deleting.onerror = () => reject(deleting.error ?? new Error('the database was not deleted'))
    deleting.onsuccess = () => resolve()
  })
}

function openRaw({ factory, options }: DurableDatabase): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(options.name)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(new Error('the database does not open'))
  })
}

/** Rows of all tables. */
async function countRows(db: IDBDatabase): Promise<number> {
  const names = [...db.objectStoreNames]
  const tx = db.transaction(names)
  const counts = names.map(
    (name) =>
      new Promise<number>((resolve) => {
        const request = tx.objectStore(name).count()
        request.onsuccess = () => resolve(request.result)
      }),
  )
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}
