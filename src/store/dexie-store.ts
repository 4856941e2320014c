import { BackfoldError } from '../core/backfold-error.ts'
import type { Job } from '../core/compaction/job.ts'
import type { Decide, ReadQuery, Protected, SessionStore } from '../core/ports/session-store.ts'
import { ROW_SCHEMA, type SessionRow } from '../core/session/session-row.ts'
import { createPendingCalls } from '../protocol/pending-calls.ts'
import { expectPassphrase, locked, newDataKey, proveState, wrapDataKey } from './data-key.ts'
import { NEXT_SCHEMA } from './database.ts'
import {
  changeProtection,
  newerRelease,
  openDatabase,
  type DatabaseOptions,
  type OpenedDatabase,
} from './open-database.ts'
import { isSealedRow, type RowCodec } from './plain-codec.ts'
import { readRows, tablesFor } from './read-rows.ts'
import { BeingRemoved, listRemoved, markRemoved, removeRows } from './remove-session.ts'
import { commitSessionOnly, type KnownRows } from './session-transaction.ts'
import { sessionOf } from './standing.ts'
import { toStorageError } from './storage-error.ts'
import { createStoredRows, type StoredRows } from './stored-rows.ts'
import { presentSessions, writeRows } from './write-rows.ts'

export interface DexieStoreOptions extends DatabaseOptions {
  /** Opens a database that is encrypted, and encrypts one that is empty. */
  readonly passphrase?: string
  /** What an earlier store over it gave to be opened with. */
  readonly unlock?: CryptoKey
  /** The key that seals the rows, from the store that has it. */
  readonly dataKey?: Uint8Array
}

/** A store whose rows may be encrypted. */
export interface ProtectedStore extends SessionStore {
  protect(change: { readonly passphrase: string | null }): Promise<Protected>
  /** The key that seals the rows, for another worker of this tab; undefined where they are not encrypted. */
  dataKey(): Uint8Array | undefined
  /** Opens it again without the passphrase; it can't be read. */
  unlock(): CryptoKey | undefined
}

/** An open database, with what belongs to its connection. */
interface Connection extends OpenedDatabase {
  readonly rows: StoredRows
  readonly known: KnownRows
  readonly pending: ReturnType<typeof createPendingCalls>
  /** Why another tab had it closed. */
  takenFor(): 'newer' | 'protection' | undefined
}

/**
 * Opens the store over IndexedDB. Reads and writes of one call are one transaction; inside it only
 * IndexedDB is awaited, because awaiting anything else would commit half of it.
 *
 * @throws BackfoldError `STORAGE_*`, each with what to do about it; `WRONG_PASSPHRASE`; `INVALID_INPUT` with a
 * passphrase for sessions that are not encrypted.
 * @see SPEC.md rules STO1–STO9, ENC1–ENC9
 */
