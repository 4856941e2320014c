import { BackfoldError, isBackfoldError, type BackfoldErrorCode } from '../core/backfold-error.ts'

/** What IndexedDB and Dexie call the failures that users of storage must expect. */
const CODES: Readonly<Record<string, BackfoldErrorCode>> = {
  QuotaExceededError: 'STORAGE_QUOTA_EXCEEDED',
  VersionError: 'STORAGE_NEWER',
  BlockedError: 'STORAGE_BLOCKED',
  DatabaseClosedError: 'STORAGE_LOST',
  InvalidStateError: 'STORAGE_LOST',
  UnknownError: 'STORAGE_LOST',
  NotFoundError: 'STORAGE_LOST',
  MissingAPIError: 'STORAGE_LOST',
  OpenFailedError: 'STORAGE_LOST',
}

const ADVICE: Readonly<Partial<Record<BackfoldErrorCode, string>>> = {
  STORAGE_QUOTA_EXCEEDED:
    'the disk quota of this origin is used up; nothing was written. Delete sessions or free disk space, then try again',
  STORAGE_NEWER: 'the stored sessions were written by a newer release; reload to get it',
  STORAGE_BLOCKED: 'another tab holds an older version of the database open; close or reload it',
  STORAGE_LOST: 'the browser closed or deleted the database; open Backfold again',
}

/** Turns a failure of storage into a `BackfoldError` with a code and a sentence on what to do. */
export function toStorageError(failure: unknown): BackfoldError {
  if (isBackfoldError(failure)) return failure
  for (const name of errorNames(failure)) {
    const code = CODES[name]
    if (code) return new BackfoldError(code, `${ADVICE[code] ?? ''} (${name})`)
  }
  const detail = failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure)
  return new BackfoldError('INTERNAL', `storage failed: ${detail}`)
}

/** Dexie wraps what happened: an `AbortError` whose `inner` is the quota, for example. */
function errorNames(failure: unknown): readonly string[] {
  const names: string[] = []
  let at: unknown = failure
  while (
    at instanceof Error ||
    (typeof DOMException !== 'undefined' && at instanceof DOMException)
  ) {
    names.push(at.name)
    at = 'inner' in at && at.inner !== at ? at.inner : undefined
    if (names.length > 5) break
  }
  // The innermost failure is the cause.
  return names.toReversed()
}
