import type { SessionRow } from '../session/session-row.ts'
import type { RecordOf } from './taking.ts'
import type { Claim, SyncState } from './sync-state.ts'

/** How often a device that folds says so again, in milliseconds. */
export const CLAIM_RENEW_MS = 20_000

/** Without being renewed for so long, in milliseconds, a claim of another device is taken for one that was left behind. */
export const CLAIM_STALE_MS = 60_000

/** A claim as this device has seen it. */
export interface SeenClaim {
  readonly claim: Claim
  /** When it came here, by this device's own clock, which never jumps, in milliseconds. */
  readonly since: number
}

export type ClaimVerdict = 'free' | 'ours' | 'held' | 'stale'

/**
 * Whether a session may be claimed: by whom it is, and for how long that was not renewed here. No clock of another device
 * is asked.
 *
 * @param now - By the clock of {@link SeenClaim.since}.
 * @see SPEC.md rule SYNC14
 */
export function judgeClaim(seen: SeenClaim | undefined, device: string, now: number): ClaimVerdict {
  if (!seen) return 'free'
  if (seen.claim.device === device) return 'ours'
  return now - seen.since >= CLAIM_STALE_MS ? 'stale' : 'held'
}

/**
 * The claim as seen now: another id begins its time anew.
 *
 * @param now - By this device's own clock, which never jumps, in milliseconds.
 */
export function seeClaim(
  before: SeenClaim | undefined,
  claim: SyncState['claim'],
  now: number,
): SeenClaim | undefined {
  if (!claim) return undefined
  return before?.claim.id === claim.id ? before : { claim, since: now }
}

/** What a device says that begins to fold a session, goes on with it or ends. Expected behind `row.sync.claimedAt`. */
export function claimRecord(
  { id: session, sync }: Pick<SessionRow, 'id' | 'sync'>,
  said: {
    readonly id: string
    readonly device: string
    readonly name: string
    readonly state: 'held' | 'free'
  },
): RecordOf<'claim'> {
  const { device } = said
  const { confirmed = 0, since } = sync ?? {}
  const known = { confirmed, ...(since === undefined ? {} : { since }) }
  return { kind: 'claim', session, by: device, ...known, ...said }
}
