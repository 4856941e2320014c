import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { SyncRecord } from './sync-record.ts'

/** Version of what devices tell each other. Whoever knows only older ones passes over what is of a newer one. */
export const RECORD_VERSION = 1

/** A record as it goes over the wire: JSON as UTF-8. {@link readRecord} reads it. */
export function writeRecord(record: SyncRecord): Uint8Array {
  // JSON escapes lone surrogates, so that every text comes back to the letter.
  return utf8ToBytes(JSON.stringify({ v: RECORD_VERSION, ...record }))
}
