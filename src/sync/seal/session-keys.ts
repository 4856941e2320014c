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
 * What a session is called on the server: 22 letters, digits, `-` and `_`, from which nobody without the key can tell its
 * id, nor whether an id they think of is there.
 */
export async function nameSession(indexKey: CryptoKey, session: string): Promise<string> {
  // UTF-8 has no lone surrogates and would make them all alike; JSON escapes them.
  const text = new TextEncoder().encode(JSON.stringify(['backfold session', session]))
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', indexKey, text))
  return btoa(String.fromCharCode(...mac.subarray(0, 16)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function describeSession(token: string): HkdfParams {
  const info = new TextEncoder().encode(JSON.stringify(['backfold session key', 1, token]))
  return { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
}
