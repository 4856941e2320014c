import type { RuleRow } from '../memory/vault/rule-row.ts'
import { newestOf, renumberRow, type RowTable, type TableRow } from './row-tables.ts'
import { reissue, rowMark, type RowMark } from './marks.ts'
import { settleSources } from './take-rules.ts'
import { drop, type RecordOf, type Step, type Taking } from './taking.ts'

/**
 * Takes in what an entry says of a row: the newest in the remote log's order stands. What was changed here and was not
 * seen there yet will be newer.
 *
 * @see SPEC.md rules SYNC8–SYNC10, SYNC28
 */
export function takeRow(taking: Taking, record: RecordOf<'row'>): Step {
  if (record.table === 'session') return takeSessionRow(taking, record)
  const { table, key } = record
  const row = tableRow(taking.session, record)
  if (row && newestOf(row) > taking.line.end().seq) return 'ignored'
  const mark = rowMark(taking.unsent, table, key)
  if (mark?.id === record.id) {
    drop(taking, mark.id)
    sayRule(taking, taking.rows.get(table, key))
    return 'taken'
  }
  if (mark && record.by === taking.device) {
    // An older version of what was changed again since: it is there now, whoever else would use its key.
    if (mark.isFresh && record.isFresh) replace(taking, mark, { ...mark, id: reissue(mark.id) })
    return 'taken'
  }
  if (mark) {
    if (!mark.isFresh || !row) return 'taken'
    makeRoom(taking, mark)
  } else if (record.isFresh && taking.rows.get(table, key)) {
    return 'taken'
  }
  if (row) taking.rows.put(row)
  else taking.rows.remove(table, key)
  sayRule(taking, row)
  return 'taken'
}

/** A rule as everybody has it by now. */
function sayRule(taking: Taking, row: TableRow | undefined): void {
  if (row?.table !== 'rules') return
  settleSources(taking, row.row)
  taking.hasRules = true
}

type SessionRecord = Extract<RecordOf<'row'>, { readonly table: 'session' }>

function takeSessionRow(taking: Taking, record: SessionRecord): Step {
  const mark = rowMark(taking.unsent, 'session', record.key)
  if (mark && mark.id !== record.id) return 'taken'
  if (mark) drop(taking, mark.id)
  if (record.key === 'details') {
    taking.details = record.row
  } else {
    const end = taking.line.end().seq
    taking.line.pin(record.row.filter((seq) => seq <= end))
  }
  return 'taken'
}

/** The row that a record says, as it is stored here; undefined where it was removed. */
function tableRow(
  session: string,
  record: Exclude<RecordOf<'row'>, SessionRecord>,
): TableRow | undefined {
  switch (record.table) {
    case 'rules':
      return { table: 'rules', row: { ...record.row, session } }
    case 'facts':
      return { table: 'facts', row: { ...record.row, session } }
    case 'notes':
      return { table: 'notes', row: { ...record.row, session } }
    case 'pads':
      return record.row ? { table: 'pads', row: { ...record.row, session } } : undefined
  }
}

/** Gives a row of ours, of which nobody has heard, another number: another device was first to use its own. */
function makeRoom(taking: Taking, mark: RowMark): void {
  const { rows } = taking
  const table = mark.table as RowTable
  const own = rows.get(table, mark.key)
  taking.conflicts += 1
  if (!own) {
    // Removed again before anybody heard of it.
    drop(taking, mark.id)
    return
  }
  // Numbers of rows that were removed here are still on their way.
  const marked = taking.unsent.map((one) =>
    one.kind === 'row' && one.table === table ? Number(one.key) + 1 : 0,
  )
  const n = Math.max(rows.nextNumber(table), ...marked)
  rows.put(renumberRow(own, n))
  replace(taking, mark, { ...mark, id: reissue(mark.id), key: String(n), isFresh: true })
  if (table !== 'notes') return
  for (const { row } of rows.all('rules')) {
    const rule = row as RuleRow
    const isOurs = String(rule.proposal) === mark.key && rowMark(taking.unsent, 'rules', rule.id)
    if (isOurs) rows.put({ table: 'rules', row: { ...rule, proposal: n } })
  }
}

/** A mark of a row that others have heard of by now has no claim to a key that nobody used. */
function replace(taking: Taking, mark: RowMark, next: RowMark): void {
  const { isFresh, ...known } = next
  const after: RowMark = isFresh && next.key !== mark.key ? next : known
  taking.unsent = taking.unsent.map((one) => (one === mark ? after : one))
}
