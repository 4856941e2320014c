import type { Sync } from '../../client/backfold-sync.ts'
import { SYNC_OFF, type SyncStatus } from '../../protocol/sync.ts'
import { useBackfold } from '../provider/use-backfold.ts'
import { useAnswer } from './use-answer.ts'
import { useObservable } from './use-observable.ts'

/** Sync as it stands, and what it is steered by. */
export interface SyncHandle {
  /** `off` until it is known. */
  readonly status: SyncStatus
  /** Null until Backfold is open. */
  readonly sync: Sync | null
}

/** The sync of the provider's Backfold, drawn anew whenever anything about it changes. */
export function useSync(): SyncHandle {
  const { backfold } = useBackfold()
  const { settled } = useAnswer(
    backfold,
    'sync',
    async (): Promise<Sync | null> => backfold?.sync() ?? null,
  )
  const sync = settled?.kind === 'answer' ? settled.value : null
  const status = useObservable(sync?.status ?? null)
  return { status: status ?? SYNC_OFF, sync }
}
