import type { HostMemory } from './chats.ts'

const STORE = 'texts'
const MOST_NAME = 500
const MOST_VALUE = 200_000

/**
 * Small texts by name in a database of their own, which holds no content of chats. What is too long is not kept. Where
 * the browser keeps nothing, nothing is remembered, and that is all.
 *
 * @param name - Of the database.
 * @see SPEC.md rule HOST7
 */
export function createHostMemory(name: string = 'backfold-host'): HostMemory {
  let opening: Promise<IDBDatabase> | undefined
  const open = (): Promise<IDBDatabase> => {
    opening ??= openTexts(name, () => {
      opening = undefined
    }).catch((failure: unknown) => {
      opening = undefined
      throw failure
    })
    return opening
  }
  return {
    async get(key) {
      try {
        const db = await open()
        const found: unknown = await settled(db.transaction(STORE).objectStore(STORE).get(key))
        return typeof found === 'string' ? found : null
      } catch {
        return null
      }
    },
    async set(key, value) {
      if (key.length > MOST_NAME || (value !== null && value.length > MOST_VALUE)) return
      try {
        const store = (await open()).transaction(STORE, 'readwrite').objectStore(STORE)
        if (value === null) await settled(store.delete(key))
        else await settled(store.put(value, key))
      } catch {
        // A full disk is told by what is of more weight.
      }
    },
  }
}

function openTexts(name: string, onGone: () => void): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(STORE)
  return settled<IDBDatabase>(request).then((db) => {
    db.onversionchange = () => {
      db.close()
      onGone()
    }
    db.onclose = onGone
    return db
  })
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new DOMException('failed', 'UnknownError'))
  })
}
