import { startsTurn } from '../../../core/session/message.ts'
import type { Chat, ChatFailure } from '../chat.ts'
import { writtenAs } from '../core/attachments.ts'
import { composedOf, newChat, type Composed } from '../core/chat-core.ts'
import {
  addToHistory,
  historyTexts,
  ratingTexts,
  readDraft,
  readHistory,
  readQueue,
  type QueuedEntry,
} from '../core/host-texts.ts'
import { attachFiles } from './attach-files.ts'
import { createAskers } from './ask-anew.ts'
import { answerTurn, type TurnEnd } from './answer-turn.ts'
import { createCommands } from './chat-commands.ts'
import type { ChatOptions } from './chat-options.ts'
import { createChatStore } from './chat-store.ts'
import { pageWorld } from './chat-world.ts'
import { BUSY_ELSEWHERE, failureOf, TOO_LARGE_TO_WAIT, UNANSWERED } from './failure-of.ts'
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
  let abort = new AbortController()
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
  const canAsk = (): boolean => {
    const model = options.model()
    return world.isOnline() || ('problem' in model ? false : !model.needsNetwork)
  }
  const answer = async (): Promise<boolean> => {
    abort = new AbortController()
    const { signal } = abort
    if (isClosed) abort.abort()
    dispatch({ type: 'failure', failure: null })
    let end: TurnEnd
    try {
      end = await answerTurn({
        ...options,
        issueId: world.issueId,
        signal,
        show: (shown) => dispatch({ type: 'answer', answer: shown }),
        append: unsaved.append,
        told: (seq, text, outcome) => options.onNews?.({ type: 'answered', seq, text, outcome }),
      })
    } catch (thrown) {
      end = { kind: 'failed', failure: failureOf(thrown) }
    }
    dispatch({ type: 'answer', answer: null })
    if (end.kind === 'failed') fail(end.failure)
    return end.kind !== 'failed'
  }
  const sender = createSender({
    session,
    world,
    database,
    reader,
    canAsk,
    answer,
    fail,
    sent: (seq, text) => options.onNews?.({ type: 'sent', seq, text }),
  })

  const giveBack = (composed: Composed): void => {
    dispatch({ type: 'returned', composed })
    keeper.changed()
  }
  const deliver = async (composed: Composed): Promise<void> => {
    const { draft: text, attachments, editing: replaces } = composed
    const entry: QueuedEntry = { id: world.issueId(), text, attachments, at: world.now(), replaces }
    if (replaces !== null) abort.abort()
    dispatch({ type: 'failure', failure: null })
    try {
      if (await sender.send(entry)) return
      giveBack(composed)
      fail(TOO_LARGE_TO_WAIT)
    } catch (thrown) {
      giveBack(composed)
      fail(failureOf(thrown))
    }
  }
  const remember = (text: string): void => {
    const { host } = session.state.get().details
    const history = addToHistory(readHistory(host), text)
    session.describe({ host: historyTexts(history) }).catch(() => {})
  }
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

  const stops = [
    session.state.subscribe(() => {
      dispatch({ type: 'session', session: session.state.get() })
      void attempt(() => reader.refresh())
      if (readQueue(session.state.get().details.host).length > 0) sender.pump()
    }),
    session.on('applied', ({ generation }) => options.onNews?.({ type: 'folded', generation })),
    world.onConnection(() => {
      dispatch({ type: 'online', isOnline: world.isOnline() })
      sender.unblock()
      sender.pump()
    }),
    world.onHidden(keeper.flush),
  ]
  const open = async (): Promise<void> => {
    await reader.refresh()
    const { host } = await session.describe({})
    const kept = readDraft(host)
    if (!hasTyped && !isClosed) {
      if (kept.text !== '') dispatch({ type: 'typed', draft: kept.text })
      if (kept.attachments.length > 0) dispatch({ type: 'attached', attachments: kept.attachments })
    }
    if (readQueue(host).length > 0) {
      sender.pump()
      return
    }
    const newest = newestActive()
    const isOpen = newest?.role === 'tool' || (newest !== undefined && startsTurn(newest))
    if (!isOpen || sender.isBusy() || core().failure !== null) return
    const free = await world.lock(`backfold:${database}:chat:${session.id}`).tryRun(async () => {})
    if (free !== null && !sender.isBusy() && newestActive() === newest && !isClosed)
      dispatch({ type: 'failure', failure: UNANSWERED })
  }
  void attempt(open)

  const commands = createCommands({ session, store, reader, attempt })
  const chat: Chat = {
    state: store.state,
    ...commands,
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
      remember(composed.draft)
      await deliver(composed)
    },
    stop: () => abort.abort(),
    retry: () => alone(askAgain),
    regenerate: () => alone(answerAnew),
    edit(seq) {
      if (seq === null) {
        dispatch({ type: 'not-editing' })
        return
      }
      const message = core().log.messages.find((one) => one.seq === seq)
      if (message?.role !== 'user' || isReadOnly()) return
      dispatch({ type: 'editing', seq, ...writtenAs(message.parts, seq) })
    },
    setDraft(draft) {
      hasTyped = true
      dispatch({ type: 'typed', draft })
      keeper.changed()
    },
    async attach(files) {
      await attachFiles({ store, options, world, fail, attempt }, files)
      hasTyped = true
      keeper.changed()
    },
    detach(key) {
      dispatch({ type: 'detached', key })
      keeper.changed()
    },
    unqueue(key) {
      void attempt(async () => {
        const taken = await sender.take(key.replace(/^q/, ''))
        if (taken !== null)
          giveBack({ draft: taken.text, attachments: taken.attachments, editing: null })
      })
    },
    async rate(seq, rating) {
      await attempt(() => session.describe({ host: ratingTexts(seq, rating) }))
      options.onNews?.({ type: 'rated', seq, rating })
    },
    dismiss: () => dispatch({ type: 'failure', failure: null }),
    close() {
      if (isClosed) return
      keeper.flush()
      isClosed = true
      sender.close()
      abort.abort()
      for (const stop of stops) stop()
    },
  }
  return chat
}
