import { channelOf, type Channel } from './sync-record.ts'
import type { SyncState } from './sync-state.ts'
import type { TakenEntry } from './take-query.ts'

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
 * A session as it stands behind what was left: where nothing of it was taken in yet, it begins there.
 *
 * @see SPEC.md rules SYNC11, SYNC27
 */
export function beginBehind(sync: SyncState, left: LeftBehind | undefined): SyncState {
  if (!left) return sync
  const begins = sync.cursor === 0 && left.position !== 0 && left.position !== sync.since
  const position = Math.max(sync.head.position, left.head)
  const claimedAt = Math.max(sync.claimedAt, left.claim)
  if (!begins && position === sync.head.position && claimedAt === sync.claimedAt) return sync
  return {
    ...sync,
    ...(begins ? { since: left.position } : {}),
    head: { ...sync.head, position },
    claimedAt,
  }
}

/**
 * What a compare-and-swap has to name, once entries are read again that stand before the cursor: one that nobody could read
 * came by before anything told of which session it was, and counts all the same.
 *
 * @see SPEC.md rule SYNC11
 */
export function countPassed(sync: SyncState, entries: readonly TakenEntry[]): SyncState {
  const newest = (wanted: Channel, from: number): number =>
    entries.reduce((most, entry) => {
      const channel = 'record' in entry ? channelOf(entry.record) : entry.channel
      const counts = channel === wanted && entry.position <= sync.cursor
      return counts ? Math.max(most, entry.position) : most
    }, from)
  const position = newest('heads', sync.head.position)
  const claimedAt = newest('claims', sync.claimedAt)
  const isKnown = position === sync.head.position && claimedAt === sync.claimedAt
  return isKnown ? sync : { ...sync, head: { ...sync.head, position }, claimedAt }
}
