import { BackfoldError } from '../core/backfold-error.ts'
import type { Decide, ReadQuery, SessionStore, Write } from '../core/ports/session-store.ts'
import { mayReplace, type Artifact } from '../core/session/generation.ts'
import { ROW_SCHEMA } from '../core/session/session-row.ts'
import { createPendingCalls } from '../protocol/pending-calls.ts'
import { BackfoldDatabase, DATABASE_VERSION } from './database.ts'
import { blocksOf, readRows, tablesFor } from './read-rows.ts'
import { BeingRemoved, listRemoved, markRemoved, removeRows } from './remove-session.ts'
import { commitSessionOnly, type KnownRows } from './session-transaction.ts'
import { mayReceive, sessionOf } from './standing.ts'
import { ADVICE, toStorageError } from './storage-error.ts'

export interface DexieStoreOptions {
  /** Name of the IndexedDB database; `backfold` by default. */
  readonly name?: string
  /** Another IndexedDB, for Node. */
  readonly indexedDB?: IDBFactory
  readonly IDBKeyRange?: typeof IDBKeyRange
}

/**
 * Opens the store over IndexedDB. Reads and writes of one call are one transaction; inside it only
 * IndexedDB is awaited, because awaiting anything else would commit half of it.
 *
 * @throws BackfoldError `STORAGE_*`, each with what to do about it.
 * @see SPEC.md rules STO1–STO9
 */
export async function openDexieStore(options: DexieStoreOptions = {}): Promise<SessionStore> {
  const { indexedDB, IDBKeyRange } = options
  const db = new BackfoldDatabase(
    options.name ?? 'backfold',
    indexedDB && IDBKeyRange ? { indexedDB, IDBKeyRange } : undefined,
  )
  try {
    await openUnlessBlocked(db)
    expectKnownVersion(db)
  } catch (failure) {
    throw toStorageError(failure)
  }
  const known: KnownRows = new Map()
  let closed = false
  let hasNewer = false
  db.on('versionchange', ({ newVersion }) => {
    hasNewer = newVersion !== null
  })
  // Where the browser takes the database away, it may leave requests without any answer.
  const pending = createPendingCalls()
  db.backendDB().addEventListener('close', () => pending.fail(databaseClosed()))
  const guarded = async <T>(work: () => PromiseLike<T>): Promise<T> => {
    try {
      if (!db.isOpen()) throw hasNewer ? newerRelease() : databaseClosed()
      return await pending.guard(Promise.resolve(work()), 'storage', 0)
    } catch (failure) {
      if (closed) throw new BackfoldError('CLOSED', 'the store is closed')
      if (hasNewer) throw newerRelease()
      throw toStorageError(failure)
    }
  }
  // What an earlier removal left behind: nobody waits for it, and nobody sees it.
  void guarded(async () => {
    for (const session of await listRemoved(db)) await removeRows(db, session)
  }).catch(() => {})
  return {
    // An async function itself: by that Dexie knows that its awaits belong to the transaction.
    read: (query) =>
      guarded(() => db.transaction('r', tablesFor(db, query), async () => readRows(db, query))),
    commit: (query, decide) => guarded(() => commit(db, known, query, decide)),
    put: (rows, birth) =>
      guarded(() =>
        db.transaction('rw', ['sessions', ...new Set(rows.map(({ table }) => table))], async () => {
          const there = await presentSessions(db, rows, birth)
          await writeRows(
            db,
            rows.filter((row) => there.has(sessionOf(row))),
          )
        }),
      ),
    remove: (session, onGone) =>
      guarded(async () => {
        const marked = await markRemoved(db, session)
        known.delete(session)
        onGone?.()
        return marked && removeRows(db, session)
      }),
    listSessions: () =>
      guarded(async () => {
        const rows = await db.sessions.toArray()
        return rows.filter(({ removed }) => !removed).toSorted((a, b) => b.createdAt - a.createdAt)
      }),
    listJobs: (most) =>
      guarded(() =>
        db.transaction('r', db.sessions, db.jobs, async () => {
          const removed = new Set(await listRemoved(db))
          return db.jobs
            .orderBy('startedAt')
            .reverse()
            .filter(({ session }) => !removed.has(session))
            .limit(most)
            .toArray()
        }),
      ),
    close: async () => {
      closed = true
      db.close()
    },
  }
}

/** Longest wait for another tab to let go of an older version of the database, in milliseconds. */
const MAX_BLOCKED_MS = 5_000

