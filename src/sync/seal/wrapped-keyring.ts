import { describeKeyring, type KeyringRecord } from '../../core/sync/keyring-record.ts'
import type { Bytes } from '../../engine/derive-key.ts'
import { fromBase64, toBase64 } from '../../engine/transfer/base64.ts'
import { KEY_BYTES } from './session-keys.ts'

/** The keys of a space as bytes: only while a keyring is opened or made. */
export interface SpaceKeys {
  /** Makes tokens of sessions. It never changes: a session would get another place. */
  readonly index: Bytes
  /** By epoch, the first one first. */
  readonly epochs: readonly Bytes[]
}

const IV_BYTES = 12

/** Keys that nobody has had before, with a first epoch. */
export function newSpaceKeys(): SpaceKeys {
  return { index: newKey(), epochs: [newKey()] }
}

/** The same keys with one more epoch. */
export function withNewEpoch({ index, epochs }: SpaceKeys): SpaceKeys {
  return { index, epochs: [...epochs, newKey()] }
}

/** The record of a keyring, wrapped by a key from a passphrase; all keys as one, so that none can be exchanged. */
export async function wrapKeyring(
  head: Omit<
    KeyringRecord,
    'kind' | 'version' | 'derivation' | 'cipher' | 'epoch' | 'iv' | 'sealed'
  >,
  keys: SpaceKeys,
  wrapKey: CryptoKey,
): Promise<KeyringRecord> {
  const clear = new Uint8Array(KEY_BYTES * (1 + keys.epochs.length))
  for (const [at, key] of [keys.index, ...keys.epochs].entries()) clear.set(key, at * KEY_BYTES)
  const whole = {
    kind: 'keyring',
    version: 1,
    ...head,
    epoch: keys.epochs.length,
    derivation: 'PBKDF2-SHA-256',
    cipher: 'AES-256-GCM',
  } as const
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const sealed = await crypto.subtle.encrypt(vouch(whole, iv), wrapKey, clear)
  return { ...whole, iv: toBase64(iv), sealed: toBase64(new Uint8Array(sealed)) }
}

/** The keys of a record; undefined where the key from a passphrase is another one, or anything in it was changed. */
export async function unwrapKeyring(
  record: KeyringRecord,
  wrapKey: CryptoKey,
): Promise<SpaceKeys | undefined> {
  const iv = fromBase64(record.iv)
  const sealed = fromBase64(record.sealed)
  if (iv?.length !== IV_BYTES || sealed === undefined) return undefined
  let clear: Bytes
  try {
    clear = new Uint8Array(await crypto.subtle.decrypt(vouch(record, iv), wrapKey, sealed))
  } catch {
    return undefined
  }
  if (clear.length !== KEY_BYTES * (1 + record.epoch)) return undefined
  const keyAt = (at: number): Bytes => clear.slice(at * KEY_BYTES, (at + 1) * KEY_BYTES)
  return {
    index: keyAt(0),
    epochs: Array.from({ length: record.epoch }, (_, epoch) => keyAt(epoch + 1)),
  }
}

function vouch(head: Omit<KeyringRecord, 'iv' | 'sealed'>, iv: Bytes): AesGcmParams {
  const additionalData = new TextEncoder().encode(describeKeyring(head))
  return { name: 'AES-GCM', iv, additionalData }
}

function newKey(): Bytes {
  return crypto.getRandomValues(new Uint8Array(KEY_BYTES))
}
