import type { ReadQuery, Snapshotted, Write } from '../ports/session-store.ts'
import type { Message } from '../session/message.ts'
import { reviseSession } from '../session/session-row.ts'
import { createRowTables, keyOf } from './row-tables.ts'
import { isStandIn } from './stand-in.ts'
import { NEVER_SYNCED, type SyncState, type Unsent } from './sync-state.ts'

/** What {@link startSyncing} and {@link startAnew} must be given. */
export function startQuery(session: string): ReadQuery {
  return {
    session,
    range: { from: 1, to: Number.MAX_SAFE_INTEGER },
    rules: 'all',
    facts: 'all',
    notes: 'all',
    pads: 'all',
    generations: 'all',
  }
}

/**
 * Marks all of a session as unsent that never was synchronised, so that other devices hear of it. Nothing where it is, or
 * is not whole yet.
 *
 * @param newId - Ids of the records that will say it.
 * @see SPEC.md rule SYNC22
 */
export function startSyncing(read: Snapshotted, newId: () => string): readonly Write[] {
  return read.session?.sync ? [] : markAll(read, newId, NEVER_SYNCED)
}

/**
 * Marks all of a session as unsent that was synchronised with another log: nothing that is known of that one counts.
 *
 * @param newId - Ids of the records that will say it.
 * @see SPEC.md rule SYNC31
 */
export function startAnew(read: Snapshotted, newId: () => string): readonly Write[] {
  const { session } = read
  if (!session?.sync) return []
  const { moves, conflicts, mended = 0 } = session.sync
  const range = read.range.map(freed)
  const renamed = range.flatMap((row, index): readonly Write[] =>
    row === read.range[index] ? [] : [{ table: 'messages', row: { ...row, session: session.id } }],
  )
  // Messages that were settled may come to other places.
  const anew = { ...NEVER_SYNCED, moves, conflicts, mended: mended + 1 }
  const marked = markAll({ ...read, range }, newId, anew)
  if (marked.length === 0) return []
  // Where they stand in the log before says nothing in this one.
  const generations = read.generations.flatMap(({ record, ...row }): readonly Write[] =>
    record === undefined ? [] : [{ table: 'generations', row }],
  )
  return [...renamed, ...generations, ...marked]
}

/** What stands for a message is one of its own from now on: whoever has the message may tell this log of it. */
function freed(message: Message): Message {
  return isStandIn(message) ? { ...message, id: `missing ${message.id}` } : message
}

function markAll(read: Snapshotted, newId: () => string, sync: SyncState): readonly Write[] {
  const { session } = read
  if (!session || session.arriving !== undefined) return []
  const rows = createRowTables(session.id, read)
  const unsent: Unsent[] = []
  if (session.details) unsent.push({ kind: 'row', id: newId(), table: 'session', key: 'details' })
  unsent.push(...branchesOf(read.range, newId))
  if (session.pins.length > 0) {
    unsent.push({ kind: 'row', id: newId(), table: 'session', key: 'pins' })
  }
  // Notes come before the rules that name them.
  for (const table of ['notes', 'rules', 'facts', 'pads'] as const) {
    const isFresh = table === 'notes' || table === 'pads'
    for (const row of rows.all(table)) {
      const fresh = isFresh ? { isFresh } : {}
      unsent.push({ kind: 'row', id: newId(), table, key: keyOf(row), ...fresh })
    }
  }
  if (session.head !== 0) unsent.push({ kind: 'head', id: newId() })
  const row = reviseSession(session, { sync: { ...sync, unsent } })
  return [{ table: 'sessions', row }]
}

/** Branches after which the messages of a log are as active as they are. */
function branchesOf(messages: readonly Message[], newId: () => string): readonly Unsent[] {
  const branches: Unsent[] = []
  let after = ''
  messages.forEach((message, index) => {
    if (message.active) after = message.id
    else if (messages[index + 1]?.active !== false) {
      const through = message.id
      branches.push({ kind: 'branch', id: newId(), after, through, left: [], pins: [] })
    }
  })
  return branches
}
