import { assessPressure } from '../../core/compaction/pressure.ts'
import type { Clock } from '../../core/ports/clock.ts'
import { calibratedContextTokens } from '../../core/session/calibrated-tokens.ts'
import type { SessionRow } from '../../core/session/session-row.ts'
import type { FoldOffered } from './offer-fold.ts'

/** How long one offer of a session is enough, in milliseconds: what has room in its queue is there by then. */
const ENOUGH_MS = 60_000

/** The same for one that workers have ended before without a new head: more of it would be of little use. */
const MUCH_LATER_MS = 60 * 60_000

/** Asks the fleet for folds as sessions grow. */
export interface FoldOffers {
  /** A session has changed. Cheap where nothing is due. */
  look(row: SessionRow): void
}

export interface FoldOffersPorts {
  readonly clock: Pick<Clock, 'now'>
  /** Undefined while there is nobody to ask. */
  offer(): ((row: SessionRow) => Promise<FoldOffered>) | undefined
  onRefused(detail: string): void
}

interface Offer {
  readonly head: string
  readonly at: number
  /** Jobs for that head that had a place in the queue. */
  readonly jobs: number
}

/** An offer that lies in the future because the clock jumped back is of no use to tell the time by. */
function isSoon({ at, jobs }: Offer, now: number): boolean {
  return at <= now && now - at < (jobs > 1 ? MUCH_LATER_MS : ENOUGH_MS)
}

/**
 * Offers a session that has passed its soft threshold: once for each head, and again where nothing came of it in a minute.
 * Where workers have ended a job for that head, and it was offered once more, it is offered again every hour.
 *
 * @see SPEC.md rule FLEET13
 */
export function createFoldOffers({ clock, offer, onRefused }: FoldOffersPorts): FoldOffers {
  const offered = new Map<string, Offer>()
  const ask = async (
    row: SessionRow,
    send: (row: SessionRow) => Promise<FoldOffered>,
    asked: Offer,
  ): Promise<void> => {
    const outcome = await send(row)
    // Whoever has the place now is not known to have failed.
    if (outcome.kind === 'already-queued') return
    if (outcome.kind === 'queued') {
      if (offered.get(row.id) === asked) offered.set(row.id, { ...asked, jobs: asked.jobs + 1 })
      return
    }
    offered.delete(row.id)
    if (outcome.kind === 'refused') onRefused(outcome.detail)
  }
  return {
    look(row) {
      const send = offer()
      const { policy, sync } = row
      if (!send || !sync || !policy.automatic) return
      const tokens = calibratedContextTokens(row)
      if (tokens < row.holdUntil || assessPressure(tokens, policy, row.headroom) === 'none') return
      const at = clock.now()
      const head = sync.head.id
      const last = offered.get(row.id)
      const before = last?.head === head ? last : undefined
      if (before && isSoon(before, at)) return
      const asked: Offer = { head, at, jobs: before?.jobs ?? 0 }
      offered.set(row.id, asked)
      ask(row, send, asked).catch(() => offered.delete(row.id))
    },
  }
}
