import { BackfoldError } from '../core/backfold-error.ts'
import type { Requests } from '../protocol/requests.ts'
import { SYNC_OFF } from '../protocol/sync.ts'
import type { SyncDesk } from '../protocol/sync-desk.ts'
import type { EnginePorts } from './engine-ports.ts'

type SyncMethod =
  'sync' | 'beginSync' | 'endSync' | 'retrySync' | 'renewSync' | 'removeSyncDevice' | 'skipMissing'

/** The requests about sync. */
export type SyncHandlers = {
  readonly [M in SyncMethod]: (params: Requests[M]['params']) => Promise<Requests[M]['result']>
}

/** @see SPEC.md rules CSYNC4, CSYNC5 */
export function createSyncHandlers({ sync }: Pick<EnginePorts, 'sync'>): SyncHandlers {
  const desk = (): SyncDesk => {
    if (sync) return sync
    throw new BackfoldError('INVALID_INPUT', 'this engine can’t be synchronised')
  }
  const running = (): SyncDesk => {
    if (sync && sync.status().phase !== 'off') return sync
    throw new BackfoldError(
      'INVALID_INPUT',
      'sync is off: there is nothing to renew, remove or skip',
    )
  }
  return {
    sync: async () => sync?.status() ?? SYNC_OFF,
    beginSync: ({ setup }) => desk().begin(setup),
    endSync: async () => sync?.end(),
    retrySync: async () => sync?.retry(),
    renewSync: async ({ credentials }) => running().renew(credentials),
    removeSyncDevice: async ({ device, passphrase }) => running().removeDevice(device, passphrase),
    skipMissing: async ({ session }) => running().skipMissing(session),
  }
}
