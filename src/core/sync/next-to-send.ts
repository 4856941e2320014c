import type { ReadQuery, Snapshotted } from '../ports/session-store.ts'
import { contentHash } from '../session/chain.ts'
import { detailsOf } from '../session/describe-session.ts'
import type { Generation } from '../session/generation.ts'
import type { Seq } from '../session/message.ts'
import type { SessionRow } from '../session/session-row.ts'
import { mapGeneration, newestNamed } from './map-seqs.ts'
import { branchMarks, headMark, rowMark, type RowMark } from './marks.ts'
import { draftOf, inSendOrder, type Pending } from './place-unsent.ts'
import { createRowTables, newestOf, type RowTables } from './row-tables.ts'
import type { PortableGeneration, SyncRecord } from './sync-record.ts'
import type { SyncState } from './sync-state.ts'

/** What a device says next of a session. */
export type ToSend =
  | { readonly kind: 'nothing' }
  /** One after the other, each stored before the next is sent. */
  | { readonly kind: 'append'; readonly records: readonly SyncRecord[] }
  /** All or nothing, if nothing was added to the channel of heads behind `expected`. The head is the last one. */
  | { readonly kind: 'commit'; readonly records: readonly SyncRecord[]; readonly expected: number }

/** Most records that are said at once. */
const MAX_RECORDS = 100

/** What {@link nextToSend} must be given: of a long log that waits no more than can be said at once. */
export function sendQuery({ id, sync }: Pick<SessionRow, 'id' | 'sync'>): ReadQuery {
  // A branch has its place among all that wait.
  const isPlain = branchMarks(sync?.unsent ?? []).length === 0
  return {
    session: id,
    head: true,
    range: {
      from: (sync?.confirmed ?? 0) + 1,
      to: Number.MAX_SAFE_INTEGER,
      ...(isPlain ? { most: MAX_RECORDS } : {}),
    },
    rules: 'all',
    facts: 'all',
    notes: 'all',
    pads: 'all',
  }
}

/**
 * What was not seen in the remote log yet and can be said now: first messages and branches, in order, then rows that name
 * none but confirmed messages, then the head.
 *
 * Pure. What is sent stays unsent until it comes back; so the same comes out again until then.
 *
 * @see SPEC.md rules SYNC20, SYNC21
 */
export function nextToSend(read: Snapshotted, device: string): ToSend {
  const { session } = read
  const sync = session?.sync
  if (!session || !sync || sync.lacks !== undefined || session.arriving !== undefined) {
    return { kind: 'nothing' }
  }
  const fields = {
    session: session.id,
    by: device,
    confirmed: sync.confirmed,
    ...(sync.since === undefined ? {} : { since: sync.since }),
  }
  const provisional = read.range.filter(({ seq }) => seq > sync.confirmed)
  const log = inSendOrder(provisional, branchMarks(sync.unsent)).map((pending) => ({
    ...fields,
    ...logRecord(pending),
  }))
  const rows = rowRecords(read, session, sync).map((row) => ({ ...fields, ...row }))
  const head = log.length === 0 ? headRecord(read, session, sync) : undefined
  if (head) {
    const records = [...rows.slice(0, MAX_RECORDS - 1), { ...fields, ...head }]
    return { kind: 'commit', records, expected: sync.head.position }
  }
  const records = [...log, ...rows].slice(0, MAX_RECORDS)
  return records.length === 0 ? { kind: 'nothing' } : { kind: 'append', records }
}

type Said = SyncRecord extends infer One
  ? One extends SyncRecord
    ? Omit<One, 'session' | 'by' | 'confirmed' | 'since'>
    : never
  : never

function logRecord(pending: Pending): Said {
  if (pending.kind === 'branch') {
    const { id, after, through } = pending.mark
    return { kind: 'branch', id, after, through }
  }
  const { id } = pending.message
  // What storage has damaged would be refused by everybody, for ever.
  const message = { ...draftOf(pending.message), hash: contentHash(pending.message) }
  return { kind: 'message', id, message }
}

/** Rows that everybody can read in their places. */
function rowRecords(read: Snapshotted, session: SessionRow, sync: SyncState): readonly Said[] {
  const rows = createRowTables(session.id, read)
  return sync.unsent.flatMap((mark) =>
    mark.kind === 'row' ? (rowRecord(rows, session, sync, mark) ?? []) : [],
  )
}

function rowRecord(
  rows: RowTables,
  session: SessionRow,
  sync: SyncState,
  mark: RowMark,
): Said | undefined {
  const { id, table, key } = mark
  if (table === 'session') {
    if (key === 'details') return { kind: 'row', id, table, key, row: detailsOf(session) }
    const { pins } = session
    const isSettled = pins.every((seq) => seq <= sync.confirmed)
    // A branch that nobody has heard of has taken pins off.
    const isWhole = branchMarks(sync.unsent).length === 0
    return isSettled && isWhole ? { kind: 'row', id, table, key: 'pins', row: pins } : undefined
  }
  const fresh = mark.isFresh ? { isFresh: true } : {}
  const one = rows.get(table, key)
  if (!one)
    return table === 'pads' ? { kind: 'row', id, ...fresh, table, key, row: null } : undefined
  if (newestOf(one) > sync.confirmed) return undefined
  switch (one.table) {
    case 'rules': {
      const proposal = rowMark(sync.unsent, 'notes', String(one.row.proposal))
      // The number of what proposed it is not settled yet.
      return proposal?.isFresh ? undefined : { kind: 'row', id, table: 'rules', key, row: one.row }
    }
    case 'facts':
      return { kind: 'row', id, table: 'facts', key, row: one.row }
    case 'notes':
      return { kind: 'row', id, ...fresh, table: 'notes', key, row: portableAction(one.row) }
    case 'pads':
      return { kind: 'row', id, ...fresh, table: 'pads', key, row: one.row }
  }
}

type Action = Extract<Parameters<RowTables['put']>[0], { readonly table: 'notes' }>['row']

/** A memory action without the number of a generation, which is one device's own. */
function portableAction(action: Action): Action {
  if (action.kind !== 'archive') return action
  const { generation: _, ...portable } = action
  return portable
}

function headRecord({ head }: Snapshotted, session: SessionRow, sync: SyncState): Said | undefined {
  const mark = headMark(sync.unsent)
  if (!mark) return undefined
  const parent = sync.head.id
  if (session.head === 0) return { kind: 'rollback', id: mark.id, parent, to: '' }
  if (!head) return undefined
  if (head.record !== undefined) {
    return { kind: 'rollback', id: mark.id, parent, to: head.record }
  }
  if (newestOfGeneration(head) > sync.confirmed) return undefined
  return { kind: 'generation', id: mark.id, parent, generation: portable(head) }
}

function newestOfGeneration(head: Generation): Seq {
  return Math.max(head.mark, newestNamed(head, mapGeneration))
}

/** A generation without what is one device's own. */
export function portable(generation: Generation): PortableGeneration {
  const { session: _, n, parent, status, job, record, ...rest } = generation
  void [n, parent, status, job, record]
  return rest
}
