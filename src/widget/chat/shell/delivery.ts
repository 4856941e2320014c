import type { ChatFailure } from '../chat.ts'
import type { Composed } from '../core/chat-core.ts'
import { addToHistory, historyTexts, readHistory } from '../core/host-texts.ts'
import type { ChatSession } from './chat-options.ts'
import type { ChatStore } from './chat-store.ts'
import type { ChatWorld } from './chat-world.ts'
import { failureOf, TOO_LARGE_TO_WAIT } from './failure-of.ts'
import type { Sender } from './sender.ts'

export interface DeliveryParts {
  readonly session: Pick<ChatSession, 'state' | 'describe'>
  readonly store: ChatStore
  readonly world: Pick<ChatWorld, 'issueId' | 'now'>
  readonly sender: Sender
  readonly giveBack: (composed: Composed) => void
  readonly fail: (failure: ChatFailure) => void
  readonly stop: () => void
}

/** Sends what was written; what could not be sent comes back into the composer. @see SPEC.md rules CHAT12, CHAT15 */
export function createDelivery(parts: DeliveryParts): (composed: Composed) => Promise<void> {
  const { session, store, world, sender, giveBack, fail } = parts
  const remember = (text: string): void => {
    const history = addToHistory(readHistory(session.state.get().details.host), text)
    session.describe({ host: historyTexts(history) }).catch(() => {})
  }
  return async (composed) => {
    const { draft: text, attachments, editing: replaces } = composed
    const entry = { id: world.issueId(), text, attachments, at: world.now(), replaces }
    remember(text)
    // What is being answered is about to be left behind.
    if (replaces !== null) parts.stop()
    store.dispatch({ type: 'failure', failure: null })
    try {
      if (await sender.send(entry)) return
      giveBack(composed)
      fail(TOO_LARGE_TO_WAIT)
    } catch (thrown) {
      giveBack(composed)
      fail(failureOf(thrown))
    }
  }
}
