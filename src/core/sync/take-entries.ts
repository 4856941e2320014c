import type { ReadQuery, Snapshotted, Write } from '../ports/session-store.ts'
import type { StampedDraft } from '../session/append.ts'
import type { Message, Seq } from '../session/message.ts'
import { newSession } from '../session/new-session.ts'
import { resolvePolicy } from '../session/policy.ts'
import type { SessionRow } from '../session/session-row.ts'
import { beginBehind, countPassed, type LeftBehind } from './begin-behind.ts'
import { chooseManner, settledLine, WIDTHS, type Manner } from './plan-taking.ts'
import { draftOf } from './place-unsent.ts'
import { createRowTables } from './row-tables.ts'
import { settleAnew, settleAppended, settleConfirmed, type Settled } from './settle-taking.ts'
import type { LogLine } from './log-line.ts'
import { channelOf, type SyncRecord } from './sync-record.ts'
import { NEVER_SYNCED, type SyncState } from './sync-state.ts'
import { isStandIn } from './stand-in.ts'
import { takeEntry, type SaidAgain } from './take-entry.ts'
import { isReadTo, messagesOf, widerQuery, type TakenEntry } from './take-query.ts'
import { settleRuleStatus } from './take-rules.ts'
import type { Taking } from './taking.ts'

/** What is known besides of whoever takes entries in. */
export interface TakeContext {
  readonly session: string
  /** Id of this device. */
  readonly device: string
  /** Unix time in milliseconds. */
  readonly now: number
  /** Of the session, should it begin here. */
  readonly birth: string
  /** What sessions of that name left behind that were deleted; nothing by default. */
  readonly left?: LeftBehind
}

export type Taken =
  | {
      readonly kind: 'taken'
      readonly session: SessionRow
      /** Messages of others, first and last of their places; all between that are new here are new. */
      readonly added: { readonly from: Seq; readonly to: Seq } | null
      /** Provisional messages have other places, or read otherwise. */
      readonly moved: boolean
      readonly headChanged: boolean
      /** Entries that said nothing that fits. */
      readonly ignored: number
      /** Messages from this one on are missing: nothing behind was taken in, nor will be until they are found. */
      readonly lacks?: Seq
    }
  /** More has to be read, in another transaction. */
  | { readonly kind: 'needs'; readonly query: ReadQuery }
  /** The session is gone; what only this device has of it begins it anew. */
  | {
      readonly kind: 'deleted'
      readonly keep: readonly StampedDraft[]
      /** Position of the entry that said so: nothing up to it is to be taken in again. */
      readonly through: number
    }

interface Decided {
  readonly writes: readonly Write[]
  readonly outcome: Taken
}

/**
 * Takes in what the remote log says of a session, in its order, and puts what was changed here on top of that again.
 *
 * Pure and total. What comes of it depends on the entries and their order alone, as far as nothing is unsent; how they are
 * divided into calls, and whether some come twice, changes nothing. A session that is not here begins here.
 *
 * @param read - Of {@link takeQuery}, or of the query of the outcome `needs`.
 * @param entries - All of one session, ascending by position.
 * @see SPEC.md rules SYNC1–SYNC16, SYNC28, SYNC32
 */
export function takeEntries(
  read: Snapshotted,
  entries: readonly TakenEntry[],
  context: TakeContext,
): Decided {
  const cursor = read.session?.sync?.cursor ?? 0
  const fresh = entries.filter(({ position }) => position > cursor)
  const deleted = fresh.findLastIndex((entry) => isOf(entry, 'deleted'))
  if (deleted !== -1) return takeDeletion(read, fresh, deleted)
  const session = read.session ?? begin(fresh, context)
  if (!session) {
    const through = entries.at(-1)?.position ?? 0
    return { writes: [], outcome: { kind: 'deleted', keep: [], through } }
  }
  const known = session.sync ?? NEVER_SYNCED
  const sync = countPassed(beginBehind(known, context.left), entries)
  // Whoever lacks messages goes on by taking all in anew.
  if (fresh.length === 0 || sync.lacks !== undefined) {
    return unchanged(session, sync, sync !== known)
  }
  const own = { ...read, session }
  const least = chooseManner(session, sync, own, fresh, context.device)
  const manner = least === 'end' && isReadTo('whole', own) ? 'whole' : least
  const width = WIDTHS[manner]
  if (width !== 'narrow' && !isReadTo(width, own)) return needs(widerQuery(session, fresh, width))
  const line = settledLine(manner, session, sync, own)
  if (!line) return needs(widerQuery(session, fresh, 'whole'))
  return takeAll({ read: own, session, sync, manner, line }, fresh, context)
}

/** From where, and in which manner, entries are taken in. */
export interface Start {
  readonly read: Snapshotted
  readonly session: SessionRow
  readonly sync: SyncState
  readonly manner: Manner
  readonly line: LogLine
}

/**
 * Takes in entries behind a start, until one tells that messages are missing.
 *
 * @param again - What others have said again, where the session is taken in anew.
 */
