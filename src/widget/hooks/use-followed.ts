import { useCallback, useEffect, useState } from 'react'
import type { Session } from '../../client/session.ts'
import type { BackfoldError } from '../../core/backfold-error.ts'
import type { SessionState } from '../../protocol/events.ts'
import { asError } from '../view/as-error.ts'
import { followSession } from './follow-session.ts'

/** Something of a session that is read again whenever it may have changed. */
export type Followed<T> = {
  readonly retry: () => void
} & (
  | { readonly status: 'idle' | 'reading'; readonly value: null; readonly error: null }
  | { readonly status: 'ready'; readonly value: T; readonly error: null }
  | { readonly status: 'failed'; readonly value: null; readonly error: BackfoldError }
)

/** How something of a session is read; the same object at every rendering. */
export interface Followable<T> {
  readonly read: (session: Session) => Promise<T>
  readonly revisionOf: (state: SessionState) => string
}

/** While an answer is under way its state changes often; more readings than this nobody would see. */
const GAP_MS = 100

interface Kept<T> {
  readonly session: Session
  readonly value: T | null
  readonly error: BackfoldError | null
}

/** Follows something of a session; nothing of a former session is ever given out. */
export function useFollowed<T>(session: Session | null, followable: Followable<T>): Followed<T> {
  const [attempt, setAttempt] = useState(0)
  const [kept, setKept] = useState<Kept<T> | null>(null)
  useEffect(() => {
    if (session === null) return undefined
    const { read, revisionOf } = followable
    const reading = { read: () => read(session), revisionOf, gapMs: GAP_MS }
    return followSession(session, reading, (settled) =>
      setKept(
        'thrown' in settled
          ? { session, value: null, error: asError(settled.thrown) }
          : { session, value: settled.value, error: null },
      ),
    )
  }, [session, followable, attempt])
  const retry = useCallback(() => {
    // A failure that is tried again is none until it has failed again.
    setKept((before) => (before?.error ? null : before))
    setAttempt((before) => before + 1)
  }, [])
  if (session === null) return { status: 'idle', value: null, error: null, retry }
  if (kept?.session !== session) return { status: 'reading', value: null, error: null, retry }
  if (kept.error !== null) return { status: 'failed', value: null, error: kept.error, retry }
  return kept.value === null
    ? { status: 'reading', value: null, error: null, retry }
    : { status: 'ready', value: kept.value, error: null, retry }
}
