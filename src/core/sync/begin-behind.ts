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

/** Newest positions of a session's entries about heads and about claims; 0 for none. */
export type ChannelEnds = Omit<LeftBehind, 'position'>

/**
 * The newest positions of the channels in which only one may write at a time.
 *
 * @param entries - Ascending.
 */
export function channelEnds(entries: readonly TakenEntry[]): ChannelEnds {
  const newest = (wanted: Channel): number =>
    entries.findLast((entry) => {
      return ('record' in entry ? channelOf(entry.record) : entry.channel) === wanted
    })?.position ?? 0
  return { head: newest('heads'), claim: newest('claims') }
}

/**
 * A session as it stands behind what was left: where nothing of it was taken in yet, it begins there.
 *
 * @see SPEC.md rules SYNC11, SYNC27
 */
export function beginBehind(sync: SyncState, left: LeftBehind | undefined): SyncState {
  if (!left) return sync
  const begins = sync.cursor === 0 && left.position !== 0 && left.position !== sync.since
  return raise(begins ? { ...sync, since: left.position } : sync, left)
}

/**
 * What a compare-and-swap has to name, once entries are read again that stand before the cursor: one that nobody could read
 * came by before anything told of which session it was, and counts all the same.
 *
 * @see SPEC.md rule SYNC11
 */
export function countPassed(sync: SyncState, entries: readonly TakenEntry[]): SyncState {
  return raise(sync, channelEnds(entries.filter(({ position }) => position <= sync.cursor)))
}

/** The very same where it names them already. */
function raise(sync: SyncState, { head, claim }: ChannelEnds): SyncState {
  const position = Math.max(sync.head.position, head)
  const claimedAt = Math.max(sync.claimedAt, claim)
  const isKnown = position === sync.head.position && claimedAt === sync.claimedAt
  return isKnown ? sync : { ...sync, head: { ...sync.head, position }, claimedAt }
}
