import type { Chat } from '../chat.ts'
import { composedOf, type Composed } from '../core/chat-core.ts'
import { createAnswering } from './answering.ts'
import { createAskers } from './ask-anew.ts'
import { beginChat } from './begin-chat.ts'
import { createBasis } from './chat-basis.ts'
import { createCommands } from './chat-commands.ts'
import type { ChatOptions } from './chat-options.ts'
import { createComposing } from './composing.ts'
import { createDelivery } from './delivery.ts'
import { BUSY_ELSEWHERE } from './failure-of.ts'
import { createSender } from './sender.ts'

/**
 * A session with everything that a chat page does with it. Reads the newest messages at once; never rejects.
 *
 * @see SPEC.md rules CHAT1–CHAT17
 */
export function createChat(options: ChatOptions): Chat {
  const basis = createBasis(options)
  const { store, keeper, fail, attempt, isClosed } = basis
  const { core, dispatch } = store
  let hasTyped = false

  const { answer, stop, canAsk } = createAnswering(basis)
  const sent = (seq: number, text: string): void => options.onNews?.({ type: 'sent', seq, text })
  const sender = createSender({ ...basis, canAsk, answer, sent })
  const giveBack = (composed: Composed): void => {
    dispatch({ type: 'returned', composed })
    keeper.changed()
  }
  const deliver = createDelivery({ ...basis, sender, giveBack, stop })
  const isReadOnly = (): boolean => isClosed() || options.readOnly?.() === true
  const alone = async (work: () => Promise<boolean>): Promise<void> => {
    if (isReadOnly()) return
    const ran = await attempt(() => sender.alone(work))
    if (ran === false) fail(BUSY_ELSEWHERE)
  }
  const { newestActive, askAgain, answerAnew } = createAskers({ ...basis, answer })
  const isUntouched = (): boolean => !hasTyped && !isClosed()
  const end = beginChat({ ...basis, sender, newestActive, isUntouched })
  const onTyped = (): void => {
    hasTyped = true
    keeper.changed()
  }
  const { take } = sender
  return {
    state: store.state,
    ...createCommands(basis),
    ...createComposing({ ...basis, take, giveBack, isReadOnly, onTyped }),
    async send(text) {
      if (isReadOnly()) return
      const composed: Composed =
        text === undefined
          ? { ...composedOf(core()), draft: core().draft.trim() }
          : { draft: text.trim(), attachments: [], editing: null }
      const outgoing = { text: composed.draft, attachments: composed.attachments }
      if (outgoing.text === '' && outgoing.attachments.length === 0) return
      if (options.maySend?.(outgoing) === false) return
      if (text === undefined) {
        dispatch({ type: 'taken' })
        // Not at once: should the page die before the message is in the log, it is still there as the draft.
        keeper.changed()
      }
      await deliver(composed)
    },
    stop,
    retry: () => alone(askAgain),
    regenerate: () => alone(answerAnew),
    close() {
      if (isClosed()) return
      keeper.flush()
      basis.close()
      sender.close()
      stop()
      end()
    },
  }
}
