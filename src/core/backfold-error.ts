/**
 * Stable codes of everything Backfold throws. Callers branch on these; messages are for people and
 * may change. Expected outcomes (a stale candidate, no cut to make) are return values, never errors.
 *
 * | code | when | what to do |
 * |---|---|---|
 * | `INVALID_INPUT` | an argument has the wrong shape or is out of bounds; nothing was changed | correct the call |
 * | `SESSION_NOT_FOUND` | the session, generation or artifact asked for does not exist | check the id |
 * | `CLOSED` | a call after `close()` | open again |
 * | `WORKER_LOST` | the worker died while the call was in flight and the call is not safe to repeat; when opening: it can't be started, because its files are not found, not allowed or of another origin | call again: the worker is restarted; when opening: see `workerUrl` |
 * | `TIMED_OUT` | no answer within the deadline | call again, or raise `deadlineMs` |
 * | `STORAGE_QUOTA_EXCEEDED` | the origin's disk quota is used up; nothing was written | free space, or call `navigator.storage.persist()` |
 * | `STORAGE_NEWER` | the database was written by a newer release | reload to get the newer release |
 * | `STORAGE_BLOCKED` | another tab holds an older database open | close or reload the other tabs |
 * | `STORAGE_LOST` | the database was deleted or closed under us | open again |
 * | `STORAGE_LOCKED` | the stored sessions are encrypted, and no passphrase was given, or another tab has just turned encryption on or off | open with the passphrase |
 * | `WRONG_PASSPHRASE` | the stored sessions are encrypted with another passphrase | ask for it again |
 * | `MODEL_UNAVAILABLE` | a tokenizer or summariser that was asked for could not be loaded | choose another |
 * | `VERSION_MISMATCH` | page and worker come from different releases | reload the page |
 * | `INTERNAL` | a bug in Backfold; nothing was changed | please report it |
 */
export type BackfoldErrorCode =
  | 'INVALID_INPUT'
  | 'SESSION_NOT_FOUND'
  | 'CLOSED'
  | 'WORKER_LOST'
  | 'TIMED_OUT'
  | 'STORAGE_QUOTA_EXCEEDED'
  | 'STORAGE_NEWER'
  | 'STORAGE_BLOCKED'
  | 'STORAGE_LOST'
  | 'STORAGE_LOCKED'
  | 'WRONG_PASSPHRASE'
  | 'MODEL_UNAVAILABLE'
  | 'VERSION_MISMATCH'
  | 'INTERNAL'

/** The form in which an error crosses a thread: plain data, because structured clone drops the rest. */
export interface WireError {
  readonly code: BackfoldErrorCode
  readonly message: string
}

/**
 * The only error class Backfold throws. Test with {@link isBackfoldError}: `instanceof` fails across
 * bundles and threads.
 */
export class BackfoldError extends Error {
  override readonly name = 'BackfoldError'
  readonly code: BackfoldErrorCode

  constructor(code: BackfoldErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Whether a value is a {@link BackfoldError} of this or any other copy of the library. */
export function isBackfoldError(value: unknown): value is BackfoldError {
  return value instanceof Error && value.name === 'BackfoldError' && 'code' in value
}
