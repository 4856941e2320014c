import { Dexie } from 'dexie'
import type { BackfoldDatabase } from './database.ts'
import { isSealedRow, type RowCodec } from './plain-codec.ts'

/** Rows rewritten in one transaction: fewer of those that may be large. */
const SLICE = 64
const LARGE_SLICE = 8
const LARGE: readonly string[] = ['artifacts', 'index', 'generations']

/**
 * Rewrites every row that does not stand as it should, a slice in each transaction. It may be stopped at any point and
 * begun again, and several may be at it: each slice looks at what is there.
 *
 * @returns How many rows it has rewritten.
 * @see SPEC.md rule ENC7
 */
export async function convertRows(
  db: BackfoldDatabase,
  codec: RowCodec,
  to: 'sealed' | 'plain',
): Promise<number> {
  let rewritten = 0
  for (const { name } of db.tables.filter((table) => table.name !== 'keys')) {
    let last: unknown
    for (;;) {
      const slice = await convertSlice(db, name, last, codec, to)
      rewritten += slice.rewritten
      if (slice.last === undefined) break
      last = slice.last
    }
  }
  return rewritten
}

/** From the key behind the last on. Rows that are written under other keys meanwhile are as they should be. */
function convertSlice(
  db: BackfoldDatabase,
  name: string,
  last: unknown,
  codec: RowCodec,
  to: 'sealed' | 'plain',
): Promise<{ readonly rewritten: number; readonly last: unknown }> {
  const table = db.table<object, string | unknown[]>(name)
  const size = LARGE.includes(name) ? LARGE_SLICE : SLICE
  return Dexie.Promise.resolve(
    db.transaction('rw', table, async () => {
      const rest = last === undefined ? table.toCollection() : table.where(':id').above(last)
      const rows = await rest.limit(size).toArray()
      const due = rows.filter((row) => isSealedRow(row) !== (to === 'sealed'))
      if (due.length > 0) {
        // Their keys are other ones.
        await table.bulkDelete(due.map((row) => keyOf(table.schema.primKey.keyPath, row)))
        await table.bulkPut(
          due.map((row) =>
            to === 'sealed' ? codec.seal(name, row) : codec.open<object>(name, row),
          ),
        )
      }
      const newest = rows.at(-1)
      const next = newest && keyOf(table.schema.primKey.keyPath, newest)
      return { rewritten: due.length, last: rows.length < size ? undefined : next }
    }),
  )
}

function keyOf(path: string | string[] | null | undefined, row: object): string | unknown[] {
  return Array.isArray(path)
    ? path.map((field): unknown => Reflect.get(row, field))
    : (Reflect.get(row, path ?? 'id') as string)
}
