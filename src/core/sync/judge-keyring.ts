import { hashText } from '../session/chain.ts'
import { readKeyring, type KeyringRecord } from './keyring-record.ts'

/** What a device remembers of the keyring that it took last, so that no server can show it an earlier one. */
export interface KeyringPin {
  readonly generation: number
  /** Of the whole record as it stood there. */
  readonly hash: string
  /** The record as it stood there, to be said again to a server that has lost it; missing in what older releases wrote. */
  readonly text?: string
}

/** An entry at the keyring's place, whatever it says. */
export interface KeyringText {
  readonly position: number
  readonly text: string
}

export interface KeyringContext {
  readonly space: string
  /** Of the keyring that this device took last; missing where it never took one. */
  readonly pin?: KeyringPin
  /** Rounds of the derivation: fewer would be guessed, more would hang the device. Both bounds are good. */
  readonly iterations: { readonly least: number; readonly most: number }
}

export type KeyringVerdict =
  /** The one to be opened, and what is to be remembered once it did. */
  | { readonly kind: 'candidate'; readonly record: KeyringRecord; readonly pin: KeyringPin }
  /** Nobody has made one yet, as far as this device knows. */
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly reason: KeyringRefusal; readonly detail: string }

/**
 * `missing`: there was one, and the server shows none. `rolled-back`: the server shows an earlier one. `swapped`: it shows
 * another one in the place of one that was seen. `weak`: its passphrase could be guessed too soon, or never be tried.
 * `newer`: a newer release wrote it.
 */
export type KeyringRefusal = 'missing' | 'rolled-back' | 'swapped' | 'weak' | 'newer'

/**
 * Decides which of the entries at its place is the keyring of a space. Pure and total.
 *
 * It is the first one of the highest generation: so an earlier one that somebody says again changes nothing, nor does
 * what is no keyring. Whether it was made by somebody who knows the passphrase only shows once it is opened.
 *
 * @param entries - All that stand at the place, in order.
 * @see SPEC.md rules SEAL4, SEAL5, SEAL6
 */
export function judgeKeyring(
  entries: readonly KeyringText[],
  { space, pin, iterations }: KeyringContext,
): KeyringVerdict {
  let best: KeyringRecord | undefined
  let text = ''
  let newer = 0
  for (const entry of entries) {
    const reading = readKeyring(entry.text, space)
    if (reading.kind === 'newer') newer = Math.max(newer, reading.generation)
    if (reading.kind !== 'keyring' || reading.record.generation <= (best?.generation ?? 0)) continue
    best = reading.record
    text = entry.text
  }
  if (newer > (best?.generation ?? 0)) return refuse('newer')
  if (best === undefined) return pin === undefined ? { kind: 'none' } : refuse('missing')
  const found = { generation: best.generation, hash: hashText(text), text }
  if (pin !== undefined && found.generation < pin.generation) return refuse('rolled-back')
  if (found.generation === pin?.generation && found.hash !== pin.hash) return refuse('swapped')
  if (best.iterations < iterations.least || best.iterations > iterations.most) return refuse('weak')
  return { kind: 'candidate', record: best, pin: found }
}

const DETAILS: Readonly<Record<KeyringRefusal, string>> = {
  missing: 'the server no longer has the keys of this space, though this device has seen them',
  'rolled-back': 'the server shows earlier keys of this space than this device has seen',
  swapped: 'the server shows other keys of this space than this device has seen',
  weak: 'the keys of this space are protected by fewer or more rounds than this release accepts',
  newer: 'the keys of this space were written by a newer release',
}

function refuse(reason: KeyringRefusal): KeyringVerdict {
  return { kind: 'refused', reason, detail: DETAILS[reason] }
}
