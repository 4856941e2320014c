import type { Appended, RefusalReason, RemoteLog } from '../core/ports/remote-log.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import { reviseSession, type SessionRow } from '../core/session/session-row.ts'
import { beginBehind } from '../core/sync/begin-behind.ts'
import { nextToSend, sendQuery } from '../core/sync/next-to-send.ts'
import { nameStored } from '../core/sync/named-messages.ts'
import { pendingOf } from '../core/sync/pending-of.ts'
import type { SyncState } from '../core/sync/sync-state.ts'
import type { StoredMessage, SyncRecord } from '../core/sync/sync-record.ts'
import { adoptSession } from './adopt-session.ts'
import type { Departures } from './departures.ts'
import type { Tokens } from './open-entries.ts'
import { packRecord } from './pack-record.ts'
import type { Sealer } from './sealer.ts'

/** Sessions that are sent from side by side. Within one, each entry waits for the answer to the one before. */
const MAX_LANES = 8

/** How often an entry is sent again at once that was seen and still counts as unsent. */
const MAX_REPEATS = 3

export interface FlusherPorts {
  readonly store: SessionStore
  readonly sealer: Sealer
  readonly tokens: Tokens
  readonly departures: Departures
  readonly device: string
  newId(): string
  onRow(row: SessionRow): void
  /** What was written may be there or not: only following tells. */
  onUnsure(): void
  /** The remote log refuses what this device believes to fit, though all was read: it has missed something. */
  onOutOfStep(): void
  onRefused(refusal: { readonly reason: RefusalReason; readonly detail: string }): void
  /** A session can't be sent from until {@link Flusher.forgive}. */
  onStuck(session: string): void
  /** The store failed. */
  onFailed(failure: unknown): void
}

/** Sends what is unsent, as long as it is open. */
export interface Flusher {
  /** Something of this session may be unsent. */
  mark(session: string): void
  /** All entries up to a position are taken in. */
  followed(position: number): void
  /** All is read: from now on it may send. */
  open(log: RemoteLog): void
  shut(): void
  /** What was refused as it is may be tried again. */
  forgive(): void
  /** Writes one record beside the order of what is unsent. False if it is not known to be stored. */
  say(record: SyncRecord): Promise<boolean>
}

/** How sending went: go on, wait for what was written to come back, or stop. */
type Sent =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'stored'; readonly position: number; readonly first: string }
  | { readonly kind: 'moved'; readonly expected: number }
  /** An entry of it will never fit. */
  | { readonly kind: 'stuck' }
  | { readonly kind: 'stopped' }

/** @see SPEC.md rules PUMP4, PUMP9 */
export function createFlusher(ports: FlusherPorts): Flusher {
  const dirty = new Set<string>()
  const busy = new Set<string>()
  /** Positions up to which has to be read before a session is looked at again. */
  const awaited = new Map<string, number>()
  const repeats = new Map<string, { readonly first: string; readonly times: number }>()
  const moves = new Map<string, number>()
  /** Sessions with an entry that will never fit, or is never taken. */
  const stuck = new Set<string>()
  let log: RemoteLog | undefined
  let followed = 0

  const stick = (session: string): void => {
    stuck.add(session)
    ports.onStuck(session)
  }

  const run = (): void => {
    for (const session of dirty) {
      if (!log || busy.size >= MAX_LANES) return
      if (busy.has(session) || awaited.has(session) || stuck.has(session)) continue
      busy.add(session)
      void flush(session, log).finally(() => {
        busy.delete(session)
        run()
      })
    }
  }

  const flush = async (session: string, to: RemoteLog): Promise<void> => {
    dirty.delete(session)
    try {
      await note(session, await sendNext(ports, session, to, () => log === to))
    } catch (failure) {
      dirty.add(session)
      log = undefined
      ports.onFailed(failure)
    }
  }

  const note = async (session: string, sent: Sent): Promise<void> => {
    if (sent.kind === 'nothing') return
    dirty.add(session)
    if (sent.kind === 'stuck') stick(session)
    if (sent.kind === 'moved') {
      // What moved it is on its way; where it does not come, something was missed.
      if (moves.get(session) === sent.expected) ports.onOutOfStep()
      moves.set(session, sent.expected)
      log = undefined
      ports.onUnsure()
    }
    if (sent.kind !== 'stored') return
    const before = repeats.get(session)
    const times = before?.first === sent.first ? before.times + 1 : 0
    repeats.set(session, { first: sent.first, times })
    if (times >= MAX_REPEATS) stick(session)
    if (sent.position > followed) awaited.set(session, sent.position)
  }

  return {
    mark(session) {
      dirty.add(session)
      run()
    },
    followed(position) {
      followed = position
      for (const [session, until] of awaited) if (until <= position) awaited.delete(session)
      run()
    },
    open(to) {
      log = to
      run()
    },
    shut() {
      log = undefined
      // An answer may have named a position that this connection never delivers.
      awaited.clear()
    },
    forgive() {
      stuck.clear()
      repeats.clear()
      moves.clear()
      run()
    },
    async say(record) {
      if (!log) return false
      const answer = await log.append(await packRecord(ports, record))
      if (answer.kind !== 'stored') unsent(ports, answer)
      return answer.kind === 'stored'
    },
  }
}

