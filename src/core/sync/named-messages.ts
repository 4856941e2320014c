import type { StoredMessage, SyncRecord } from './sync-record.ts'

/** Most messages that a record names as stored before it. As many may be lost in a row, and all of them are noticed. */
const MAX_NAMED = 4

/** A record as it is sent behind own messages that were not read back yet. */
export function nameStored(record: SyncRecord, stored: readonly StoredMessage[]): SyncRecord {
  return stored.length === 0 ? record : { ...record, prev: stored.slice(-MAX_NAMED) }
}
