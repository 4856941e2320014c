import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { BackfoldError } from '../core/backfold-error.ts'
import { deriveKey, ITERATIONS, MAX_ITERATIONS, type Bytes } from '../engine/derive-key.ts'

/** What a database says of its protection. The key that seals the rows is in it, wrapped by one from a passphrase. */
export interface ProtectionRow {
  readonly id: 'main'
  readonly version: 1
  readonly derivation: 'PBKDF2-SHA-256'
  readonly cipher: 'AES-256-GCM'
  readonly iterations: number
  readonly salt: Bytes
  readonly iv: Bytes
  readonly wrapped: Bytes
  /** Whether rows are still being sealed, or opened for good; whoever opens the database goes on with it. */
  readonly state: 'on' | 'turning-on' | 'turning-off'
  /**
   * Follows from the state and the key that seals the rows: who has that key knows that it is the one for these rows,
   * and nobody else can have them opened for good, or others sealed among them.
   */
  readonly proof: Bytes
}

/** What opens a database: a passphrase, the key that was made of one, or the key that seals the rows itself. */
export interface Secret {
  readonly passphrase?: string
  readonly unlock?: CryptoKey
  readonly dataKey?: Uint8Array
}

const SALT_BYTES = 16
const IV_BYTES = 12
const KEY_BYTES = 32
const MAX_PASSPHRASE = 10_000

/** A key for sealing rows that nobody has had before. */
export function newDataKey(): Bytes {
  return crypto.getRandomValues(new Uint8Array(KEY_BYTES))
}

/**
 * Wraps the key that seals the rows by one from a passphrase: PBKDF2 (SHA-256, 600,000 iterations) and AES-GCM, with new
 * salt and nonce each time.
 *
 * @returns The row to store, and what opens it without the passphrase: a key that can be used but not read.
 * @throws BackfoldError `INVALID_INPUT` for an empty passphrase, or one beyond 10,000 characters.
 */
export async function wrapDataKey(
  dataKey: Bytes,
  passphrase: string,
  state: ProtectionRow['state'],
): Promise<{ readonly row: ProtectionRow; readonly unlock: CryptoKey }> {
  expectPassphrase(passphrase)
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const head = {
    id: 'main',
    version: 1,
    derivation: 'PBKDF2-SHA-256',
    cipher: 'AES-256-GCM',
    iterations: ITERATIONS,
  } as const
  const unlock = await deriveKey(crypto.subtle, passphrase, salt, ITERATIONS)
  const wrapped = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: describeHead(head) },
    unlock,
    dataKey,
  )
  const row = { ...head, salt, iv, wrapped: new Uint8Array(wrapped) }
  return { row: { ...row, ...proveState(dataKey, state) }, unlock }
}

/** A state with its proof, for the row. */
export function proveState(
  dataKey: Uint8Array,
  state: ProtectionRow['state'],
): Pick<ProtectionRow, 'state' | 'proof'> {
  const proof = hmac(sha256, dataKey, utf8ToBytes(`backfold state 1 ${state}`))
  return { state, proof: new Uint8Array(proof) }
}

function isProven({ state, proof }: ProtectionRow, dataKey: Uint8Array): boolean {
  return areSame(proof, proveState(dataKey, state).proof)
}

/** Whether both are the same bytes, or both missing. */
export function areSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a?.length === b?.length && (a ?? []).every((byte, index) => byte === b?.[index])
}

/**
 * The key that seals the rows.
 *
 * @throws BackfoldError `STORAGE_LOCKED` without a secret or with the key of other rows, `WRONG_PASSPHRASE` for another one or a damaged row,
 * `STORAGE_NEWER` for what a newer release has wrapped.
 */
export async function unwrapDataKey(
  row: ProtectionRow,
  secret: Secret,
): Promise<{ readonly dataKey: Bytes; readonly unlock?: CryptoKey }> {
  const { version, derivation, cipher, iterations, iv, salt } = row
  if (version !== 1 || derivation !== 'PBKDF2-SHA-256' || cipher !== 'AES-256-GCM') {
    throw new BackfoldError(
      'STORAGE_NEWER',
      'the stored sessions were encrypted by a newer release',
    )
  }
  const { passphrase, unlock: given } = secret
  if (secret.dataKey) {
    // Encryption may have been turned off and on again since: then the rows are sealed by another one.
    if (!isProven(row, secret.dataKey)) throw locked()
    return { dataKey: new Uint8Array(secret.dataKey), ...(given && { unlock: given }) }
  }
  if (given === undefined && passphrase === undefined) throw locked()
  if (!(iterations >= ITERATIONS && iterations <= MAX_ITERATIONS)) throw wrongPassphrase()
  const unlock =
    given ?? (await deriveKey(crypto.subtle, passphrase ?? '', new Uint8Array(salt), iterations))
  let dataKey: Bytes
  try {
    const clear = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: new Uint8Array(iv), additionalData: describeHead(row) },
      unlock,
      new Uint8Array(row.wrapped),
    )
    dataKey = new Uint8Array(clear)
  } catch {
    throw wrongPassphrase()
  }
  if (!isProven(row, dataKey)) throw wrongPassphrase()
  return { dataKey, unlock }
}

/** @throws BackfoldError `INVALID_INPUT` */
export function expectPassphrase(passphrase: unknown): asserts passphrase is string {
  if (typeof passphrase === 'string' && passphrase !== '' && passphrase.length <= MAX_PASSPHRASE) {
    return
  }
  throw new BackfoldError('INVALID_INPUT', 'a passphrase is a text of 1 to 10,000 characters')
}

export function locked(): BackfoldError {
  return new BackfoldError(
    'STORAGE_LOCKED',
    'the stored sessions are encrypted; a passphrase opens them',
  )
}

function wrongPassphrase(): BackfoldError {
  return new BackfoldError('WRONG_PASSPHRASE', 'the passphrase is another one')
}

/** What the cipher vouches for beside the key. */
function describeHead({
  version,
  derivation,
  cipher,
  iterations,
}: Pick<ProtectionRow, 'version' | 'derivation' | 'cipher' | 'iterations'>): Bytes {
  return new TextEncoder().encode(
    ['backfold data key', version, derivation, cipher, iterations].join('|'),
  )
}
