import type { OutgoingEntry } from '../core/ports/remote-log.ts'
import { channelOf, type SyncRecord } from '../core/sync/sync-record.ts'
import { writeRecord } from '../core/sync/write-record.ts'
import type { Tokens } from './open-entries.ts'
import type { Sealer } from './sealer.ts'

export interface PackPorts {
  readonly sealer: Pick<Sealer, 'seal' | 'nameEntry'>
  readonly tokens: Tokens
}

/** Makes an entry of a record: sealed, for its place. */
export async function packRecord(
  { sealer, tokens }: PackPorts,
  record: SyncRecord,
): Promise<OutgoingEntry> {
  const place = { token: await tokens.of(record.session), channel: channelOf(record) }
  const id = await sealer.nameEntry(place, record.id)
  const bytes = await sealer.seal(place, id, writeRecord(record))
  return { ...place, id, bytes }
}
