import type { Bytes } from '../../engine/derive-key.ts'

/** Bytes of every key of a space. */
export const KEY_BYTES = 32

/** A key of a space that can't be read any more, only used to derive others. */
export function importSpaceKey(key: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key, 'HKDF', false, ['deriveKey', 'deriveBits'])
}

/** The key that seals what is said of one session in one epoch; it can't be read. */
export function deriveSessionKey(spaceKey: CryptoKey, token: string): Promise<CryptoKey> {
  return crypto.subtle.deriveKey(
    describeSession(token),
    spaceKey,
    { name: 'AES-GCM', length: KEY_BYTES * 8 },
    false,
    ['encrypt', 'decrypt'],
  )
}

/** The same key as bytes, for who is given that session alone. */
export async function deriveSessionBytes(spaceKey: CryptoKey, token: string): Promise<Bytes> {
  return new Uint8Array(
    await crypto.subtle.deriveBits(describeSession(token), spaceKey, KEY_BYTES * 8),
  )
}

export function importSessionKey(key: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

export function importIndexKey(key: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
}

/**
 * The key that names entries of a session.
 *
 * @param sessionKey - Of the first epoch: the one that all devices and every worker with a grant have, in every epoch.
 */
export async function deriveNamesKey(sessionKey: Bytes): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', sessionKey, 'HKDF', false, ['deriveKey'])
  const info = new TextEncoder().encode(JSON.stringify(['backfold entry names', 1]))
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info },
    base,
    { name: 'HMAC', hash: 'SHA-256', length: KEY_BYTES * 8 },
    false,
    ['sign'],
  )
}

/** What an entry is called on the server: 22 letters, digits, `-` and `_` that say nothing of the id it has. */
export function nameEntry(namesKey: CryptoKey, id: string): Promise<string> {
  return nameBy(namesKey, ['backfold entry', id])
}

/**
 * What a session is called on the server: 22 letters, digits, `-` and `_`, from which nobody without the key can tell its
 * id, nor whether an id they think of is there.
 */
export function nameSession(indexKey: CryptoKey, session: string): Promise<string> {
  return nameBy(indexKey, ['backfold session', session])
}

async function nameBy(key: CryptoKey, named: readonly string[]): Promise<string> {
  // UTF-8 has no lone surrogates and would make them all alike; JSON escapes them.
  const text = new TextEncoder().encode(JSON.stringify(named))
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, text))
  return btoa(String.fromCharCode(...mac.subarray(0, 16)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function describeSession(token: string): HkdfParams {
  const info = new TextEncoder().encode(JSON.stringify(['backfold session key', 1, token]))
  return { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
}
