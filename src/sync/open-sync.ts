import type { SyncSetup } from '../protocol/sync-desk.ts'
import { createSharedSync, type SharedSyncPorts } from './shared-sync.ts'
import type { SyncParts } from './sync-parts.ts'
import type { OpenedSync } from './sync-switch.ts'

/**
 * Begins to synchronise in this tab: what is written is marked from now on, and one tab of the browser sends and follows.
 *
 * @see SPEC.md rules CSYNC11–CSYNC14
 */
export function openSync(
  setup: SyncSetup,
  parts: SyncParts,
  ports: Omit<SharedSyncPorts, 'run'>,
): OpenedSync {
  const shared = createSharedSync(setup, { ...ports, run: parts.run })
  const stopTelling = parts.watchChanges(shared.changed)
  const { store, leases, notices } = parts
  return {
    store,
    leases,
    notices,
    steering: {
      ...shared,
      async close() {
        stopTelling()
        await shared.close()
        await parts.close()
      },
    },
  }
}