export async function openDexieStore(options: DexieStoreOptions = {}): Promise<ProtectedStore> {
  const { passphrase, unlock, dataKey, ...database } = options
  if (passphrase !== undefined) expectPassphrase(passphrase)
  const secret = {
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(unlock && { unlock }),
    ...(dataKey && { dataKey }),
  }
  let current = await openDatabase(database, secret).then(connect, (failure: unknown) => {
    throw toStorageError(failure)
  })
  let closed = false
  /** Settles once the database is open again, while its protection is changed. */
  let changing: Promise<unknown> = Promise.resolve()
  let reopening: Promise<void> | undefined
  const underWay = new Set<Promise<unknown>>()
  const guarded = async <T>(work: (connection: Connection) => PromiseLike<T>): Promise<T> => {
    await changing
    const own = current
    try {
      if (!own.db.isOpen()) throw databaseClosed()
      const working = own.pending.guard(Promise.resolve(work(own)), 'storage', 0)
      underWay.add(working)
      return await working.finally(() => underWay.delete(working))
    } catch (failure) {
      throw explain(own, failure)
    }
  }
  const explain = (own: Connection, failure: unknown): BackfoldError => {
    if (closed) return new BackfoldError('CLOSED', 'the store is closed')
    if (own.takenFor() === 'newer') return newerRelease()
    return own.takenFor() === 'protection' ? locked() : toStorageError(failure)
  }
  /** While nothing else is under way, with the connection closed before and another one after. */
  const reopened = async (change: () => Promise<void>, key: Uint8Array): Promise<number> => {
    const before = current
    const { dataKey: own, unlock: way } = before
    // Calls that had begun, but were not under way yet, when the change was asked for.
    await Promise.allSettled(underWay)
    before.db.close()
    try {
      await change()
    } catch (failure) {
      // Not waited for here: who does not let go of the database may hold that up, too.
      reopening = openDatabase(database, {
        ...(own && { dataKey: own }),
        ...(way && { unlock: way }),
      })
        .then(connect, () => ({ ...before, takenFor: () => 'protection' as const }))
        .then((connection) => {
          current = connection
          if (closed) connection.db.close()
        })
      throw failure
    }
    current = connect(await openDatabase(database, { dataKey: key }))
    return current.rewritten
  }
  /** @see SPEC.md rules ENC7–ENC9 */
  const changeTo = async (wanted: string | null): Promise<Protected> => {
    if (wanted !== null) expectPassphrase(wanted)
    const { db, dataKey: key } = current
    // Taken by another tab: what is known here of the encryption is out of date.
    if (!db.isOpen()) throw databaseClosed()
    const row = await db.keys.get('main')
    if (wanted === null) {
      if (!key || !row) return { kind: 'unchanged', rows: 0, mayRemain: false }
      const off = { ...row, ...proveState(key, 'turning-off') }
      const rows = await reopened(() => changeProtection(database, off, row), key)
      return { kind: 'off', rows, mayRemain: false }
    }
    const fresh = key ?? newDataKey()
    const made = await wrapDataKey(fresh, wanted, key ? 'on' : 'turning-on')
    if (key) await db.keys.put(made.row)
    const rows = key
      ? 0
      : await reopened(() => changeProtection(database, made.row, undefined), fresh)
    current = { ...current, unlock: made.unlock }
    return { kind: key ? 'changed' : 'on', rows, mayRemain: !key, unlock: made.unlock }
  }
  // What an earlier removal left behind: nobody waits for it, and nobody sees it.
  void guarded(async ({ db }) => {
    for (const session of await listRemoved(db)) await removeRows(db, session)
  }).catch(() => {})
  return {
    // An async function itself: by that Dexie knows that its awaits belong to the transaction.
    read: (query) =>
      guarded(({ db, rows }) =>
        db.transaction('r', tablesFor(db, query), async () => readRows(rows, query)),
      ),
    commit: (query, decide) => guarded((own) => commit(own, query, decide)),
    put: (writes, birth) =>
      guarded(({ db, rows }) =>
        db.transaction('rw', ['sessions', ...writes.map(({ table }) => table)], async () => {
          const there = await presentSessions(rows, writes, birth)
          await writeRows(
            rows,
            writes.filter((write) => there.has(sessionOf(write))),
          )
        }),
      ),
    remove: (session, onGone, isMeant) =>
      guarded(async ({ db, rows, codec, known }) => {
        const isMarked = await markRemoved(db, rows, session, isMeant)
        if (!isMarked && isMeant) return undefined
        known.delete(session)
        onGone?.()
        return isMarked ? removeRows(db, codec.session(session)) : undefined
      }),
    listSessions: () =>
      guarded(async ({ db, codec }) => {
        const raws = await db.sessions.toArray()
        return (
          raws
            .filter(({ removed }) => !removed)
            .flatMap((raw) => openOrNone<SessionRow>(codec, 'sessions', raw))
            // One that is not whole yet.
            .filter(({ arriving }) => arriving === undefined)
            .toSorted((a, b) => b.createdAt - a.createdAt)
        )
      }),
    listJobs: (most) => guarded((own) => listJobs(own, most)),
    protect: ({ passphrase: wanted }) => {
      const done = Promise.allSettled([changing, ...underWay]).then(() => changeTo(wanted))
      changing = done.catch(() => {}).then(() => reopening)
      return done.catch((failure: unknown) => {
        throw explain(current, failure)
      })
    },
    dataKey: () => current.dataKey,
    unlock: () => current.unlock,
    close: async () => {
      closed = true
      current.db.close()
    },
  }
}

