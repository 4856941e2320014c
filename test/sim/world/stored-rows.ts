import type { RawDatabase, RawRecord, RawRecords } from './raw-database.ts'

/** One row that was written or removed; undefined is a row that is not there any more. */
export interface RowChange {
  readonly table: string
  readonly key: string
  readonly row: unknown
}

/**
 * Follows what is written to the object stores of one database, so that a checker need not read all of
 * them after every step. What is rolled back is written back, so it shows up again as it was.
 */
export class StoredRows {
  private readonly touched = new Map<string, Map<string, unknown>>()
  private readonly followed = new WeakSet<RawRecords>()

  /** Follows the stores of a database, those that it got since the last call included. */
  follow(database: RawDatabase): void {
    for (const [table, { records }] of database.rawObjectStores) {
      if (!this.followed.has(records)) this.followStore(table, records)
    }
  }

  /** Every row that was touched since the last call, as it is now. */
  takeChanges(): readonly RowChange[] {
    const changes: RowChange[] = []
    for (const [table, rows] of this.touched) {
      for (const [key, row] of rows) changes.push({ table, key, row })
      rows.clear()
    }
    return changes
  }

  private followStore(table: string, records: RawRecords): void {
    this.followed.add(records)
    const touched = new Map<string, unknown>()
    this.touched.set(table, touched)
    const { put, delete: remove, clear } = records
    for (const record of records.values()) touched.set(keyOf(record.key), record.value)
    records.put = (record, noOverwrite) => {
      const replaced = put.call(records, record, noOverwrite)
      touched.set(keyOf(record.key), record.value)
      return replaced
    }
    records.delete = (key) => forget(touched, remove.call(records, key))
    records.clear = () => forget(touched, clear.call(records))
  }
}

function forget(touched: Map<string, unknown>, removed: RawRecord[]): RawRecord[] {
  for (const { key } of removed) touched.set(keyOf(key), undefined)
  return removed
}

function keyOf(key: unknown): string {
  return Array.isArray(key) ? key.join(' ') : String(key)
}
