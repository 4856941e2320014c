import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { expect, test, vi } from 'vitest'
import { openDexieStore } from '../../src/store/dexie-store.ts'
import { createMemoryRows, createMemoryStore } from '../../src/store/memory-store.ts'
import { describeDurableStore, type DurableDatabase } from './durable-store-contract.ts'
import { openEncrypted } from './open-encrypted.ts'
import { describeOlderRelease } from './older-release-contract.ts'
import { describeProtection } from './protection-contract.ts'
import { describeStore } from './store-contract.ts'

function createDatabase(): DurableDatabase {
  const factory = new IDBFactory()
  return { factory, options: { name: 'test', indexedDB: factory, IDBKeyRange } }
}

describeStore('the memory store', () => {
  const rows = createMemoryRows()
  return { open: async () => createMemoryStore(rows) }
})

describeStore('the Dexie store over fake IndexedDB', () => {
  const { options } = createDatabase()
  return { open: () => openDexieStore(options) }
})

describeStore('the encrypted store over fake IndexedDB', () => {
  const database = createDatabase()
  return { open: () => openEncrypted(database) }
})

describeDurableStore('the Dexie store over fake IndexedDB, durable', createDatabase)

describeProtection('the Dexie store over fake IndexedDB', createDatabase)

describeOlderRelease('the Dexie store over fake IndexedDB, of an older release', createDatabase)

test('[STO13] a database that is gone before its connections are told is not opened anew', async () => {
  const { factory, options } = createDatabase()
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const store = await openDexieStore(options)
  const tellConnections = evict(factory, options.name)
  await expect(store.listSessions()).rejects.toMatchObject({ code: 'STORAGE_LOST' })
  tellConnections()
  await expect(store.listSessions()).rejects.toMatchObject({ code: 'STORAGE_LOST' })
  expect(await factory.databases()).toEqual([])
  const next = await openDexieStore(options)
  expect(await next.listSessions()).toEqual([])
  await expect(store.listSessions()).rejects.toMatchObject({ code: 'STORAGE_LOST' })
  await next.close()
  warn.mockRestore()
})

interface Connection {
  _closePending: boolean
  _closed: boolean
  readonly onclose: ((event: Event) => void) | null
}

/** As a browser does it that needs room: nobody is asked, and connections are told in a later task. */
function evict(factory: IDBFactory, name: string): () => void {
  const { _databases: databases } = factory as unknown as {
    readonly _databases: Map<string, { readonly connections: readonly Connection[] }>
  }
  const connections = [...(databases.get(name)?.connections ?? [])]
  for (const connection of connections) {
    connection._closePending = true
    connection._closed = true
  }
  databases.delete(name)
  return () => {
    for (const connection of connections) connection.onclose?.(new Event('close'))
  }
}