function connect(opened: OpenedDatabase): Connection {
  const { db, codec } = opened
  // It may have been taken away since.
  if (!db.isOpen()) throw databaseClosed()
  let taken: 'newer' | 'protection' | undefined
  db.on('versionchange', ({ newVersion }) => {
    if (newVersion !== null) taken = newVersion < NEXT_SCHEMA ? 'protection' : 'newer'
  })
  // Where the browser takes the database away, it may leave requests without any answer.
  const pending = createPendingCalls()
  db.backendDB().addEventListener('close', () => pending.fail(databaseClosed()))
  const rows = createStoredRows(db, codec)
  return { ...opened, rows, known: new Map(), pending, takenFor: () => taken }
}

function databaseClosed(): BackfoldError {
  return new BackfoldError('STORAGE_LOST', 'the database is closed; open Backfold again')
}

/** Whoever begins a session anew waits until the one before is gone for good. */
async function commit<Outcome>(
  own: Connection,
  query: ReadQuery,
  decide: Decide<Outcome>,
): Promise<Outcome> {
  for (;;) {
    try {
      return await commitOnce(own, query, decide)
    } catch (failure) {
      if (!(failure instanceof BeingRemoved)) throw failure
      await removeRows(own.db, own.codec.session(query.session))
    }
  }
}

async function commitOnce<Outcome>(
  { db, rows, codec, known }: Connection,
  query: ReadQuery,
  decide: Decide<Outcome>,
): Promise<Outcome> {
  const checked = decideChecked(decide)
  if (readsSessionOnly(query)) return commitSessionOnly({ db, codec, known }, query, checked)
  const tables = query.writes
    ? [...tablesFor(db, query), ...query.writes]
    : db.tables.filter(({ name }) => name !== 'keys')
  const { writes, outcome } = await db.transaction('rw', tables, async () => {
    const decision = checked(await readRows(rows, query, true))
    await writeRows(rows, decision.writes)
    return decision
  })
  for (const write of writes) {
    if (write.table === 'sessions') known.set(write.row.id, write.row)
  }
  return outcome
}

/** Refuses to touch what a newer release wrote: its rows may mean something else. */
function decideChecked<Outcome>(decide: Decide<Outcome>): Decide<Outcome> {
  return (read) => {
    if (read.session && read.session.schema > ROW_SCHEMA) {
      throw new BackfoldError(
        'STORAGE_NEWER',
        `session ${read.session.id} was written by a newer release; reload to get it`,
      )
    }
    return decide(read)
  }
}

/** Whether a query is that of an append, the hot path. */
function readsSessionOnly(query: ReadQuery): boolean {
  return Object.keys(query).every((key) => key === 'session' || key === 'ids' || key === 'birth')
}

/** Of several that started at one time, by key: tokens do not sort as the ids that they stand for. */
function listJobs({ db, codec }: Connection, most: number): PromiseLike<readonly Job[]> {
  return db.transaction('r', db.sessions, db.jobs, async () => {
    const removed = new Set(await listRemoved(db))
    const found = await db.jobs
      .orderBy('startedAt')
      .reverse()
      .filter(({ session }) => !removed.has(session))
      .limit(most)
      .toArray()
    const last = found.at(-1)?.startedAt
    const ties = last === undefined ? [] : await db.jobs.where('startedAt').equals(last).toArray()
    return [
      ...found.filter(({ startedAt }) => startedAt !== last),
      ...ties.filter(({ session }) => !removed.has(session)),
    ]
      .flatMap((raw) => openOrNone<Job>(codec, 'jobs', raw))
      .toSorted(newestFirst)
      .slice(0, most)
  })
}

/** A row among those of all sessions: one that is damaged must not keep anybody from the others. */
function openOrNone<Row>(codec: RowCodec, table: string, raw: unknown): readonly Row[] {
  if (codec.isSealed !== isSealedRow(raw)) return []
  try {
    return [codec.open<Row>(table, raw)]
  } catch {
    return []
  }
}

function newestFirst(a: Job, b: Job): number {
  if (a.startedAt !== b.startedAt) return b.startedAt - a.startedAt
  if (a.session !== b.session) return a.session < b.session ? 1 : -1
  return b.n - a.n
}