/** Sends the next part of a session; in the order of its log, each behind the answer to the one before. */
async function sendNext(
  ports: FlusherPorts,
  session: string,
  log: RemoteLog,
  mayGoOn: () => boolean,
): Promise<Sent> {
  const { store, departures, device, newId } = ports
  const deletion = departures.deletionOf(session)
  if (deletion) {
    const { id } = deletion
    return append(ports, log, [{ kind: 'deleted', session, id, by: device, confirmed: 0 }], mayGoOn)
  }
  let { session: row } = await store.read({ session })
  if (row && !row.sync && row.arriving === undefined) {
    await adoptSession(store, session, newId)
    row = (await store.read({ session })).session
  }
  if (!row?.sync || row.arriving !== undefined) return { kind: 'nothing' }
  row = await withSince(ports, row)
  if (!row?.sync) return { kind: 'nothing' }
  ports.onRow(row)
  if (pendingOf(row) === 0) return { kind: 'nothing' }
  const next = nextToSend(await store.read(sendQuery(row)), device)
  if (next.kind === 'nothing') return next
  if (next.kind === 'append') return append(ports, log, next.records, mayGoOn, row.sync.cursor)
  const entries = await Promise.all(next.records.map((record) => packRecord(ports, record)))
  if (!mayGoOn()) return { kind: 'stopped' }
  const answer = await log.commit(entries, next.expected)
  if (answer.kind === 'moved') return { kind: 'moved', expected: next.expected }
  const first = entries.at(-1)?.id ?? ''
  if (answer.kind === 'stored') return { kind: 'stored', position: answer.position, first }
  return unsent(ports, answer)
}

/**
 * Each behind the answer to the one before, and naming the messages before it, should they get lost.
 *
 * @param cursor - Position up to which all was taken in.
 */
async function append(
  ports: FlusherPorts,
  log: RemoteLog,
  records: readonly SyncRecord[],
  mayGoOn: () => boolean,
  cursor: number = 0,
): Promise<Sent> {
  let position = 0
  const stored: StoredMessage[] = []
  for (const record of records) {
    const entry = await packRecord(ports, nameStored(record, stored))
    if (!mayGoOn()) return { kind: 'stopped' }
    const answer = await log.append(entry)
    if (answer.kind !== 'stored') return unsent(ports, answer)
    position = Math.max(position, answer.position)
    if (record.kind !== 'message') continue
    // It was there before, and was not shown here or went with a deletion: what comes next would come before it.
    if (answer.position <= cursor) break
    stored.push({ id: record.id, position: answer.position })
  }
  return { kind: 'stored', position, first: records[0]?.id ?? '' }
}

/** Says why an entry was not stored, or may not have been. */
function unsent(
  { onUnsure, onRefused }: FlusherPorts,
  answer: Exclude<Appended, { readonly kind: 'stored' }>,
): Sent {
  if (answer.kind === 'unsure') onUnsure()
  else onRefused(answer)
  const isTooLarge = answer.kind === 'refused' && answer.reason === 'too-large'
  return { kind: isTooLarge ? 'stuck' : 'stopped' }
}

/** A session that began here behind another one says so, that nobody takes it for that. */
async function withSince(
  { store, departures }: FlusherPorts,
  session: SessionRow,
): Promise<SessionRow | undefined> {
  const left = departures.deletedAt(session.id)
  if (!left || session.sync?.cursor !== 0) return session
  return store.commit({ session: session.id }, ({ session: row }) => {
    const sync = row?.sync && beginBehind(row.sync, left)
    if (!row || !sync || beginsThere(row.sync, sync)) return { writes: [], outcome: row }
    const own = reviseSession(row, { sync })
    return { writes: [{ table: 'sessions', row: own }], outcome: own }
  })
}

function beginsThere(a: SyncState | undefined, b: SyncState): boolean {
  return a?.since === b.since && a?.head.position === b.head.position && a.claimedAt === b.claimedAt
}
