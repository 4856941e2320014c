import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { openDexieStore } from '../../src/store/dexie-store.ts'
import { createMemoryRows, createMemoryStore } from '../../src/store/memory-store.ts'
import { describeDurableStore, type DurableDatabase } from './durable-store-contract.ts'
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

describeDurableStore('the Dexie store over fake IndexedDB, durable', createDatabase)
