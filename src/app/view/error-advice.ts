import type { BackfoldErrorCode } from '../../core/backfold-error.ts'
import { isBackfoldError } from '../../core/backfold-error.ts'

/** Something that went wrong, for people: what, and what to do about it. */
export interface Problem {
  /** A Backfold code, or `FILE` for a session file that cannot be read. */
  readonly code: BackfoldErrorCode | 'FILE'
  readonly message: string
  readonly advice: string
}

const ADVICE: Readonly<Record<BackfoldErrorCode, string>> = {
  INVALID_INPUT: 'Nothing was changed. Correct the value and try again.',
  SESSION_NOT_FOUND: 'It is not stored in this browser any more. Start the session again.',
  CLOSED: 'Reload the page to open it again.',
  WORKER_LOST: 'The worker was restarted; what was appended is safe. Try again.',
  TIMED_OUT: 'The worker did not answer in time. Try again; reload if it stays away.',
  STORAGE_QUOTA_EXCEEDED: 'Nothing was written. Free space on the disk or clear this site’s data.',
  STORAGE_NEWER: 'A newer release wrote this data. Reload the page to get it.',
  STORAGE_BLOCKED: 'Close or reload the other tabs with this page.',
  STORAGE_LOST: 'The browser removed the stored data. Reload the page to begin anew.',
  STORAGE_LOCKED: 'Enter the passphrase to open what is stored.',
  WRONG_PASSPHRASE: 'Check the passphrase and try again. Without it nothing can be opened.',
  MODEL_UNAVAILABLE: 'The built-in summariser goes on by itself. Choose another model.',
  VERSION_MISMATCH: 'The page was updated meanwhile. Reload it.',
  INTERNAL: 'Nothing was changed. Please report it with this message.',
}

/**
 * Describes any thrown value. What is no Backfold error is shown as `INTERNAL`.
 *
 * @see SPEC.md rule APP33
 */
export function describeProblem(thrown: unknown): Problem {
  if (isBackfoldError(thrown) && thrown.code in ADVICE)
    return { code: thrown.code, message: thrown.message, advice: ADVICE[thrown.code] }
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return { code: 'INTERNAL', message, advice: ADVICE.INTERNAL }
}

/** Describes a session file that cannot be opened. */
export function describeFileProblem(name: string, thrown: unknown): Problem {
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  return {
    code: 'FILE',
    message: why.startsWith(name) ? why : `${name}: ${why}`,
    advice:
      'Sessions are read from OpenAI or Anthropic message arrays (.json, .json.gz) and Claude Code .jsonl files.',
  }
}
