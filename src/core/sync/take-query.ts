import type { ReadQuery, Snapshotted } from '../ports/session-store.ts'
import type { StampedDraft } from '../session/append.ts'
import type { SessionRow } from '../session/session-row.ts'
import { messageOf, type NonsenseEntry, type SyncEntry, type SyncRecord } from './sync-record.ts'
import { NEVER_SYNCED } from './sync-state.ts'

export type TakenEntry = SyncEntry | NonsenseEntry

/** The message that an entry says for the first time. */
export function firstSaid(entry: TakenEntry): StampedDraft | undefined {
  return 'record' in entry && entry.record.kind === 'message' ? entry.record.message : undefined
}

/** Messages that entries say for the first time. */
export function messagesOf(entries: readonly TakenEntry[]): readonly StampedDraft[] {
  return entries.flatMap((entry) => firstSaid(entry) ?? [])
}

/** How much of a session has to be read for some entries to be taken in. */
export type Width =
  /** Its row, and the messages of the ids in question. */
  | 'narrow'
  /** All above the newest confirmed message, because it is placed anew. */
  | 'end'
  | 'whole'

/**
 * What is read first for entries to be taken in. Where that is not enough, {@link takeEntries} says what is.
 *
 * @param entries - All of that session.
 */
export function takeQuery(session: string, entries: readonly TakenEntry[]): ReadQuery {
  return isFar(entries) ? wholeQuery(session, entries) : narrowQuery(session, entries)
}

export function widerQuery(
  { id, sync = NEVER_SYNCED }: Pick<SessionRow, 'id' | 'sync'>,
  entries: readonly TakenEntry[],
  width: Exclude<Width, 'narrow'>,
): ReadQuery {
  if (width === 'whole') return wholeQuery(id, entries)
  return {
    ...wholeQuery(id, entries),
    range: { from: sync.confirmed + 1, to: Number.MAX_SAFE_INTEGER },
    at: [sync.confirmed],
  }
}

/** Whether what was read goes as far. */
export function isReadTo(width: Width, { session, range }: Snapshotted): boolean {
  if (!session || width === 'narrow' || session.nextSeq === 1) return true
  const confirmed = session.sync?.confirmed ?? 0
  if (width === 'end') return range.length > 0 || confirmed === session.nextSeq - 1
  return range.some(({ seq }) => seq <= Math.max(1, confirmed))
}

/** Whether entries change more than the end of the log and single rows, whatever the session is like. */
function isFar(entries: readonly TakenEntry[]): boolean {
  return entries.some((entry) => {
    if (!('record' in entry)) return false
    const { record } = entry
    switch (record.kind) {
      case 'branch':
      case 'generation':
      case 'rollback':
        return true
      case 'row':
        return record.table === 'session' && record.key === 'pins'
      case 'message':
      case 'claim':
      case 'deleted':
      case 'lacking':
      case 'repair':
        return false
    }
  })
}

function narrowQuery(session: string, entries: readonly TakenEntry[]): ReadQuery {
  const ids = entries.flatMap((entry) => ('record' in entry ? messageIds(entry.record) : []))
  const tables = new Set(
    entries.flatMap((entry) =>
      'record' in entry && entry.record.kind === 'row' ? [entry.record.table] : [],
    ),
  )
  return {
    session,
    ids: [...new Set(ids)],
    head: true,
    openJob: true,
    candidate: true,
    ...(tables.has('notes') ? { notes: 'all' as const } : {}),
    ...(tables.has('pads') ? { pads: 'all' as const } : {}),
    // A rule names the note that proposed it, whose number may change.
    ...(tables.has('notes') || tables.has('rules') ? { rules: 'all' as const } : {}),
    ...(tables.has('facts') ? { facts: 'all' as const } : {}),
  }
}

/** Messages of which has to be known whether they have their places. */
function messageIds(record: SyncRecord): readonly string[] {
  const message = messageOf(record)
  const own = message ? [message.id] : []
  return record.prev ? [...own, ...record.prev.map(({ id }) => id)] : own
}

/** Everything of a session that entries may change. */
export function wholeQuery(session: string, entries: readonly TakenEntry[] = []): ReadQuery {
  return {
    ...narrowQuery(session, entries),
    range: { from: 1, to: Number.MAX_SAFE_INTEGER },
    generations: 'all',
    notes: 'all',
    pads: 'all',
    rules: 'all',
    facts: 'all',
  }
}
