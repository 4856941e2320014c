import { newDataKey, wrapDataKey } from '../../src/store/data-key.ts'
import { openDexieStore, type ProtectedStore } from '../../src/store/dexie-store.ts'
import { changeProtection } from '../../src/store/open-database.ts'
import type { DurableDatabase } from './durable-store-contract.ts'

/** A passphrase takes a while to become a key: all databases here have the same. */
const wrapped = wrapDataKey(newDataKey(), 'correct horse', 'on')

/** Opens a database, which is made an encrypted one the first time. */
export async function openEncrypted({
  options,
  factory,
}: DurableDatabase): Promise<ProtectedStore> {
  const { row, unlock } = await wrapped
  if (!(await factory.databases()).some(({ name }) => name === options.name)) {
    await (await openDexieStore(options)).close()
    await changeProtection(options, row, undefined)
  }
  return openDexieStore({ ...options, unlock })
}
