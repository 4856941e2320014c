import type { Session } from '../../client/session.ts'
import type { Context } from '../../core/session/context.ts'
import type { Followable, Followed } from './use-followed.ts'
import { useFollowed } from './use-followed.ts'

/** The context as the next turn would get it, followed. Only looks: nothing is adopted or folded by it. */
export function useContextEntries(session: Session | null): Followed<Context> {
  return useFollowed(session, CONTEXT)
}

const CONTEXT: Followable<Context> = {
  read: (session) => session.context({ adopt: false }),
  revisionOf: ({ generation, mark, newest, messages, budget, tokens, sync }) =>
    JSON.stringify([generation, mark, newest, messages, budget, tokens, sync?.moves]),
}
