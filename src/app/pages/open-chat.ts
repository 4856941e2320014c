import type { Chat } from '../../widget/chat/chat.ts'
import { createChat } from '../../widget/chat/shell/create-chat.ts'
import { pageWorld } from '../../widget/chat/shell/chat-world.ts'
import { parseProvider, type Provider } from '../keep/app-settings.ts'
import { deskOf } from '../keep/desk.ts'
import type { Backfold, Session } from '../../client/session.ts'
import type { Keep } from '../keep/keep-world.ts'
import { SETTINGS_KEY } from '../keep/kept-session.ts'
import { answeringModel } from './answering-model.ts'

/** The chat of a kept session: who answers is looked up for each answer, in the session and then in the app. */
export function openChat(
  keep: Keep,
  backfold: Backfold,
  session: Session,
): { readonly chat: Chat; readonly settle: () => Promise<void> } {
  const hidden = new Set<() => void>()
  const world = pageWorld()
  const chat = createChat({
    session,
    model: () => {
      const provider = providerOf(keep, session)
      return answeringModel(provider, deskOf(keep).providerKeys.get(provider))
    },
    turn: backfold.turn,
    onNews: (news) => {
      if (news.type === 'failed') keep.errors.note({ code: 'ANSWER_FAILED' }, 'answering')
      if (news.type === 'sent' || news.type === 'answered') void keep.refresh()
    },
    world: {
      ...world,
      onHidden: (listener) => {
        hidden.add(listener)
        const stop = world.onHidden(listener)
        return () => {
          hidden.delete(listener)
          stop()
        }
      },
    },
  })
  return {
    chat,
    // A draft is stored when a page is hidden; this page is about to go as well.
    settle: async () => {
      for (const listener of hidden) listener()
      // Written after it, so that it is there as well.
      await session.describe({})
    },
  }
}

function providerOf(keep: Keep, session: Session): Provider {
  const own = parseProvider(session.state.get().details.host[SETTINGS_KEY])
  return own?.baseUrl ? own : keep.get().settings.provider
}
