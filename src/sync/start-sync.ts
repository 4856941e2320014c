import type { Clock } from '../core/ports/clock.ts'
import type { Leases } from '../core/ports/leases.ts'
import type { Notice, Notices } from '../core/ports/notices.ts'
import type { Random } from '../core/ports/random.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { SyncJournal } from '../core/ports/sync-journal.ts'
import { createClaimBus, type ClaimChannel } from './claim-bus.ts'
import { createClaimLeases } from './claim-leases.ts'
import type { ConnectRemote } from './remote-connection.ts'
import { runPump, type RunningPump } from './run-pump.ts'
import type { SyncRunner } from './sync-runner.ts'
import { createSyncedStore } from './synced-store.ts'
import { createTabClaims } from './tab-claims.ts'

export interface SyncPorts {
  readonly store: SessionStore
  readonly leases: Leases
  readonly notices: Notices
  readonly clock: Clock
  readonly random: Random
  /** From 0 to 1, at random. */
  spread(): number
  readonly journal: SyncJournal
  /** To the other tabs of this browser. */
  readonly channel: ClaimChannel
}

export interface RunOptions {
  readonly connect: ConnectRemote
  /** What people call this device. */
  readonly deviceName: string
  /** Takes what is called with every session of which another tab wrote something. */
  onChanged?(listener: (session: string) => void): void
}

/** What an engine is given in the place of what was given here, and what one tab of a browser does for all. */
export interface StartedSync {
  readonly store: SessionStore
  readonly leases: Leases
  readonly notices: Notices
  /** Calls back with every session of which something was written here that is to be sent; returns the way to stop. */
  watchChanges(listener: (session: string) => void): () => void
  /**
   * Follows the remote log and sends what changes, until it is closed. In one tab at a time. Whatever goes wrong on the way
   * is in the status.
   */
  run(options: RunOptions): Promise<SyncRunner>
  close(): Promise<void>
}

/**
 * Puts the sync of one tab together.
 *
 * @see SPEC.md rules PUMP1–PUMP19
 */
export function startSync(ports: SyncPorts): StartedSync {
  const { store, random, journal, clock } = ports
  const bus = createClaimBus(ports.channel)
  const claims = createTabClaims(bus, clock, random.id())
  const notices = createSharedNotices(ports.notices)
  const watchers = new Set<(session: string) => void>()
  const newId = (): string => random.id()
  let running: RunningPump | undefined
  const reread = (session: string): void => {
    const pump = running
    if (!pump) return
    store.read({ session }).then(
      (read) => pump.changed(session, read.session),
      () => {},
    )
  }
  // An import writes beside the engine.
  const stopListening = ports.notices.listen(({ session, kind }) => {
    if (kind !== 'synced' && kind !== 'deleted') reread(session)
  })
  return {
    store: createSyncedStore(store, {
      newId,
      journal,
      onChanged(session, row) {
        running?.changed(session, row)
        for (const watcher of [...watchers]) watcher(session)
      },
    }),
    leases: createClaimLeases(ports.leases, claims),
    notices: notices.forEngine,
    watchChanges(listener) {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
    async run({ connect, deviceName, onChanged }) {
      const own = await runPump({
        ...ports,
        bus,
        notices: { post: notices.postHere },
        connect,
        deviceName,
        newId,
      })
      running = own
      onChanged?.(reread)
      bus.post({ kind: 'leading' })
      return {
        ...own.runner,
        async close() {
          if (running === own) running = undefined
          await own.runner.close()
        },
      }
    },
    async close() {
      stopListening()
      watchers.clear()
      claims.close()
      bus.close()
      await journal.close()
    },
  }
}

/** Notices that the engine of this tab hears too, where it is not the engine that posts them. */
function createSharedNotices(notices: Notices): {
  readonly forEngine: Notices
  postHere(notice: Notice): void
} {
  const listeners = new Set<(notice: Notice) => void>()
  return {
    forEngine: {
      post: (notice) => notices.post(notice),
      listen(listener) {
        listeners.add(listener)
        const stop = notices.listen(listener)
        return () => {
          listeners.delete(listener)
          stop()
        }
      },
      close: () => notices.close(),
    },
    postHere(notice) {
      notices.post(notice)
      for (const listener of [...listeners]) listener(notice)
    },
  }
}
