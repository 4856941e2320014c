import type { Chat } from '../../widget/chat/chat.ts'
import { createChat } from '../../widget/chat/shell/create-chat.ts'
import { pageWorld } from '../../widget/chat/shell/chat-world.ts'
import { parseProvider, type AppSettings, type Provider } from '../keep/app-settings.ts'
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
      const provider = providerOf(session.state.get().details.host, keep.get().settings)
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
    settle: async () => {
      // What came of an answer is stored once it ends; left to itself it would be lost with the page.
      chat.stop()
      await untilAnswered(chat)
      // A draft is stored when a page is hidden; this page is about to go as well.
      for (const listener of hidden) listener()
      // Written after it, so that it is there as well.
      await session.describe({})
    },
  }
}

/** Resolves once no answer is on its way. */
function untilAnswered({ state }: Chat): Promise<void> {
  return new Promise((resolve) => {
    const look = (): boolean => state.get().answer === null
    if (look()) {
      resolve()
      return
    }
    const stop = state.subscribe(() => {
      if (!look()) return
      stop()
      resolve()
    })
  })
}

/** Who answers in a session: its own provider, else that of the app. */
export function providerOf(
  host: Readonly<Record<string, string>>,
  { provider }: Pick<AppSettings, 'provider'>,
): Provider {
  const own = parseProvider(host[SETTINGS_KEY])
  return own?.baseUrl ? own : provider
}
