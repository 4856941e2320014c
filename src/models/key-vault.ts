import { deriveKey, ITERATIONS, MAX_ITERATIONS, type Bytes } from '../engine/derive-key.ts'

/** An API key that only its passphrase opens. Plain data, safe to store. */
export interface SealedKey {
  readonly version: 1
  readonly derivation: 'PBKDF2-SHA-256'
  readonly cipher: 'AES-256-GCM'
  readonly iterations: number
  /** Base64, like the two that follow. */
  readonly salt: string
  readonly iv: string
  readonly data: string
}

/** How opening a sealed key ended. Which of the two failures it is says nothing about the key. */
export type OpenedKey =
  | { readonly kind: 'opened'; readonly key: string }
  /** The passphrase is another one, or the record was changed: the cipher can't tell these apart. */
  | { readonly kind: 'wrong-passphrase' }
  /** The record is none that this release can read. */
  | { readonly kind: 'unreadable'; readonly reason: string }

const SALT_BYTES = 16
const IV_BYTES = 12
const MAX_KEY_LENGTH = 10_000

/**
 * Encrypts an API key with a passphrase: PBKDF2 (SHA-256, 600,000 iterations) and AES-GCM, with new salt and
 * nonce each time. Same key and passphrase never give the same record.
 *
 * @param key - 1 to 10,000 characters.
 * @throws RangeError for an empty or longer key, or an empty passphrase.
 * @see SPEC.md rules REM18, REM19
 */
export async function sealKey(key: string, passphrase: string): Promise<SealedKey> {
  if (key === '' || key.length > MAX_KEY_LENGTH) {
    throw new RangeError('expected a key of 1 to 10,000 characters')
  }
  if (passphrase === '') throw new RangeError('expected a passphrase that is not empty')
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const head = {
    version: 1,
    derivation: 'PBKDF2-SHA-256',
    cipher: 'AES-256-GCM',
    iterations: ITERATIONS,
  } as const
  const data = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: describeHead(head) },
    await deriveKey(crypto.subtle, passphrase, salt, ITERATIONS),
    new TextEncoder().encode(key),
  )
  return { ...head, salt: toBase64(salt), iv: toBase64(iv), data: toBase64(new Uint8Array(data)) }
}

/** Opens a stored record. Never throws: a wrong passphrase and a damaged record are outcomes. */
export async function openKey(record: unknown, passphrase: string): Promise<OpenedKey> {
  const sealed = readRecord(record)
  if (typeof sealed === 'string') return { kind: 'unreadable', reason: sealed }
  try {
    const clear = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: sealed.iv, additionalData: describeHead(sealed) },
      await deriveKey(crypto.subtle, passphrase, sealed.salt, sealed.iterations),
      sealed.data,
    )
    return { kind: 'opened', key: new TextDecoder().decode(clear) }
  } catch {
    return { kind: 'wrong-passphrase' }
  }
}

interface ReadRecord {
  readonly version: 1
  readonly derivation: string
  readonly cipher: string
  readonly iterations: number
  readonly salt: Bytes
  readonly iv: Bytes
  readonly data: Bytes
}

/** The record's parts, or why it can't be read. */
function readRecord(record: unknown): ReadRecord | string {
  if (typeof record !== 'object' || record === null) return 'not a stored key'
  const { version, derivation, cipher, iterations, salt, iv, data } = record as Record<
    string,
    unknown
  >
  if (version !== 1) return 'stored by another release'
  if (derivation !== 'PBKDF2-SHA-256' || cipher !== 'AES-256-GCM') return 'stored in another way'
  if (
    typeof iterations !== 'number' ||
    !Number.isInteger(iterations) ||
    iterations < ITERATIONS ||
    iterations > MAX_ITERATIONS
  ) {
    return 'iterations out of bounds'
  }
  const bytes = { salt: fromBase64(salt), iv: fromBase64(iv), data: fromBase64(data) }
  if (bytes.salt === null || bytes.iv === null || bytes.data === null) return 'damaged'
  if (bytes.salt.length < SALT_BYTES || bytes.iv.length !== IV_BYTES) return 'damaged'
  return {
    version,
    derivation,
    cipher,
    iterations,
    salt: bytes.salt,
    iv: bytes.iv,
    data: bytes.data,
  }
}

/** What the cipher vouches for beside the key. */
function describeHead(
  head: Pick<ReadRecord, 'version' | 'derivation' | 'cipher' | 'iterations'>,
): Bytes {
  const parts = ['backfold key', head.version, head.derivation, head.cipher, head.iterations]
  return new TextEncoder().encode(parts.join('|'))
}

function toBase64(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes))
}

function fromBase64(text: unknown): Bytes | null {
  if (typeof text !== 'string' || text.length > MAX_KEY_LENGTH * 8) return null
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return null
  }
}
