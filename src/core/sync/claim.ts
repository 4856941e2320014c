import type { SessionRow } from '../session/session-row.ts'
import type { RecordOf } from './taking.ts'

/** How often a device that folds says so again, in milliseconds. */
export const CLAIM_RENEW_MS = 20_000

/**
 * Without being renewed for so long, in milliseconds, a claim of another device is taken for one that was left behind. It is
 * measured from when the claim came here: no clock of another device is asked.
 *
 * @see SPEC.md rule SYNC14
 */
export const CLAIM_STALE_MS = 60_000

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
