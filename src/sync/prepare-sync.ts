import type { Clock } from '../core/ports/clock.ts'
import type { Random } from '../core/ports/random.ts'
import type { SyncJournal } from '../core/ports/sync-journal.ts'
import type { ClaimChannel } from './claim-bus.ts'
import { connectSpace } from './connect-space.ts'
import { startSync } from './start-sync.ts'
import type { SyncParts } from './sync-parts.ts'
import type { Unsynced } from './sync-switch.ts'

export interface PreparePorts extends Unsynced {
  readonly clock: Clock
  readonly random: Random
  readonly journal: SyncJournal
  /** To the other tabs of this browser. */
  readonly channel: ClaimChannel
}

/** Puts what synchronises in front of what this tab or process has. */
export function prepareSync(ports: PreparePorts): SyncParts {
  const started = startSync({ ...ports, spread: Math.random })
  return {
    ...started,
    run: (setup, onChanged) =>
      started.run({ connect: connectSpace(setup, ports), deviceName: setup.deviceName, onChanged }),
  }
}
