import { isBackfoldError } from '../../../core/backfold-error.ts'
import type { ChatFailure } from '../chat.ts'
import type { FailureCode, StoppedBy } from '../failure-code.ts'

/** What is too large to be kept while it waits. */
export const TOO_LARGE_TO_WAIT: ChatFailure = {
  code: 'too-large-to-wait',
  title: 'Too large to wait',
  advice: 'It stays in the composer. Send it when there is a connection and no answer on its way.',
  said: '',
  canRetry: false,
}

export const BUSY_ELSEWHERE: ChatFailure = {
  code: 'answer-under-way',
  title: 'An answer is on its way',
  advice: 'Wait until it is there, or stop it. It may be in another tab.',
  said: '',
  canRetry: false,
}

export const UNANSWERED: ChatFailure = {
  code: 'unanswered',
  title: 'There is no answer yet',
  advice: 'The page was closed before it came. Ask again.',
  said: '',
  canRetry: true,
}

/** A file that can't go along. */
export function refusedFile(code: FailureCode, name: string, reason: string): ChatFailure {
  const about = name.slice(0, 80)
  return { code, about, title: 'Not attached', advice: reason, said: '', canRetry: false }
}

/**
 * Whatever was thrown, in words.
 *
 * @see SPEC.md rule CHAT15
 */
export function failureOf(thrown: unknown): ChatFailure {
  const said = thrown instanceof Error ? thrown.message : String(thrown)
  const code = isBackfoldError(thrown) && isStopper(thrown.code) ? thrown.code : 'failed'
  return {
    code,
    title: code === 'failed' ? 'That did not work' : TITLES[code],
    advice: 'What was written before is safe. Try again; reload the page if that does not help.',
    said: said.slice(0, 600),
    canRetry: true,
  }
}

function isStopper(code: string): code is StoppedBy {
  return Object.hasOwn(TITLES, code)
}

const TITLES: Readonly<Record<StoppedBy, string>> = {
  CLOSED: 'The session is closed',
  SESSION_NOT_FOUND: 'The session is not there any more',
  STORAGE_QUOTA_EXCEEDED: 'The disk is full',
  STORAGE_BLOCKED: 'Another tab holds an older version',
  STORAGE_NEWER: 'A newer version wrote this session',
  STORAGE_LOST: 'The stored sessions were removed',
  STORAGE_LOCKED: 'The sessions are locked',
  TIMED_OUT: 'This took too long',
  WORKER_LOST: 'The background worker was restarted',
}
