import type { Snapshotted, Write } from '../ports/session-store.ts'
import { beginsSession } from '../session/append.ts'
import type { Seq } from '../session/message.ts'
import type { SessionRow } from '../session/session-row.ts'
import { headMark, rowMark } from './marks.ts'
import { runsOf } from './place-unsent.ts'
import { keyOf } from './row-tables.ts'
import type { SyncedTable, SyncState, Unsent } from './sync-state.ts'

type MessageRow = Extract<Write, { readonly table: 'messages' }>['row']

/**
 * What a decision writes, with marks in the session's row for all of it that other devices have to hear of. Messages that
 * are appended need none: whatever is above the newest confirmed one is unsent.
 *
 * Pure. Only where the session is synchronised.
 *
 * @param read - What the decision was made from: with `notes`, `pads` or `range` where it adds to or changes those.
 * @param newId - Ids of the records that will say it; another one for every change.
 * @see SPEC.md rules SYNC17–SYNC19
 */
export function markUnsent(
  read: Snapshotted,
  writes: readonly Write[],
  newId: () => string,
): readonly Write[] {
  const before = read.session
  if (!before?.sync) return writes
  const after = writes.reduce((row, one) => (one.table === 'sessions' ? one.row : row), before)
  const sync = after.sync ?? before.sync
  const appended = messagesOf(writes).filter(({ seq }) => seq >= before.nextSeq)
  const left = messagesOf(writes).filter(({ seq, active }) => !active && seq < before.nextSeq)
  let marks = sync.unsent
  const add = (mark: Unsent, replaced?: Unsent): void => {
    marks = [...marks.filter((one) => one !== replaced), mark]
  }
  if (left.length > 0) add(markBranch(read, before, sync, left, newId()))
  for (const write of writes) {
    const row = changedRow(read, marks, write)
    if (row) add({ kind: 'row', id: newId(), ...row.of }, row.replaced)
  }
  const expected = expectedPins(before, appended, new Set(left.map(({ seq }) => seq)))
  if (after.pins.join() !== expected.join()) {
    const replaced = rowMark(marks, 'session', 'pins')
    add({ kind: 'row', id: newId(), table: 'session', key: 'pins' }, replaced)
  }
  if (after.details !== before.details) {
    const replaced = rowMark(marks, 'session', 'details')
    add({ kind: 'row', id: newId(), table: 'session', key: 'details' }, replaced)
  }
  const head = headMark(marks)
  // A branch moves the head of others just so.
  if (after.head !== before.head && (left.length === 0 || head)) {
    add({ kind: 'head', id: newId() }, head)
  }
  return marks === sync.unsent ? writes : withMarks(writes, after, { ...sync, unsent: marks })
}

function messagesOf(writes: readonly Write[]): readonly MessageRow[] {
  return writes.flatMap((write) => (write.table === 'messages' ? [write.row] : []))
}

function markBranch(
  { range }: Snapshotted,
  before: SessionRow,
  { confirmed }: SyncState,
  left: readonly MessageRow[],
  id: string,
): Unsent {
  const seqs = left.map(({ seq }) => seq).toSorted((a, b) => a - b)
  const [first = 0] = seqs
  const settled = seqs.filter((seq) => seq <= confirmed)
  return {
    kind: 'branch',
    id,
    after: range.findLast(({ active, seq }) => active && seq < first)?.id ?? '',
    through: left.find(({ seq }) => seq === seqs.at(-1))?.id ?? '',
    left: runsOf(settled),
    pins: before.pins.filter((seq) => settled.includes(seq)),
  }
}

interface RowOf {
  readonly table: SyncedTable
  readonly key: string
  readonly isFresh?: boolean
}

/** The row of a table that a write changes, and the mark that it had. */
function changedRow(
  read: Snapshotted,
  marks: readonly Unsent[],
  write: Write,
): { readonly of: RowOf; readonly replaced: Unsent | undefined } | undefined {
  const isKeyed =
    write.table === 'rules' ||
    write.table === 'facts' ||
    write.table === 'notes' ||
    write.table === 'pads'
  if (!isKeyed) return undefined
  const key = 'removePad' in write ? String(write.removePad.n) : keyOf(write)
  const replaced = rowMark(marks, write.table, key)
  const isNew =
    !('removePad' in write) && isCounted(write.table) && !isThere(read, write.table, key)
  const isFresh = replaced ? replaced.isFresh === true : isNew
  return { of: { table: write.table, key, ...(isFresh ? { isFresh } : {}) }, replaced }
}

/** Rows whose keys are counted up may get the same one on two devices. */
function isCounted(table: SyncedTable): table is 'notes' | 'pads' {
  return table === 'notes' || table === 'pads'
}

function isThere(read: Snapshotted, table: 'notes' | 'pads', key: string): boolean {
  return read[table].some(({ n }) => String(n) === key)
}

/** The pins as appending and branching leave them by themselves, on every device alike. */
function expectedPins(
  before: SessionRow,
  appended: readonly MessageRow[],
  left: ReadonlySet<Seq>,
): readonly Seq[] {
  let pins: readonly Seq[] = before.pins.filter((seq) => !left.has(seq))
  let active = before.messages - left.size
  for (const message of appended) {
    if (beginsSession(message, active, pins)) pins = [...pins, message.seq]
    active += 1
  }
  return pins
}

/** The writes with another row of the session, the last of them. */
function withMarks(writes: readonly Write[], after: SessionRow, sync: SyncState): readonly Write[] {
  const row: SessionRow = { ...after, sync }
  const others = writes.filter(({ table }) => table !== 'sessions')
  // Whoever changes nothing of the row but its marks changes the row.
  const hasRow = others.length < writes.length
  const revision = hasRow ? row.revision : row.revision + 1
  return [...others, { table: 'sessions', row: { ...row, revision } }]
}
