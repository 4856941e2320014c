import { openDexieStore } from '../../src/store/dexie-store.ts'
import { describeDurableStore, type DurableDatabase } from './durable-store-contract.ts'
import { openEncrypted } from './open-encrypted.ts'
import { describeOlderRelease } from './older-release-contract.ts'
import { describeProtection } from './protection-contract.ts'
import { describeStore } from './store-contract.ts'

function createDatabase(): DurableDatabase {
  return { factory: indexedDB, options: { name: `store-${crypto.randomUUID()}` } }
}

describeStore('the Dexie store in the browser', () => {
  const { options } = createDatabase()
  return { open: () => openDexieStore(options) }
})

describeStore('the encrypted store in the browser', () => {
  const database = createDatabase()
  return { open: () => openEncrypted(database) }
})

describeProtection('the Dexie store in the browser', createDatabase)

describeDurableStore('the Dexie store in the browser, durable', createDatabase)

describeOlderRelease('the Dexie store in the browser, of an older release', createDatabase)
