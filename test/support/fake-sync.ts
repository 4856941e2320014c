import type { Sync } from '../../src/client/backfold-sync.ts'
import { SYNC_OFF, type SyncOptions, type SyncStatus } from '../../src/protocol/sync.ts'

/** A sync that does nothing but what a test says, and notes what it was asked. */
export interface FakeSync extends Sync {
  readonly asked: string[]
  readonly started: SyncOptions[]
  tell(patch: Partial<SyncStatus>): void
  /** Something of the session came from elsewhere. */
  arrive(session: string): void
}

/** @param first - Is told once it is started. */
export function createFakeSync(first: Partial<SyncStatus> = { phase: 'connecting' }): FakeSync {
  const asked: string[] = []
  const started: SyncOptions[] = []
  const watchers = new Set<() => void>()
  const listeners = new Set<(session: string) => void>()
  let status: SyncStatus = SYNC_OFF
  const set = (next: SyncStatus): void => {
    status = next
    for (const watcher of [...watchers]) watcher()
  }
  const note = async (what: string): Promise<void> => void asked.push(what)
  return {
    asked,
    started,
    status: {
      get: () => status,
      subscribe(watcher) {
        watchers.add(watcher)
        return () => watchers.delete(watcher)
      },
    },
    async start(options) {
      started.push(options)
      set({ ...SYNC_OFF, ...first })
    },
    async stop() {
      asked.push('stop')
      set(SYNC_OFF)
    },
    retry: () => note('retry'),
    renew: () => note('renew'),
    async removeDevice(id, { passphrase } = {}) {
      asked.push(`remove ${id}${passphrase === undefined ? '' : `, ${passphrase}`}`)
      const devices = status.devices.map((one) =>
        one.id === id ? { ...one, isRemoved: true } : one,
      )
      set({ ...status, devices })
    },
    skipMissing: (session) => note(`skip ${session}`),
    onChanged(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell: (patch) => set({ ...status, ...patch }),
    arrive(session) {
      for (const listener of [...listeners]) listener(session)
    },
  }
}
