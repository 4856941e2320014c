/** How a database is kept: as it is, encrypted with a passphrase, or not there. */
export type Protection = 'none' | 'passphrase' | 'absent'

/**
 * Looks how a database is kept, without opening its rows and without creating it.
 *
 * @see SPEC.md rule ENC10
 */
export async function lookAtProtection(name: string): Promise<Protection> {
  const known = await indexedDB.databases()
  if (!known.some((database) => database.name === name)) return 'absent'
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name)
    // Deleted since: it must not begin to be.
    request.onupgradeneeded = () => request.transaction?.abort()
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new DOMException('failed', 'UnknownError'))
  }).catch((failure: unknown) => {
    if (failure instanceof DOMException && failure.name === 'AbortError') return undefined
    throw failure
  })
  if (!db) return 'absent'
  db.onversionchange = () => db.close()
  try {
    if (!db.objectStoreNames.contains('keys')) return 'none'
    const count = db.transaction('keys').objectStore('keys').count()
    return await new Promise<Protection>((resolve) => {
      count.onsuccess = () => resolve(count.result > 0 ? 'passphrase' : 'none')
      // A database that goes away in this moment keeps nothing.
      count.onerror = () => resolve('absent')
    })
  } finally {
    db.close()
  }
}
