import type { FoldPlace } from '../../core/ports/job-queue.ts'
import type { FoldJob } from '../../core/sync/fold-job.ts'
import type { SessionRow } from '../../core/session/session-row.ts'
import type { CompactOutcome } from '../../protocol/requests.ts'
import type { SyncStatus } from '../../protocol/sync.ts'
import type { Sealer } from '../sealer.ts'

/** One session on its own, read from the remote log for one job, with an engine over it. Nothing of it is kept. */
export interface FoldDesk {
  status(): SyncStatus
  /** Calls back with every new status; returns the way to stop. */
  watch(listener: (status: SyncStatus) => void): () => void
  /** The session as it is here; undefined while nothing of it was read. */
  session(): Promise<SessionRow | undefined>
  /**
   * Folds it and makes that its head here; the sync sends it.
   *
   * @throws BackfoldError `INVALID_INPUT` for what is no policy.
   */
  fold(session: string, policy: FoldJob['policy']): Promise<CompactOutcome>
  /** Ends at once, in the middle of a fold too. Never rejects. */
  close(): Promise<void>
}

export interface FoldDeskWish {
  readonly place: FoldPlace
  readonly sealer: Sealer
  /** Id under which the worker takes part; the same whenever the same job comes again. */
  readonly device: string
}

export type OpenFoldDesk = (wish: FoldDeskWish) => Promise<FoldDesk>
