import { isBackfoldError } from '../../core/backfold-error.ts'
import type { FoldJob } from '../../core/sync/fold-job.ts'
import type { SessionRow } from '../../core/session/session-row.ts'
import { failureText } from '../../engine/failure-text.ts'
import type { CompactOutcome } from '../../protocol/requests.ts'
import type { SyncStatus } from '../../protocol/sync.ts'
import type { FoldDesk } from './fold-desk.ts'

/** What came of a job. */
export type FoldOutcome =
  /** The remote log has the new head. */
  | { readonly kind: 'folded' }
  /** Somebody else's head stands: this worker was too late, or has stood still. */
  | { readonly kind: 'moved' }
  /** There is nothing to be done. */
  | { readonly kind: 'needless'; readonly reason: string }
  /** It can't be done by this worker, nor by another one. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It may be done at another time. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** It was begun too often and never ended: whoever tries it may end by it. */
  | { readonly kind: 'abandoned'; readonly reason: string }
  /** The worker ends. */
  | { readonly kind: 'stopped' }

/**
 * Folds the session of a desk once: reads it, folds it, and waits until the remote log has the new head, or another one.
 * What is written to the remote log is written by compare-and-swap alone, so a worker that stood still in the middle does
 * no harm when it goes on.
 *
 * @param signal - Ends it; what was not sent by then is never sent.
 * @see SPEC.md rules FLEET3, FLEET4, FLEET5
 */
export async function runFold(
  desk: FoldDesk,
  job: FoldJob,
  signal: AbortSignal,
): Promise<FoldOutcome> {
  const read = await settle(desk, signal, async ({ phase }) => phase === 'online')
  if (read !== undefined) return read
  const row = await desk.session()
  const early = judgeSession(desk.status(), row, job)
  if (early !== undefined || row === undefined) return early ?? GONE
  const folding = desk.fold(row.id, job.policy).then(judgeFold, failed)
  const folded = await Promise.race([folding, aborted(signal)])
  if (folded.kind !== 'applied') return folded
  const sent = await settle(desk, signal, async () => isSent(await desk.session()))
  if (sent !== undefined) return sent
  return judgeHead(row, await desk.session(), folded.generation)
}

/** Whether nothing of it is on its way. What was folded was marked as unsent in the same transaction. */
function isSent(row: SessionRow | undefined): boolean {
  return row?.sync === undefined || row.sync.unsent.length === 0
}

const GONE: FoldOutcome = { kind: 'needless', reason: 'the session is gone' }
const STOPPED: FoldOutcome = { kind: 'stopped' }

/** Why a session is not to be folded; undefined where it is. */
function judgeSession(
  { ignored }: SyncStatus,
  row: SessionRow | undefined,
  job: FoldJob,
): FoldOutcome | undefined {
  if (row === undefined && ignored === 0) return GONE
  if (row === undefined) {
    const how = job.grant ? 'and its grant does not open it' : 'and the job has no grant'
    return { kind: 'refused', reason: `the session is sealed, ${how}` }
  }
  if (row.sync?.lacks !== undefined) {
    return { kind: 'failed', reason: 'the server lacks messages of the session' }
  }
  return row.sync?.head.id === job.head
    ? undefined
    : { kind: 'needless', reason: 'the session was folded since' }
}

interface AppliedHere {
  readonly kind: 'applied'
  readonly generation: number
}

function judgeFold(outcome: CompactOutcome): FoldOutcome | AppliedHere {
  switch (outcome.kind) {
    case 'applied':
      return { kind: 'applied', generation: outcome.generation }
    case 'ready':
      return { kind: 'failed', reason: 'the candidate was not applied' }
    case 'skipped':
    case 'rejected':
      return { kind: 'needless', reason: outcome.reason }
    case 'abandoned':
    case 'failed':
      return { kind: 'failed', reason: outcome.reason }
  }
}

/** Whether the head that the remote log has now is the one that was made here. */
function judgeHead(
  before: SessionRow,
  after: SessionRow | undefined,
  generation: number,
): FoldOutcome {
  if (after?.sync === undefined) return GONE
  const { head } = after.sync
  if (head.id === before.sync?.head.id) return { kind: 'failed', reason: 'the fold was not taken' }
  // One of others gets another number here.
  return head.generation === generation ? { kind: 'folded' } : { kind: 'moved' }
}

/** Waits until all is as wanted, and looks again with every new status; an outcome where it never will be. */
function settle(
  desk: FoldDesk,
  signal: AbortSignal,
  isSettled: (status: SyncStatus) => Promise<boolean>,
): Promise<FoldOutcome | undefined> {
  return new Promise((resolve) => {
    let stop: () => void = () => undefined
    const end = (outcome: FoldOutcome | undefined): void => {
      stop()
      signal.removeEventListener('abort', onAbort)
      resolve(outcome)
    }
    const onAbort = (): void => end(STOPPED)
    const look = (status: SyncStatus): void => {
      if (status.phase === 'refused') {
        end({ kind: 'failed', reason: status.reason ?? 'the server refuses' })
        return
      }
      isSettled(status).then(
        (is) => (is ? end(undefined) : undefined),
        (failure: unknown) => end(failed(failure)),
      )
    }
    signal.addEventListener('abort', onAbort)
    stop = desk.watch(look)
    if (signal.aborted) onAbort()
    else look(desk.status())
  })
}

function aborted(signal: AbortSignal): Promise<FoldOutcome> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(STOPPED)
    signal.addEventListener('abort', () => resolve(STOPPED), { once: true })
  })
}

function failed(failure: unknown): FoldOutcome {
  // Whoever does it next has the same to go by.
  if (isBackfoldError(failure) && failure.code === 'INVALID_INPUT') {
    return { kind: 'refused', reason: failureText(failure) }
  }
  return { kind: 'failed', reason: failureText(failure) }
}
