import { SYNC_OFF, type SyncStatus } from '../protocol/sync.ts'

/** The status as it stands, told whenever something in it has changed. */
export interface StatusBoard {
  status(): SyncStatus
  set(change: { readonly [K in keyof SyncStatus]?: SyncStatus[K] | undefined }): void
  /** Something went wrong that is tried again. */
  fail(detail: string): void
}

/** @param onStatus - Called with a new value once for all that changes in one go. */
export function createStatusBoard(
  now: () => number,
  onStatus: (status: SyncStatus) => void,
): StatusBoard {
  let status: SyncStatus = SYNC_OFF
  let isDue = false
  const set: StatusBoard['set'] = (change) => {
    const isNew = Object.entries(change).some(
      ([key, value]) => status[key as keyof SyncStatus] !== value,
    )
    if (!isNew) return
    const next = { ...status, ...change }
    for (const key of ['reason', 'server', 'lastError', 'device'] as const) {
      if (next[key] === undefined) delete next[key]
    }
    status = next as SyncStatus
    if (isDue) return
    isDue = true
    queueMicrotask(() => {
      isDue = false
      onStatus(status)
    })
  }
  return {
    status: () => status,
    set,
    fail: (detail) => set({ lastError: { at: now(), detail } }),
  }
}
