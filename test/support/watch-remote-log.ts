import type { Following, RemoteEntry, RemoteLog } from '../../src/core/ports/remote-log.ts'

/** What a device that only listens got to know. */
export interface Watched extends Following {
  readonly entries: readonly RemoteEntry[]
  /** How often it was told that all was delivered. */
  caughtUp(): number
  ids(): readonly string[]
}

/** Follows a remote log and keeps what is delivered. */
export function watchRemoteLog(log: RemoteLog, after: number = 0): Watched {
  const entries: RemoteEntry[] = []
  let caughtUp = 0
  const following = log.follow(after, async (batch) => {
    entries.push(...batch.entries)
    if (batch.isCaughtUp) caughtUp += 1
  })
  return {
    entries,
    caughtUp: () => caughtUp,
    ids: () => entries.map(({ id }) => id),
    ended: following.ended,
    stop: () => following.stop(),
  }
}
