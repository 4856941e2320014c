/** The yardstick: IndexedDB with nothing on top, one relaxed transaction a message. */

const STORE = 'messages'

interface RawMessage {
  readonly session: string
  readonly seq: number
  readonly role: string
  readonly content: string
  readonly at: number
}

/** Opens, or creates, a database with one store and no index. */
export function openRaw(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name)
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: ['session', 'seq'] })
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(asError(request.error))
  })
}

/** Puts one message and resolves when its transaction is complete. */
export function putRaw(db: IDBDatabase, message: RawMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    const tx = db.transaction(STORE, 'readwrite', { durability: 'relaxed' })
    tx.oncomplete = () => resolve()
    tx.onabort = () => reject(asError(tx.error))
    tx.objectStore(STORE).put(message)
  })
}

/** All rows of a range of a session's log. Works on any database that keys its messages like this one. */
export function readRaw(
  db: IDBDatabase,
  session: string,
  from: number,
  to: number,
): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    const tx = db.transaction(STORE, 'readonly')
    const range = IDBKeyRange.bound([session, from], [session, to])
    const request = tx.objectStore(STORE).getAll(range)
    request.onsuccess = () => resolve(request.result)
    tx.onabort = () => reject(asError(tx.error))
  })
}

export function rawMessage(session: string, seq: number, content: string): RawMessage {
  return { session, seq, role: 'user', content, at: Date.now() }
}

function asError(error: DOMException | null): Error {
  return error ?? new Error('IndexedDB failed without saying why')
}
