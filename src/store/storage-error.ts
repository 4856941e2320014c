import { BackfoldError, isBackfoldError, type BackfoldErrorCode } from '../core/backfold-error.ts'

type StorageCode = Extract<BackfoldErrorCode, `STORAGE_${string}`>

/** What to do about each, in a sentence. */
export const ADVICE: Readonly<Record<StorageCode, string>> = {
  STORAGE_QUOTA_EXCEEDED:
    'the disk quota of this origin is used up; nothing was written. Delete sessions or free disk space, then try again',
  STORAGE_NEWER: 'the stored sessions were written by a newer release; reload to get it',
  STORAGE_BLOCKED: 'another tab holds an older version of the database open; close or reload it',
  STORAGE_LOCKED:
    'the encryption of the stored sessions was changed in another tab; open Backfold again, with the passphrase if there is one',
  STORAGE_LOST: 'the browser closed or deleted the database; open Backfold again',
}

/** What IndexedDB and Dexie call the failures that users of storage must expect. */
const CODES: Readonly<Record<string, StorageCode>> = {
  QuotaExceededError: 'STORAGE_QUOTA_EXCEEDED',
  VersionError: 'STORAGE_NEWER',
  BlockedError: 'STORAGE_BLOCKED',
  // A transaction that nobody here aborted: the browser did, when it closed the database.
  AbortError: 'STORAGE_LOST',
  DatabaseClosedError: 'STORAGE_LOST',
  InvalidStateError: 'STORAGE_LOST',
  UnknownError: 'STORAGE_LOST',
  NotFoundError: 'STORAGE_LOST',
  MissingAPIError: 'STORAGE_LOST',
  OpenFailedError: 'STORAGE_LOST',
}

/** Turns a failure of storage into a `BackfoldError` with a code and a sentence on what to do. */
export function toStorageError(failure: unknown): BackfoldError {
  if (isBackfoldError(failure)) return failure
  for (const name of errorNames(failure)) {
    const code = CODES[name]
    if (code) return new BackfoldError(code, `${ADVICE[code]} (${name})`)
  }
  const detail = failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure)
  return new BackfoldError('INTERNAL', `storage failed: ${detail}`)
}

/** Dexie's errors hold what happened in `inner`, or, of several writes at once, in `failures`. */
function innerOf(failure: Error | DOMException): unknown {
  if ('failures' in failure && Array.isArray(failure.failures)) return failure.failures[0]
  return 'inner' in failure && failure.inner !== failure ? failure.inner : undefined
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
    at = innerOf(at)
    if (names.length > 5) break
  }
  // The innermost failure is the cause.
  return names.toReversed()
}
