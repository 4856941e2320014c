import { deriveKey } from '../../../src/engine/derive-key.ts'
import type { KeyringHome, KeyringPins } from '../../../src/sync/seal/keyring-home.ts'
import type { Keyring } from '../../../src/sync/seal/keyring.ts'
import { openKeyring, type KeyringOpened } from '../../../src/sync/seal/open-keyring.ts'
import { buildPins } from './build-keyring-home.ts'

export const PASSPHRASE = 'a horse, a staple'

let ids = 0

/** All rounds take half a second each, which is the point of them; here one is enough. */
const deriveSoon: typeof deriveKey = (subtle, passphrase, salt, iterations) =>
  deriveKey(subtle, passphrase, salt, iterations / 600_000)

export interface TestDevice {
  readonly passphrase?: string
  readonly space?: string
  readonly pins?: KeyringPins
  /** With all rounds of the derivation. */
  readonly isReal?: boolean
}

export function tryKeyring(home: KeyringHome, device: TestDevice = {}): Promise<KeyringOpened> {
  const { passphrase = PASSPHRASE, space = 'home', pins = buildPins(), isReal = false } = device
  const newId = (): string => `entry-${(ids += 1)}`
  return openKeyring({
    space,
    passphrase,
    home,
    pins,
    newId,
    ...(isReal ? {} : { derive: deriveSoon }),
  })
}

/** A keyring that opens; throws where it does not. */
export async function openTestKeyring(home: KeyringHome, device?: TestDevice): Promise<Keyring> {
  const opened = await tryKeyring(home, device)
  if (opened.kind !== 'open') throw new Error(JSON.stringify(opened))
  return opened.keyring
}
