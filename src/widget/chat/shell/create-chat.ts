import type { Chat, ChatFailure } from '../chat.ts'
import { composedOf, newChat, type Composed } from '../core/chat-core.ts'
import { beginChat } from './begin-chat.ts'
import { createAskers } from './ask-anew.ts'
import { createAnswering } from './answering.ts'
import { createCommands } from './chat-commands.ts'
import { createDelivery } from './delivery.ts'
import { createComposing } from './composing.ts'
import type { ChatOptions } from './chat-options.ts'
import { createChatStore } from './chat-store.ts'
import { pageWorld } from './chat-world.ts'
import { BUSY_ELSEWHERE, failureOf } from './failure-of.ts'
import { createDraftKeeper } from './keep-draft.ts'
import { createLogReader } from './log-reader.ts'
import { createSender, createUnsaved } from './sender.ts'

/**
 * A session with everything that a chat page does with it. Reads the newest messages at once; never rejects.
 *
 * @see SPEC.md rules CHAT1–CHAT17
 */
export function createChat(options: ChatOptions): Chat {
  const { session, database = 'backfold' } = options
  const world = options.world ?? pageWorld()
  const store = createChatStore(newChat(session.state.get(), world.isOnline()), world)
  const { core, dispatch } = store
  const reader = createLogReader(session, core, dispatch)
  const unsaved = createUnsaved({ session, reader })
  const keeper = createDraftKeeper(session, core, world)
  let isClosed = false
  let hasTyped = false

  const fail = (failure: ChatFailure): void => {
    if (isClosed) return
    dispatch({ type: 'failure', failure })
    options.onNews?.({ type: 'failed', failure })
  }
  const attempt = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work()
    } catch (thrown) {
      fail(failureOf(thrown))
      return null
    }
  }
  const shared = { session, store, attempt, world, options }
  const answering = createAnswering({ ...shared, unsaved, fail, isClosed: () => isClosed })
  const { answer } = answering
  const sender = createSender({
    session,
    world,
    database,
    reader,
    canAsk: answering.canAsk,
    answer,
    fail,
    sent: (seq, text) => options.onNews?.({ type: 'sent', seq, text }),
  })

  const giveBack = (composed: Composed): void => {
    dispatch({ type: 'returned', composed })
    keeper.changed()
  }
  const deliver = createDelivery({ ...shared, sender, giveBack, fail, stop: answering.stop })
  const isReadOnly = (): boolean => isClosed || options.readOnly?.() === true
  const alone = async (work: () => Promise<boolean>): Promise<void> => {
    if (isReadOnly()) return
    const ran = await attempt(() => sender.alone(work))
    if (ran === false) fail(BUSY_ELSEWHERE)
  }
  const { newestActive, askAgain, answerAnew } = createAskers({
    session,
    store,
    reader,
    unsaved,
    answer,
  })

  const end = beginChat({
    ...shared,
    database,
    reader,
    keeper,
    sender,
    newestActive,
    isUntouched: () => !hasTyped && !isClosed,
    isClosed: () => isClosed,
  })
  const composing = createComposing({
    ...shared,
    fail,
    take: sender.take,
    giveBack,
    isReadOnly,
    onTyped: () => {
      hasTyped = true
      keeper.changed()
    },
  })
  return {
    state: store.state,
    ...createCommands({ ...shared, reader }),
    ...composing,
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
    stop: answering.stop,
    retry: () => alone(askAgain),
    regenerate: () => alone(answerAnew),
    close() {
      if (isClosed) return
      keeper.flush()
      isClosed = true
      sender.close()
      answering.stop()
      end()
    },
  }
}
