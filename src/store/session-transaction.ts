import type { Decide, ReadQuery, Snapshotted } from '../core/ports/session-store.ts'
import { birthOf, type SessionRow } from '../core/session/session-row.ts'
import type { BackfoldDatabase, MessageRow } from './database.ts'
import { NOTHING_READ } from './nothing-read.ts'
import { BeingRemoved } from './remove-session.ts'
import type { RowCodec } from './plain-codec.ts'
import { standing } from './standing.ts'

/** What a connection is asked by. */
interface Connected {
  readonly db: BackfoldDatabase
  readonly codec: RowCodec
  readonly known: KnownRows
}

/** Sessions' rows as this store last saw them. A guess: every transaction looks whether it is right. */
export type KnownRows = Map<string, SessionRow>

/**
 * The hot path: one transaction that reads a session's row, decides, and writes rows, on the raw
 * IndexedDB connection that Dexie opened.
 *
 * Dexie's bookkeeping costs as much as the write itself here. So does waiting for the row before
 * writing: where the row is known, the writes are sent along with the read, and if another tab has
 * changed the row meanwhile, all of it is undone and done again on the row that was found.
 */
export async function commitSessionOnly<Outcome>(
  own: Connected,
  query: ReadQuery,
  decide: Decide<Outcome>,
): Promise<Outcome> {
  const last = query.ids ? undefined : own.known.get(query.session)
  const guess = standing(last, query) === 'there' ? last : undefined
  const guessed = guess && (await runTransaction(own, query, decide, guess))
  const done = guessed ?? (await runTransaction(own, query, decide, undefined))
  if (!done) throw new Error('a transaction without a guess has to end')
  return done.outcome
}

/** Undefined if the guess was wrong; then nothing was written. */
function runTransaction<Outcome>(
  { db, codec, known }: Connected,
  query: ReadQuery,
  decide: Decide<Outcome>,
  guess: SessionRow | undefined,
): Promise<{ readonly outcome: Outcome } | undefined> {
  return new Promise((resolve, reject) => {
    // It may have been closed since the call began, and then there is no connection to ask.
    if (!db.isOpen()) throw new DOMException('closed', 'InvalidStateError')
    const tx = db
      .backendDB()
      .transaction(['sessions', 'messages'], 'readwrite', { durability: 'relaxed' })
    const messages = tx.objectStore('messages')
    let done: { readonly outcome: Outcome } | undefined
    let written: SessionRow | undefined
    let failure: unknown
    let isWrong = false
    // A throw in a callback would only be reported to the page: it must abort and reject instead.
    const guard = (work: () => void): void => {
      try {
        work()
      } catch (thrown) {
        failure = thrown
        tx.abort()
      }
    }
    const write = (read: Snapshotted): void => {
      const { writes, outcome } = decide(read)
      for (const one of writes) {
        if (!('row' in one)) throw new TypeError('an append removes nothing')
        tx.objectStore(one.table).put(codec.seal(one.table, one.row))
        if (one.table === 'sessions') written = one.row
      }
      done = { outcome }
    }
    tx.oncomplete = () => {
      if (written) known.set(query.session, written)
      resolve(done)
    }
    tx.onabort = () => {
      known.delete(query.session)
      if (isWrong) resolve(undefined)
      // Without an error of its own, the browser aborted it: the database was closed under us.
      else reject(toError(failure ?? tx.error ?? new DOMException('aborted', 'AbortError')))
    }
    const session = tx.objectStore('sessions').get(codec.session(query.session))
    const ids = (query.ids ?? []).map((id) =>
      messages.index('[session+id]').get(codec.key('messages', [query.session, id]) as IDBValidKey),
    )
    const last: IDBRequest = ids.at(-1) ?? session
    last.onsuccess = () =>
      guard(() => {
        const raw: unknown = session.result
        const found = raw === undefined ? undefined : codec.open<SessionRow>('sessions', raw)
        if (guess) {
          isWrong = found?.revision !== guess.revision || birthOf(found) !== birthOf(guess)
          if (isWrong) tx.abort()
        } else {
          const rows = ids.flatMap(({ result }: IDBRequest<unknown>) =>
            result === undefined ? [] : codec.open<MessageRow>('messages', result),
          )
          const is = standing(found, query)
          if (is === 'being-removed') throw new BeingRemoved()
          write(is === 'there' ? { ...NOTHING_READ, session: found, ids: rows } : NOTHING_READ)
        }
        if (!isWrong) tx.commit()
      })
    if (!guess) return
    try {
      write({ ...NOTHING_READ, session: guess, ids: [] })
    } catch {
      // It may be the guess that it fails over: if not, it fails again on the row itself.
      isWrong = true
      tx.abort()
    }
  })
}

function toError(failure: unknown): Error {
  return failure instanceof Error ? failure : new Error(String(failure))
}
