import type { Session } from '../../client/session.ts'
import type { SessionState } from '../../protocol/events.ts'
import { useObservable } from './use-observable.ts'

/**
 * The session at a glance, always up to date: tokens by category, generation, job, what happens next, health.
 * Null while there is no session.
 *
 * @see SPEC.md rule REACT7
 */
export function useContextState(session: Session): SessionState
export function useContextState(session: Session | null): SessionState | null
export function useContextState(session: Session | null): SessionState | null {
  return useObservable(session === null ? null : session.state)
}
