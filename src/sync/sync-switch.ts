import { BackfoldError } from '../core/backfold-error.ts'
import type { Leases } from '../core/ports/leases.ts'
import type { Notice, Notices } from '../core/ports/notices.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import { oneByOne } from '../protocol/one-by-one.ts'
import { SYNC_OFF } from '../protocol/sync.ts'
import type { SyncDesk, SyncSetup, SyncSteering } from '../protocol/sync-desk.ts'

/** What sync stands in front of. */
export interface Unsynced {
  readonly store: SessionStore
  readonly leases: Leases
  readonly notices: Notices
}

/** Sync that is under way: what an engine works with meanwhile, and what it is steered by. */
export interface OpenedSync extends Unsynced {
  readonly steering: SyncSteering
}

/** Ports for an engine that can be synchronised, now or later. */
export interface SyncSwitch extends Unsynced {
  readonly desk: SyncDesk
  readonly sharing: { isActive(): boolean; foldsElsewhere(): boolean }
}

/**
 * Lets sync be begun and ended while an engine runs: its store, leases and notices are others from one call to the next.
 * Nothing of sync is loaded before it is begun.
 *
 * @param open - Loads what synchronises and begins.
 * @param meanwhile - What is written to while nothing is synchronised; that of `base` by default.
 * @see SPEC.md rules CSYNC4, CSYNC5
 */
export function createSyncSwitch(
  base: Unsynced,
  open: (setup: SyncSetup) => Promise<OpenedSync>,
  meanwhile: SessionStore = base.store,
): SyncSwitch {
  let opened: OpenedSync | undefined
  let isClosed = false
  let isFleets = false
  const watchers = new Set<() => void>()
  const inTurn = oneByOne()
  const idle = { ...base, store: meanwhile }
  const now = (): Unsynced => opened ?? idle
  const notices = switchNotices(now)
  const become = (next: OpenedSync | undefined): void => {
    opened = next
    notices.moved()
    for (const watcher of [...watchers]) watcher()
  }
  const end = async (): Promise<void> => {
    const former = opened
    if (!former) return
    become(undefined)
    await former.steering.close()
  }
  const begin = async (setup: SyncSetup): Promise<void> => {
    await end()
    if (isClosed) throw new BackfoldError('CLOSED', 'Backfold was closed')
    const next = await open(setup)
    next.steering.watch(() => {
      for (const watcher of [...watchers]) watcher()
    })
    isFleets = setup.fold === 'fleet'
    become(next)
  }
  return {
    store: switchStore(base.store, () => now().store),
    leases: {
      acquire: (session, signal) => now().leases.acquire(session, signal),
      isFree: (session) => now().leases.isFree(session),
    },
    notices,
    sharing: {
      isActive: () => opened !== undefined,
      foldsElsewhere: () => isFleets && opened?.steering.status().phase === 'online',
    },
    desk: {
      status: () => opened?.steering.status() ?? SYNC_OFF,
      watch(listener) {
        const own = (): void => listener()
        watchers.add(own)
        return () => watchers.delete(own)
      },
      begin: (setup) => inTurn(() => begin(setup)),
      end: () => inTurn(end),
      retry: async () => opened?.steering.retry(),
      renew: async (credentials) => opened?.steering.renew(credentials),
      removeDevice: async (device, passphrase) => opened?.steering.removeDevice(device, passphrase),
      skipMissing: async (session) => opened?.steering.skipMissing(session),
      async close() {
        isClosed = true
        watchers.clear()
        await inTurn(end)
      },
    },
  }
}

function switchStore(base: SessionStore, now: () => SessionStore): SessionStore {
  return {
    read: (query) => now().read(query),
    commit: (query, decide) => now().commit(query, decide),
    put: (rows, birth) => now().put(rows, birth),
    remove: (session, onGone, isMeant) => now().remove(session, onGone, isMeant),
    listSessions: () => now().listSessions(),
    listJobs: (most) => now().listJobs(most),
    ...(base.protect && { protect: base.protect }),
    close: () => base.close(),
  }
}

/** Whoever listens goes on listening, to those of the moment. */
function switchNotices(now: () => Unsynced): Notices & { moved(): void } {
  const stops = new Map<(notice: Notice) => void, () => void>()
  const follow = (listener: (notice: Notice) => void): void => {
    stops.get(listener)?.()
    stops.set(listener, now().notices.listen(listener))
  }
  return {
    post: (notice) => now().notices.post(notice),
    listen(listener) {
      const own = (notice: Notice): void => listener(notice)
      follow(own)
      return () => {
        stops.get(own)?.()
        stops.delete(own)
      }
    },
    close: () => now().notices.close(),
    moved() {
      for (const listener of [...stops.keys()]) follow(listener)
    },
  }
}