export function takeAll(
  start: Start,
  entries: readonly TakenEntry[],
  context: TakeContext,
  again?: SaidAgain,
): Decided {
  const { session, sync } = start
  const taking = startTaking(start, context)
  let { cursor } = sync
  let ignored = 0
  let lacks: Seq | undefined
  for (const entry of entries) {
    const step = takeEntry(taking, entry, again)
    if (step === 'lacking') {
      lacks = taking.line.end().seq + 1
      break
    }
    if (step === 'ignored') ignored += 1
    cursor = entry.position
  }
  if (start.manner === 'whole') settleRuleStatus(taking)
  const settled = settle(start, taking)
  if (!settled) return needs(widerQuery(session, entries, 'whole'))
  const { lacks: _, claim: _claim, ...before } = sync
  const after: SyncState = {
    ...before,
    cursor,
    confirmed: taking.line.end().seq,
    head: taking.head,
    unsent: taking.unsent,
    ...(taking.claim ? { claim: taking.claim } : {}),
    claimedAt: taking.claimedAt,
    conflicts: sync.conflicts + taking.conflicts,
    ...(lacks === undefined ? {} : { lacks }),
  }
  // What others said by an id that was given here too reads otherwise, in whatever place.
  const moved = settled.moved || taking.replaced.length > 0
  const row: SessionRow = {
    ...settled.session,
    sync: { ...after, moves: sync.moves + (moved ? 1 : 0) },
  }
  return {
    writes: [...settled.writes, { table: 'sessions', row }],
    outcome: {
      kind: 'taken',
      session: row,
      added: spanOf(taking.added),
      moved,
      headChanged: row.head !== session.head,
      ignored,
      ...(lacks === undefined ? {} : { lacks }),
    },
  }
}

function settle({ read, session, manner }: Start, taking: Taking): Settled | undefined {
  switch (manner) {
    case 'confirm':
      return settleConfirmed(taking, session)
    case 'append':
      return settleAppended(taking, session)
    case 'end':
      return settleAnew(taking, read, session, false)
    case 'whole':
      return settleAnew(taking, read, session, true)
  }
}

function startTaking({ read, session, sync, manner, line }: Start, context: TakeContext): Taking {
  const above = manner === 'confirm' ? read.ids : read.range
  const provisional = above.filter(({ seq }) => seq > sync.confirmed)
  const settled = read.ids.filter(({ seq }) => seq <= sync.confirmed)
  return {
    session: session.id,
    device: context.device,
    now: context.now,
    since: sync.since ?? 0,
    line,
    provisional: new Map(provisional.map((message) => [message.id, message])),
    settled: new Set(settled.map(({ id }) => id)),
    standIns: new Set(settled.filter(isStandIn).map(({ id }) => id)),
    hasStandIns: (sync.standIns ?? 0) > 0,
    rows: createRowTables(session.id, read),
    generations: new Map(read.generations.map((generation) => [generation.n, generation])),
    localHead: session.head,
    lastGeneration: session.lastGeneration,
    head: sync.head,
    unsent: sync.unsent,
    claim: sync.claim,
    claimedAt: sync.claimedAt,
    details: session.details,
    conflicts: 0,
    branches: 0,
    hasLeft: false,
    hasRules: false,
    headSaid: 'not',
    addedBefore: 0,
    added: [],
    replaced: [],
  }
}

/** A session of which this device has heard for the first time; undefined if nothing is said that it would hold. */
function begin(
  entries: readonly TakenEntry[],
  { session, now, birth }: TakeContext,
): SessionRow | undefined {
  const holds = entries.some(
    (entry) =>
      'record' in entry &&
      ['log', 'rows', 'heads'].includes(channelOf(entry.record)) &&
      entry.record.kind !== 'lacking' &&
      entry.record.kind !== 'repair',
  )
  if (!holds) return undefined
  const [first = now] = messagesOf(entries)
    .map(({ at }) => at)
    .filter((at) => at > 0)
  const row = newSession(session, resolvePolicy(), Math.min(first, now))
  return { ...row, birth, sync: NEVER_SYNCED }
}

/**
 * The session is gone for all. Messages that no other device has seen stay, and begin another one of its name.
 *
 * @see SPEC.md rule SYNC15
 */
function takeDeletion(read: Snapshotted, entries: readonly TakenEntry[], index: number): Decided {
  const { session } = read
  const sync = session?.sync ?? NEVER_SYNCED
  const through = entries[index]?.position ?? 0
  if (!session || session.nextSeq - 1 === sync.confirmed) {
    return { writes: [], outcome: { kind: 'deleted', keep: [], through } }
  }
  if (!isReadTo('end', read)) return needs(widerQuery(session, entries, 'end'))
  const seen = new Set(messagesOf(entries.slice(0, index)).map(({ id }) => id))
  const keep = read.range.filter(({ id, seq }) => seq > sync.confirmed && !seen.has(id))
  return { writes: [], outcome: { kind: 'deleted', keep: keep.map(draftOf), through } }
}

function isOf(entry: TakenEntry, kind: SyncRecord['kind']): boolean {
  return 'record' in entry && entry.record.kind === kind
}

function needs(query: ReadQuery): Decided {
  return { writes: [], outcome: { kind: 'needs', query } }
}

function unchanged(before: SessionRow, sync: SyncState, isCounted: boolean): Decided {
  const { lacks } = sync
  const session = isCounted ? { ...before, sync } : before
  const outcome: Taken = {
    kind: 'taken',
    session,
    added: null,
    moved: false,
    headChanged: false,
    ignored: 0,
    ...(lacks === undefined ? {} : { lacks }),
  }
  return { writes: isCounted ? [{ table: 'sessions', row: session }] : [], outcome }
}

function spanOf(messages: readonly Message[]): { readonly from: Seq; readonly to: Seq } | null {
  const seqs = messages.map(({ seq }) => seq)
  return seqs.length === 0 ? null : { from: Math.min(...seqs), to: Math.max(...seqs) }
}
