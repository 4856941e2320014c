import { assessPressure } from '../../core/compaction/pressure.ts'
import type { Clock } from '../../core/ports/clock.ts'
import { calibratedContextTokens } from '../../core/session/calibrated-tokens.ts'
import type { SessionRow } from '../../core/session/session-row.ts'
import type { FoldOffered } from './offer-fold.ts'

/** How long one offer of a session is enough, in milliseconds: what has room in its queue is there by then. */
const ENOUGH_MS = 60_000

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

/**
 * Offers a session that has passed its soft threshold: once for each head, and again where nothing came of it in a minute.
 *
 * @see SPEC.md rule FLEET13
 */
export function createFoldOffers({ clock, offer, onRefused }: FoldOffersPorts): FoldOffers {
  const offered = new Map<string, { readonly head: string; readonly at: number }>()
  const ask = async (
    row: SessionRow,
    send: (row: SessionRow) => Promise<FoldOffered>,
  ): Promise<void> => {
    const outcome = await send(row)
    if (outcome.kind === 'queued' || outcome.kind === 'already-queued') return
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
      const last = offered.get(row.id)
      const at = clock.now()
      if (last?.head === sync.head.id && at - last.at < ENOUGH_MS) return
      offered.set(row.id, { head: sync.head.id, at })
      ask(row, send).catch(() => offered.delete(row.id))
    },
  }
}
