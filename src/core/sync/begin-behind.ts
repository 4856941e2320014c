import type { SyncState } from './sync-state.ts'

/** What a session that was deleted leaves in the remote log to the next one of its name. */
export interface LeftBehind {
  /** Position of the deletion; 0 where there was none. */
  readonly position: number
  /** Position of the newest entry about heads, which the next one has to name; 0 for none. */
  readonly head: number
  /** The same about claims. */
  readonly claim: number
}

/**
 * A session of which nothing was taken in yet, as it begins behind what was left.
 *
 * @see SPEC.md rule SYNC27
 */
export function beginBehind(sync: SyncState, left: LeftBehind | undefined): SyncState {
  if (sync.cursor !== 0 || !left) return sync
  return {
    ...sync,
    ...(left.position === 0 ? {} : { since: left.position }),
    head: { ...sync.head, position: Math.max(sync.head.position, left.head) },
    claimedAt: Math.max(sync.claimedAt, left.claim),
  }
}
