import type { Session } from '../../client/session.ts'
import type { BackfoldError } from '../../core/backfold-error.ts'
import type { PolicyOptions } from '../../core/session/policy.ts'
import { useBackfold } from '../provider/use-backfold.ts'
import { valueKey } from '../view/value-key.ts'
import { useAnswer } from './use-answer.ts'

/** A session as far as it is open. */
export type SessionHandle = {
  /** Opens the session again after a failure. */
  readonly retry: () => void
} & (
  | { readonly status: 'idle' | 'opening'; readonly session: null; readonly error: null }
  | { readonly status: 'ready'; readonly session: Session; readonly error: null }
  | { readonly status: 'failed'; readonly session: null; readonly error: BackfoldError }
)

/**
 * Opens a session of the provider's Backfold, creating it on first use. When the id changes, the former session is
 * gone at once. Fails with the provider's error when there is nothing to open it in.
 *
 * @param id - Null for none; then it is `idle`.
 * @param options - Compared by value. When they change, they become the session's policy from then on, and the session
 * stays.
 * @see SPEC.md rules REACT5, REACT6
 */
export function useSession(id: string | null, options?: PolicyOptions): SessionHandle {
  const { backfold, error, retry: reopen } = useBackfold()
  const { settled, isAsking, again } = useAnswer(
    backfold,
    id === null ? null : JSON.stringify([id, valueKey(options)]),
    async (): Promise<Session | null> =>
      backfold === null || id === null ? null : backfold.session(id, options),
  )
  if (id === null) return { status: 'idle', session: null, error: null, retry: again }
  if (error !== null) return { status: 'failed', session: null, error, retry: reopen }
  if (settled?.kind === 'answer' && settled.value?.id === id)
    return { status: 'ready', session: settled.value, error: null, retry: again }
  return settled?.kind === 'failure' && !isAsking
    ? { status: 'failed', session: null, error: settled.error, retry: again }
    : { status: 'opening', session: null, error: null, retry: again }
}
