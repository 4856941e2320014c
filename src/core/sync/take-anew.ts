import type { Snapshotted, Write } from '../ports/session-store.ts'
import type { StampedDraft } from '../session/append.ts'
import type { Message, Seq } from '../session/message.ts'
import type { SessionRow } from '../session/session-row.ts'
import { isStandIn } from './stand-in.ts'
import { keepSettled, mendEntries, type MendedEntries } from './mend-entries.ts'
import { settledLine } from './plan-taking.ts'
import { draftOf } from './place-unsent.ts'
import type { RecordOf } from './taking.ts'
import type { SyncState } from './sync-state.ts'
import type { SaidAgain } from './take-entry.ts'
import { takeAll, type Start, type TakeContext, type Taken } from './take-entries.ts'
import { messagesOf, type TakenEntry } from './take-query.ts'

export interface TakenAnew {
  /** What became of it; undefined where nothing is changed. */
  readonly taken?: Extract<Taken, { readonly kind: 'taken' }>
  /** Ids of messages that are still missing, as far as others name them. */
  readonly missing: readonly string[]
}

/**
 * Takes in a session that lacks messages once more from its beginning: with what the remote log shows by now, what others
 * have said again, and what this device has sent itself. Where that leads no further than before, nothing is changed.
 *
 * Pure and total. Messages that had their places keep one, perhaps another.
 *
 * @param read - All of the session.
 * @param entries - All of it behind the deletion behind which it began, ascending.
 * @see SPEC.md rules SYNC16, SYNC32, SYNC33
 */
export function takeAnew(
  read: Snapshotted,
  entries: readonly TakenEntry[],
  context: TakeContext,
): { readonly writes: readonly Write[]; readonly outcome: TakenAnew } {
  const { session } = read
  const before = session?.sync
  if (!session || before?.lacks === undefined) return NOTHING
  const { since = 0 } = before
  const range = read.range.filter((message) => !isStandIn(message))
  const settled = range.filter(({ seq }) => seq <= before.confirmed)
  const { entries: all, again, missing } = completed(range, entries, since, settled)
  const { lacks: _, claim: _claim, ...kept } = before
  const head = { ...before.head, id: '', generation: 0 }
  const sync: SyncState = { ...kept, cursor: 0, confirmed: 0, head }
  const row = { ...session, sync }
  const line = settledLine('whole', row, sync, read)
  if (!line) return { writes: [], outcome: { missing } }
  const start: Start = {
    // What others stand for comes anew.
    read: { ...read, session: row, range },
    session: row,
    sync,
    manner: 'whole',
    line,
  }
  const { writes, outcome: taken } = takeAll(start, all, context, again)
  const isFurther =
    taken.kind === 'taken' &&
    (taken.session.sync?.cursor ?? 0) >= before.cursor &&
    line.end().seq >= before.confirmed &&
    settled.every(({ id }) => line.find(id))
  if (!isFurther) return { writes: [], outcome: { missing } }
  const first = line
    .messages()
    .find((message) => !isSame(message, read.range[message.seq - 1]))?.seq
  const isMoved = first !== undefined && first <= before.confirmed
  const standIns = line.messages().filter(isStandIn).length
  const after = settleMended(taken.session, isMoved, standIns)
  return {
    writes: [
      ...writes.filter(({ table }) => table !== 'sessions'),
      { table: 'sessions', row: after },
    ],
    outcome: {
      taken: {
        ...taken,
        session: after,
        added: first === undefined ? null : { from: first, to: line.end().seq },
      },
      missing,
    },
  }
}

function isSame(one: Message, other: Message | undefined): boolean {
  return one.id === other?.id && one.hash === other.hash
}

/** The entries with what is known of their gaps, and what was said again of no known position. */
function completed(
  range: readonly Message[],
  entries: readonly TakenEntry[],
  since: number,
  settled: readonly Message[],
): MendedEntries & { readonly again: SaidAgain } {
  const repeated = repairsOf(entries, since)
  const standIns = repeated.filter(({ message }) => isStandIn(message))
  const said = repeated.filter(({ message }) => !isStandIn(message))
  const known = new Map<string, StampedDraft>()
  for (const { message } of standIns) known.set(message.id, message)
  for (const message of messagesOf(entries)) known.set(message.id, message)
  for (const message of range) known.set(message.id, draftOf(message))
  for (const { message } of said) known.set(message.id, message)
  const mended = mendEntries(entries, since, (id) => known.get(id))
  const placed = said.filter(({ seq }) => seq > 0)
  const again = new Set(placed.map(({ message }) => message.id))
  const lost = settled.filter(({ id }) => !again.has(id))
  const all = keepSettled(mended.entries, lost.map(draftOf))
  const ids = new Set(all.flatMap((entry) => ('record' in entry ? entry.record.id : [])))
  const repairs = placed.filter(({ message }) => !ids.has(message.id))
  return {
    entries: all,
    missing: mended.missing,
    again: { repairs: byPlace(repairs), standIns: byPlace(standIns) },
  }
}

function byPlace(said: readonly RecordOf<'repair'>[]): ReadonlyMap<Seq, StampedDraft> {
  return new Map(said.map(({ seq, message }) => [seq, message]))
}

function settleMended(session: SessionRow, isMoved: boolean, standIns: number): SessionRow {
  if (!session.sync) return session
  const { standIns: _, ...before } = session.sync
  const sync: SyncState = standIns === 0 ? before : { ...before, standIns }
  if (!isMoved) return { ...session, sync }
  // Whatever was read of the session, or is being made of it, is of another log.
  const mended = (sync.mended ?? 0) + 1
  return { ...session, branch: session.branch + 1, sync: { ...sync, mended } }
}

const NOTHING = { writes: [], outcome: { missing: [] } }

/** What others have said again of the session. */
function repairsOf(entries: readonly TakenEntry[], since: number): readonly RecordOf<'repair'>[] {
  return entries.flatMap((entry) =>
    'record' in entry && entry.record.kind === 'repair' && (entry.record.since ?? 0) === since
      ? [entry.record]
      : [],
  )
}
