import type { RemotePlace } from '../ports/remote-log.ts'
/**
 * Where a keyring stands: no session has that token, which is always longer. Its order is the remote log's, so that of two
 * devices that write at once one is told.
 */
export const KEYRING_PLACE: { readonly token: '_space'; readonly channel: 'heads' } = {
  token: '_space',
  channel: 'heads',
}

/** Whether an entry stands at the keyring's place. */
export function isAtKeyring({ token, channel }: Pick<RemotePlace, 'token' | 'channel'>): boolean {
  return token === KEYRING_PLACE.token && channel === KEYRING_PLACE.channel
}

/** Most epochs that one space may have; beyond, a keyring would outgrow an entry. */
export const MAX_EPOCHS = 1_000

/**
 * The keys of a space, wrapped by one from a passphrase. It is the only entry that a remote log can read in a space that
 * is sealed; everything in it but the keys is vouched for by their cipher.
 */
export interface KeyringRecord {
  readonly kind: 'keyring'
  readonly version: 1
  /** So that the keyring of another space with the same passphrase is not taken for this one's. */
  readonly space: string
  /** One more with every keyring of the space. Whoever has seen one takes no earlier one. */
  readonly generation: number
  /** The newest one, which everything is sealed by from now on; epochs begin with 1. */
  readonly epoch: number
  readonly derivation: 'PBKDF2-SHA-256'
  readonly cipher: 'AES-256-GCM'
  readonly iterations: number
  /** New with every passphrase, and with nothing else. Base64, as are all bytes here. */
  readonly salt: string
  readonly iv: string
  /** The key that makes tokens, then the key of each epoch, all as one. */
  readonly sealed: string
}

/** What the cipher vouches for beside the keys: one text for one record. */
export function describeKeyring(record: Omit<KeyringRecord, 'iv' | 'sealed'>): string {
  const { kind, version, space, generation, epoch, derivation, cipher, iterations, salt } = record
  return JSON.stringify([
    'backfold',
    kind,
    version,
    space,
    generation,
    epoch,
    derivation,
    cipher,
    iterations,
    salt,
  ])
}

/** What a text at the keyring's place is. */
export type KeyringReading =
  | { readonly kind: 'keyring'; readonly record: KeyringRecord }
  /** A newer release wrote it. */
  | { readonly kind: 'newer'; readonly generation: number }
  /** No keyring of that space; whoever can write there can leave anything. */
  | { readonly kind: 'nonsense' }

/** Reads what is said to be a keyring of a space. Never throws. */
export function readKeyring(text: string, space: string): KeyringReading {
  if (text.length > MAX_TEXT) return NONSENSE
  const value = parse(text)
  if (value?.['kind'] !== 'keyring' || value['space'] !== space) return NONSENSE
  const { version, generation, epoch, iterations, salt, iv, sealed } = value
  if (!isCount(version) || !isCount(generation)) return NONSENSE
  if (version > 1) return { kind: 'newer', generation }
  const { derivation, cipher } = value
  if (derivation !== 'PBKDF2-SHA-256' || cipher !== 'AES-256-GCM') return NONSENSE
  if (!isCount(epoch) || epoch > MAX_EPOCHS || !isCount(iterations)) return NONSENSE
  if (!isBase64(salt) || !isBase64(iv) || !isBase64(sealed)) return NONSENSE
  const head = { kind: 'keyring', version: 1, space, generation, epoch } as const
  return {
    kind: 'keyring',
    record: { ...head, derivation, cipher, iterations, salt, iv, sealed },
  }
}

/** Room for {@link MAX_EPOCHS} keys in base64, and all else. */
const MAX_TEXT = 64_000

const NONSENSE: KeyringReading = { kind: 'nonsense' }

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1
}

function isBase64(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9+/]+={0,2}$/.test(value)
}