/**
 * Opens the database. A tab with an older version of it open closes it when it is told to, though only
 * after what it is writing; without an end to the wait, one that never does would keep this one closed.
 */
function openUnlessBlocked(db: BackfoldDatabase): Promise<void> {
  return new Promise((resolve, reject) => {
    let giveUp: ReturnType<typeof setTimeout> | undefined
    db.on('blocked', () => {
      giveUp ??= setTimeout(() => {
        reject(new DOMException('the upgrade waits for another tab', 'BlockedError'))
        // It may open yet, when that tab is gone, with nobody to close it.
        opening.then(
          () => db.close(),
          () => {},
        )
      }, MAX_BLOCKED_MS)
    })
    const opening = db.open()
    opening.finally(() => clearTimeout(giveUp)).then(() => resolve(), reject)
  })
}

/** Dexie opens a database of a later version as it is, and would write to it. */
function expectKnownVersion(db: BackfoldDatabase): void {
  // IndexedDB counts Dexie's versions in tenths.
  if (Math.floor(db.backendDB().version / 10) <= DATABASE_VERSION) return
  db.close()
  throw newerRelease()
}

function newerRelease(): BackfoldError {
  return new BackfoldError('STORAGE_NEWER', ADVICE.STORAGE_NEWER)
}

function databaseClosed(): BackfoldError {
  return new BackfoldError('STORAGE_LOST', 'the database is closed; open Backfold again')
}

/** Whoever begins a session anew waits until the one before is gone for good. */
async function commit<Outcome>(
  db: BackfoldDatabase,
  known: KnownRows,
  query: ReadQuery,
  decide: Decide<Outcome>,
): Promise<Outcome> {
  for (;;) {
    try {
      return await commitOnce(db, known, query, decide)
    } catch (failure) {
      if (!(failure instanceof BeingRemoved)) throw failure
      await removeRows(db, query.session)
    }
  }
}

async function commitOnce<Outcome>(
  db: BackfoldDatabase,
  known: KnownRows,
  query: ReadQuery,
  decide: Decide<Outcome>,
): Promise<Outcome> {
  if (readsSessionOnly(query)) return commitSessionOnly(db, known, query, decideChecked(decide))
  const tables = query.writes ? [...tablesFor(db, query), ...query.writes] : db.tables
  const { writes, outcome } = await db.transaction('rw', tables, async () => {
    const decision = decideChecked(decide)(await readRows(db, query, true))
    await writeRows(db, decision.writes)
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

/** Those of the rows' sessions that are there, and were born thus. */
async function presentSessions(
  db: BackfoldDatabase,
  rows: readonly Write[],
  birth: string | undefined,
): Promise<ReadonlySet<string>> {
  const ids = [...new Set(rows.map(sessionOf))]
  const found = await db.sessions.bulkGet(ids)
  return new Set(ids.filter((_, index) => mayReceive(found[index], birth)))
}

async function writeRows(db: BackfoldDatabase, writes: readonly Write[]): Promise<void> {
  for (const write of writes) {
    if ('remove' in write) {
      await blocksOf(db, write.remove.session, write.remove.job).delete()
    } else if ('removePad' in write) {
      await db.pads.delete([write.removePad.session, write.removePad.n])
    }
  }
  for (const name of [
    'messages',
    'generations',
    'snapshots',
    'jobs',
    'blocks',
    'artifacts',
    'notes',
    'pads',
    'rules',
    'facts',
    'index',
    'sessions',
  ] as const) {
    const rows = writes.flatMap((write) =>
      write.table === name && 'row' in write && !isDelta(write) ? [write.row] : [],
    )
    if (rows.length > 0) await db.table(name).bulkPut(rows)
  }
  const deltas = writes.flatMap((write) => (isDelta(write) ? [write.row] : []))
  if (deltas.length > 0) await writeDeltas(db, deltas)
}

type ArtifactWrite = Extract<Write, { readonly table: 'artifacts' }>

function isDelta(write: Write): write is ArtifactWrite {
  return write.table === 'artifacts' && write.row.base !== undefined
}

/** Behind all that is written whole, as a base may be among it. */
async function writeDeltas(db: BackfoldDatabase, rows: readonly Artifact[]): Promise<void> {
  const keys = rows.map(({ session, hash }): [string, string] => [session, hash])
  const stored = await db.artifacts.bulkGet(keys)
  const due = rows.filter((row, index) => mayReplace(stored[index], row))
  if (due.length > 0) await db.artifacts.bulkPut(due)
}
