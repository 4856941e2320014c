import { BackfoldError } from '../../core/backfold-error.ts'
import type { Bytes } from '../../engine/derive-key.ts'
import { fromBase64, toBase64 } from '../../engine/transfer/base64.ts'
import type { Sealer } from '../sealer.ts'
import { createKeyedSealer } from './keyed-sealer.ts'
import { deriveNamesKey, importSessionKey, KEY_BYTES } from './session-keys.ts'

/** The public key of a worker: a point of P-256, uncompressed, as base64. It has to come from somebody who is trusted. */
export type WorkerKey = string

/**
 * The keys of one session for one worker. Only that worker can open it, and it opens that session alone: what was sealed so
 * far, and by the newest epoch until the next one begins. It can't be taken back; a new epoch ends it.
 */
export interface Grant {
  readonly kind: 'grant'
  readonly version: 1
  readonly space: string
  readonly token: string
  /** Of the worker. */
  readonly worker: WorkerKey
  /** Made for this grant alone. */
  readonly ephemeral: string
  readonly iv: string
  /** The session's key of each epoch, the first one first. */
  readonly sealed: string
}

export type GrantOpened =
  | { readonly kind: 'open'; readonly sealer: Sealer }
  /** It is for another worker, was changed, or is no grant. */
  | { readonly kind: 'refused'; readonly detail: string }

const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const
const IV_BYTES = 12

/** A new pair of keys for a worker. The private one can't be read unless it is to be stored. */
export function newWorkerKeys(isExtractable: boolean): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(CURVE, isExtractable, ['deriveBits'])
}

export async function nameWorkerKey(publicKey: CryptoKey): Promise<WorkerKey> {
  return toBase64(new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)))
}

/**
 * Wraps keys of a session for a worker: ECDH on P-256 with a key of its own, HKDF, AES-GCM.
 *
 * @param keys - By epoch, the first one first.
 * @throws BackfoldError `INVALID_INPUT` for what is no public key of that curve.
 */
export async function sealGrant(
  place: { readonly space: string; readonly token: string },
  keys: readonly Bytes[],
  worker: WorkerKey,
): Promise<Grant> {
  const theirs = await importPublic(worker)
  if (theirs === undefined) {
    throw new BackfoldError('INVALID_INPUT', 'the key of the worker is no public key of P-256')
  }
  const own = await newWorkerKeys(false)
  const head = {
    kind: 'grant',
    version: 1,
    ...place,
    worker,
    ephemeral: await nameWorkerKey(own.publicKey),
  } as const
  const clear = new Uint8Array(keys.length * KEY_BYTES)
  for (const [at, key] of keys.entries()) clear.set(key, at * KEY_BYTES)
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const key = await agree(own.privateKey, theirs, head)
  const sealed = await crypto.subtle.encrypt(vouch(head, iv), key, clear)
  return { ...head, iv: toBase64(iv), sealed: toBase64(new Uint8Array(sealed)) }
}

/**
 * What a worker can do with a grant: seal and open entries of that session. Whatever was sealed by a later epoch makes the
 * sealer reject, because a log that is read in part must not be folded.
 *
 * @param space - That the job is of.
 * @param token - Of the session that the job is of.
 */
export async function openGrant(
  grant: Grant,
  { publicKey, privateKey }: CryptoKeyPair,
  { space, token }: { readonly space: string; readonly token: string },
): Promise<GrantOpened> {
  if (grant.space !== space || grant.token !== token) return refuse('it is for another session')
  if (grant.worker !== (await nameWorkerKey(publicKey))) return refuse('it is for another worker')
  const ephemeral = await importPublic(grant.ephemeral)
  const iv = fromBase64(grant.iv)
  const sealed = fromBase64(grant.sealed)
  if (ephemeral === undefined || iv?.length !== IV_BYTES || sealed === undefined) {
    return refuse('it makes no sense')
  }
  const keys = await openKeys(grant, await agree(privateKey, ephemeral, grant), iv, sealed)
  return keys === undefined
    ? refuse('it was changed')
    : { kind: 'open', sealer: createGrantedSealer(token, keys) }
}

async function openKeys(
  grant: GrantHead,
  key: CryptoKey,
  iv: Bytes,
  sealed: Bytes,
): Promise<GrantedKeys | undefined> {
  let clear: Bytes
  try {
    clear = new Uint8Array(await crypto.subtle.decrypt(vouch(grant, iv), key, sealed))
  } catch {
    return undefined
  }
  const epochs = clear.length / KEY_BYTES
  if (!Number.isInteger(epochs) || epochs === 0) return undefined
  return {
    names: await deriveNamesKey(clear.slice(0, KEY_BYTES)),
    epochs: await Promise.all(
      Array.from({ length: epochs }, (_, at) =>
        importSessionKey(clear.slice(at * KEY_BYTES, (at + 1) * KEY_BYTES)),
      ),
    ),
  }
}

interface GrantedKeys {
  /** Names entries. */
  readonly names: CryptoKey
  /** The first one first. */
  readonly epochs: readonly CryptoKey[]
}

function createGrantedSealer(granted: string, { names, epochs }: GrantedKeys): Sealer {
  return createKeyedSealer({
    token: async () => granted,
    names: async (token) => (token === granted ? names : undefined),
    newest: async () => epochs.length,
    key: async (token, epoch) => {
      if (token !== granted) return undefined
      const key = epochs[epoch - 1]
      if (key !== undefined) return key
      throw new BackfoldError('WRONG_PASSPHRASE', `the grant has no key of epoch ${epoch}`)
    },
  })
}

type GrantHead = Pick<Grant, 'kind' | 'version' | 'space' | 'token' | 'worker' | 'ephemeral'>

function describeGrant({ kind, version, space, token, worker, ephemeral }: GrantHead): Bytes {
  return new TextEncoder().encode(
    JSON.stringify(['backfold', kind, version, space, token, worker, ephemeral]),
  )
}

function vouch(head: GrantHead, iv: Bytes): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: describeGrant(head) }
}

/** The key that both ends come to, and nobody else. */
async function agree(own: CryptoKey, other: CryptoKey, head: GrantHead): Promise<CryptoKey> {
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: other }, own, 256)
  const base = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey'])
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: describeGrant(head) },
    base,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
}

async function importPublic(key: unknown): Promise<CryptoKey | undefined> {
  const bytes = fromBase64(key)
  if (bytes === undefined) return undefined
  try {
    return await crypto.subtle.importKey('raw', bytes, CURVE, true, [])
  } catch {
    return undefined
  }
}

function refuse(why: string): GrantOpened {
  return { kind: 'refused', detail: `the grant of the job can't be used: ${why}` }
}

/** Reads what is said to be a grant; undefined for what is none, or one of a newer release. */
export function readGrant(value: Readonly<Record<string, unknown>>): Grant | undefined {
  const { kind, version, space, token, worker, ephemeral, iv, sealed } = value
  if (kind !== 'grant' || version !== 1) return undefined
  if (typeof space !== 'string' || typeof token !== 'string') return undefined
  if (typeof worker !== 'string' || typeof ephemeral !== 'string') return undefined
  if (typeof iv !== 'string' || typeof sealed !== 'string') return undefined
  return { kind, version, space, token, worker, ephemeral, iv, sealed }
}
