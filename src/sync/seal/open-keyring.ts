import type { KeyringPin, KeyringRefusal } from '../../core/sync/judge-keyring.ts'
import type { KeyringRecord } from '../../core/sync/keyring-record.ts'
import { deriveKey, ITERATIONS } from '../../engine/derive-key.ts'
import { fromBase64, toBase64 } from '../../engine/transfer/base64.ts'
import type { KeyringHome, KeyringPins } from './keyring-home.ts'
import { createKeyring, type Keyring } from './keyring.ts'
import { lookForKeyring } from './look-for-keyring.ts'
import { expectSpacePassphrase } from './space-passphrase.ts'
import { importKeys, type UnlockedKeys } from './unlocked-keys.ts'
import { newSpaceKeys, unwrapKeyring, wrapKeyring } from './wrapped-keyring.ts'
import { entryOfKeyring, entryOfText } from './write-keyring.ts'

export interface KeyringOptions {
  readonly space: string
  /** 8 to 10,000 characters; the same on all devices of the space. */
  readonly passphrase: string
  readonly home: KeyringHome
  readonly pins: KeyringPins
  /** Ids of entries, never the same twice. */
  readonly newId: () => string
  /** PBKDF2 by default. */
  readonly derive?: typeof deriveKey
}

export type KeyringOpened =
  | { readonly kind: 'open'; readonly keyring: Keyring }
  /** The keys of the space were wrapped with another one, or somebody left something there that nobody can open. */
  | { readonly kind: 'wrong-passphrase' }
  | {
      readonly kind: 'refused'
      readonly reason: KeyringRefusal | 'denied'
      /** A sentence for people. */
      readonly detail: string
    }
  /** Nothing is known yet; it is to be tried again. */
  | { readonly kind: 'unreachable'; readonly detail: string }

/** Races for the first keyring that are lost, or whose answers are, before this is given up for now. */
const MOST_TRIES = 5
const SALT_BYTES = 16

/**
 * Opens the keys of a space with its passphrase; the first device makes them. Of several that do so at once one wins, and
 * all others take its keys.
 *
 * @throws BackfoldError `INVALID_INPUT` for a passphrase of less than 8 or more than 10,000 characters.
 * @see SPEC.md rules SEAL1 to SEAL8
 */
export async function openKeyring(options: KeyringOptions): Promise<KeyringOpened> {
  expectSpacePassphrase(options.passphrase)
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const pin = await options.pins.read()
    const look = await lookForKeyring(options.home, options.space, pin)
    if (look.kind === 'unreachable') return look
    const { verdict, position } = look
    if (verdict.kind === 'candidate') {
      return openCandidate(options, verdict.record, verdict.pin, position)
    }
    const isLost = verdict.kind === 'refused' && LOST.includes(verdict.reason)
    if (verdict.kind === 'refused' && !(isLost && pin?.text !== undefined)) return verdict
    const made = await (pin?.text === undefined
      ? makeKeyring(options, position)
      : sayAgain(options, pin.text, position))
    if (made !== undefined) return made
  }
  return { kind: 'unreachable', detail: 'the keys of this space could not be written' }
}

async function openCandidate(
  options: KeyringOptions,
  record: KeyringRecord,
  pin: KeyringPin,
  position: number,
): Promise<KeyringOpened> {
  const wrapKey = await deriveFrom(options, record.salt, record.iterations)
  const keys = await unwrapKeyring(record, wrapKey)
  if (keys === undefined) return { kind: 'wrong-passphrase' }
  return keep(options, await importKeys({ record, pin, wrapKey }, keys), position)
}

/** A server that lacks what this device has seen may have been put back, or made anew. */
const LOST: readonly KeyringRefusal[] = ['missing', 'rolled-back']

/** Says the keyring again that this device took last; undefined where it is to be looked at anew. */
async function sayAgain(
  { home, newId }: KeyringOptions,
  text: string,
  expected: number,
): Promise<KeyringOpened | undefined> {
  const written = await home.write(entryOfText(text, newId()), expected)
  return written.kind === 'refused'
    ? { kind: 'refused', reason: 'denied', detail: written.detail }
    : undefined
}

/** Makes the first keyring; undefined where another device may have been first. */
async function makeKeyring(
  options: KeyringOptions,
  expected: number,
): Promise<KeyringOpened | undefined> {
  const salt = newSalt()
  const wrapKey = await deriveFrom(options, salt, ITERATIONS)
  const keys = newSpaceKeys()
  const head = { space: options.space, generation: 1, iterations: ITERATIONS, salt }
  const record = await wrapKeyring(head, keys, wrapKey)
  const { entry, pin } = entryOfKeyring(record, options.newId())
  const written = await options.home.write(entry, expected)
  switch (written.kind) {
    case 'stored':
      return keep(options, await importKeys({ record, pin, wrapKey }, keys), written.position)
    case 'moved':
    case 'unsure':
      return undefined
    case 'refused':
      return { kind: 'refused', reason: 'denied', detail: written.detail }
  }
}

async function keep(
  options: KeyringOptions,
  unlocked: UnlockedKeys,
  position: number,
): Promise<KeyringOpened> {
  await options.pins.write(unlocked.pin)
  const derive = (passphrase: string, salt: string): Promise<CryptoKey> =>
    deriveFrom({ ...options, passphrase }, salt, ITERATIONS)
  return {
    kind: 'open',
    keyring: createKeyring({ ...options, derive, newSalt }, unlocked, position),
  }
}

function deriveFrom(
  { passphrase, derive = deriveKey }: Pick<KeyringOptions, 'passphrase' | 'derive'>,
  salt: string,
  iterations: number,
): Promise<CryptoKey> {
  return derive(crypto.subtle, passphrase, fromBase64(salt) ?? new Uint8Array(), iterations)
}

function newSalt(): string {
  return toBase64(crypto.getRandomValues(new Uint8Array(SALT_BYTES)))
}
