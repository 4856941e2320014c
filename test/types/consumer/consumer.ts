/** What a host writes. Compiled against the packed package, never against the source. */
import { BackfoldError, isBackfoldError, type BackfoldErrorCode } from 'backfold'

export const code: BackfoldErrorCode = 'TIMED_OUT'

export function explain(error: unknown): string {
  return isBackfoldError(error) ? error.code : new BackfoldError('INTERNAL', 'unknown').message
}

// @ts-expect-error A code that does not exist.
export const wrong: BackfoldErrorCode = 'NO_SUCH_CODE'

/** Every entry, so that each declaration is read. */
export type Entries = [
  typeof import('backfold'),
  typeof import('backfold/adapters'),
  typeof import('backfold/engine'),
  typeof import('backfold/worker'),
]
