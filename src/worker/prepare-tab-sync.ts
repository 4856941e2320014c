import { openDexieSyncJournal } from '../store/dexie-sync-journal.ts'
import { isClaimSignal } from '../sync/claim-bus.ts'
import { prepareSync } from '../sync/prepare-sync.ts'
import type { SyncParts } from '../sync/sync-parts.ts'
import type { Unsynced } from '../sync/sync-switch.ts'
import { openChannel } from '../tabs/open-channel.ts'
import { systemClock } from '../tabs/system-clock.ts'

/** Puts what synchronises in front of what this tab has. */
export async function prepareTabSync(base: Unsynced, database: string): Promise<SyncParts> {
  return prepareSync({
    ...base,
    clock: systemClock,
    random: { id: () => crypto.randomUUID() },
    journal: openDexieSyncJournal({ name: database }),
    channel: openChannel(`backfold:${database}:claims:v1`, isClaimSignal),
  })
}
