import { SYNC_OFF, type SyncCredentials, type SyncStatus } from '../../src/protocol/sync.ts'
import type { SyncRunner } from '../../src/sync/sync-runner.ts'

/** A runner that does nothing but what a test says, and notes what it was asked. */
export interface FakeRunner extends SyncRunner {
  readonly asked: string[]
  readonly credentials: SyncCredentials[]
  tell(patch: Partial<SyncStatus>): void
}

/** @param remove - What comes of removing a device; it is done by default. */
export function createFakeRunner(
  first: Partial<SyncStatus> = {},
  remove: (device: string) => Promise<void> = async () => {},
): FakeRunner {
  const listeners = new Set<(status: SyncStatus) => void>()
  const asked: string[] = []
  const credentials: SyncCredentials[] = []
  let status: SyncStatus = { ...SYNC_OFF, phase: 'online', ...first }
  return {
    asked,
    credentials,
    status: () => status,
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell(patch) {
      status = { ...status, ...patch }
      for (const listener of listeners) listener(status)
    },
    retry: () => void asked.push('retry'),
    renew(given) {
      asked.push('renew')
      credentials.push(given)
    },
    async removeDevice(device, passphrase) {
      asked.push(`remove ${device}${passphrase === undefined ? '' : `, ${passphrase}`}`)
      await remove(device)
    },
    async skipMissing(session) {
      asked.push(`skip ${session}`)
    },
    async close() {
      asked.push('close')
    },
  }
}
