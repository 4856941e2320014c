import type { FactOverride } from '../memory/facts/fact-override.ts'
import type { MemoryAction } from '../memory/memory-action.ts'
import type { Pad } from '../memory/pads/pad.ts'
import type { RuleRow } from '../memory/vault/rule-row.ts'
import type { Snapshotted, Write } from '../ports/session-store.ts'
import type { Seq } from '../session/message.ts'
import { mapAction, mapFact, mapPad, mapRule, newestNamed, type MapSeq } from './map-seqs.ts'

/** A row of one of the tables whose rows go over the wire whole. */
export type TableRow =
  | { readonly table: 'rules'; readonly row: RuleRow }
  | { readonly table: 'facts'; readonly row: FactOverride }
  | { readonly table: 'notes'; readonly row: MemoryAction }
  | { readonly table: 'pads'; readonly row: Pad }

export type RowTable = TableRow['table']

/** Key of a row within its session, as records and marks name it. */
export function keyOf({ table, row }: TableRow): string {
  return table === 'rules' || table === 'facts' ? row.id : String(row.n)
}

/** The same row with other positions. */
export function mapRow(one: TableRow, map: MapSeq): TableRow {
  switch (one.table) {
    case 'rules':
      return { table: 'rules', row: mapRule(one.row, map) }
    case 'facts':
      return { table: 'facts', row: mapFact(one.row, map) }
    case 'notes':
      return { table: 'notes', row: mapAction(one.row, map) }
    case 'pads':
      return { table: 'pads', row: mapPad(one.row, map) }
  }
}

/** The newest message that a row names; 0 if it names none. */
export function newestOf(one: TableRow): Seq {
  return newestNamed(one, mapRow)
}

/** The row under another number of its table. */
export function renumberRow(one: TableRow, n: number): TableRow {
  if (one.table === 'notes') return { table: 'notes', row: { ...one.row, n } }
  return one.table === 'pads' ? { table: 'pads', row: { ...one.row, n } } : one
}

/** The rows of a session that go over the wire, while entries are taken in. */
export interface RowTables {
  get(table: RowTable, key: string): TableRow | undefined
  put(row: TableRow): void
  remove(table: RowTable, key: string): void
  all(table: RowTable): readonly TableRow[]
  /** A number behind all of its table. */
  nextNumber(table: RowTable): number
  /** What was changed since it was read. */
  writes(): readonly Write[]
}

export function createRowTables(session: string, read: Snapshotted): RowTables {
  const place = (table: RowTable, key: string): string => `${table} ${key}`
  const placeOf = (one: TableRow): string => place(one.table, keyOf(one))
  const rows = new Map<string, TableRow>()
  const stored: readonly TableRow[] = [
    ...read.rules.map((row) => ({ table: 'rules', row }) as const),
    ...read.facts.map((row) => ({ table: 'facts', row }) as const),
    ...read.notes.map((row) => ({ table: 'notes', row }) as const),
    ...read.pads.map((row) => ({ table: 'pads', row }) as const),
  ]
  for (const one of stored) rows.set(placeOf(one), one)
  const changed = new Map<string, Write>()
  const all = (table: RowTable): readonly TableRow[] =>
    [...rows.values()].filter((one) => one.table === table)
  return {
    get: (table, key) => rows.get(place(table, key)),
    put(one) {
      rows.set(placeOf(one), one)
      changed.set(placeOf(one), one)
    },
    remove(table, key) {
      // Rows of all other tables stay for good.
      if (table !== 'pads') return
      rows.delete(place(table, key))
      changed.set(place(table, key), { table, removePad: { session, n: Number(key) } })
    },
    all,
    nextNumber: (table) =>
      all(table).reduce((most, { row }) => Math.max(most, 'n' in row ? row.n : 0), 0) + 1,
    writes: () => [...changed.values()],
  }
}
