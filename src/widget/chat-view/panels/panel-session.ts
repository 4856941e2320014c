import type { Session } from '../../../client/session.ts'
import { BackfoldError } from '../../../core/backfold-error.ts'
import type { ContextResult, RecallResult } from '../../../protocol/requests.ts'
import type { Chat } from '../../chat/chat.ts'

/**
 * A chat as the session that the blocks read: they ask for nothing but this. A chat answers null where something failed;
 * blocks are told by an error.
 */
export function panelSession(chat: Chat, notRead: string): Session {
  const known = <T>(answer: T | null): T => {
    if (answer === null) throw new BackfoldError('INTERNAL', notRead)
    return answer
  }
  const session: Pick<Session, 'id' | 'state' | 'context' | 'generations' | 'rollback' | 'recall'> =
    {
      id: chat.state.get().session.session,
      state: {
        get: () => chat.state.get().session,
        subscribe: (listener) => chat.state.subscribe(listener),
      },
      context: async <M>() => known(await chat.context()) as ContextResult<M>,
      generations: async () => [...known(await chat.generations())],
      rollback: async (n) => known(await chat.rollback(n)),
      recall: async (query): Promise<RecallResult> => {
        if (typeof query === 'string')
          return { kind: 'hits', hits: known(await chat.recall(query)) }
        if ('from' in query) {
          return { kind: 'messages', messages: known(await chat.messages(query.from, query.to)) }
        }
        throw new BackfoldError('INVALID_INPUT', notRead)
      },
    }
  return session as Session
}
