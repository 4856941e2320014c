import type { KeyringPin } from '../../core/sync/judge-keyring.ts'
import { KEYRING_PLACE, type KeyringRecord } from '../../core/sync/keyring-record.ts'
import { hashText } from '../../core/session/chain.ts'
import type { OutgoingEntry } from '../../core/ports/remote-log.ts'

/** A keyring as it goes to its place, and what is remembered of it. */
export function entryOfKeyring(
  record: KeyringRecord,
  id: string,
): { readonly entry: OutgoingEntry; readonly pin: KeyringPin } {
  const text = JSON.stringify(record)
  return {
    entry: entryOfText(text, id),
    pin: { generation: record.generation, hash: hashText(text), text },
  }
}

/** The text of a keyring as it goes to its place. */
export function entryOfText(text: string, id: string): OutgoingEntry {
  return { ...KEYRING_PLACE, id, bytes: new TextEncoder().encode(text) }
}
