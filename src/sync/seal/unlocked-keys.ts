import type { KeyringPin } from '../../core/sync/judge-keyring.ts'
import type { KeyringRecord } from '../../core/sync/keyring-record.ts'
import { importIndexKey, importSpaceKey } from './session-keys.ts'
import type { SpaceKeys } from './wrapped-keyring.ts'

/** A keyring that was opened: keys that can be used but not read. */
export interface UnlockedKeys {
  readonly record: KeyringRecord
  readonly pin: KeyringPin
  /** Made of the passphrase. */
  readonly wrapKey: CryptoKey
  readonly index: CryptoKey
  /** By epoch, the first one first. */
  readonly epochs: readonly CryptoKey[]
}

export async function importKeys(
  from: Pick<UnlockedKeys, 'record' | 'pin' | 'wrapKey'>,
  { index, epochs }: SpaceKeys,
): Promise<UnlockedKeys> {
  return {
    ...from,
    index: await importIndexKey(index),
    epochs: await Promise.all(epochs.map((key) => importSpaceKey(key))),
  }
}
