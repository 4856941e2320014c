import type { SessionSummary } from '../../protocol/requests.ts'

/** Totals over sessions, from their list alone. @see SPEC.md rule HEALTH1 */
export function totalOf(sessions: readonly Pick<SessionSummary, 'messages' | 'tokens'>[]): {
  readonly messages: number
  readonly tokens: number
} {
  return {
    messages: sessions.reduce((total, one) => total + one.messages, 0),
    tokens: sessions.reduce((total, one) => total + one.tokens, 0),
  }
}
