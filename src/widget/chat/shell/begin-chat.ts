import { startsTurn } from '../../../core/session/message.ts'
import type { Message } from '../../../core/session/message.ts'
import { readDraft, readQueue } from '../core/host-texts.ts'
import type { ChatOptions } from './chat-options.ts'
import type { ChatStore } from './chat-store.ts'
import type { ChatWorld } from './chat-world.ts'
import { UNANSWERED } from './failure-of.ts'
import type { DraftKeeper } from './keep-draft.ts'
import type { LogReader } from './log-reader.ts'
import { lockName, type Sender } from './sender.ts'

export interface BeginParts {
  readonly session: ChatOptions['session']
  readonly store: ChatStore
  readonly world: ChatWorld
  readonly options: Pick<ChatOptions, 'onNews'>
  readonly database: string
  readonly reader: LogReader
  readonly keeper: DraftKeeper
  readonly sender: Sender
  readonly attempt: <T>(work: () => Promise<T>) => Promise<T | null>
  readonly newestActive: () => Message | undefined
  /** Nothing was written here yet. */
  readonly isUntouched: () => boolean
  readonly isClosed: () => boolean
}

/**
 * Reads what is kept and follows the session, the connection and the page from then on; returns the way to stop.
 *
 * @see SPEC.md rules CHAT2, CHAT9, CHAT12, CHAT14
 */
export function beginChat(parts: BeginParts): () => void {
  const { session, store, world, options, reader, keeper, sender, attempt } = parts
  const { dispatch } = store
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
  void attempt(() => takeUp(parts))
  return () => {
    for (const stop of stops) stop()
  }
}

/** Draft, queue, and an answer that a closed page left out. */
async function takeUp(parts: BeginParts): Promise<void> {
  const { session, store, world, database, reader, sender, newestActive } = parts
  const { core, dispatch } = store
  await reader.refresh()
  const { host } = await session.describe({})
  const { text, attachments } = readDraft(host)
  if (parts.isUntouched()) {
    if (text !== '') dispatch({ type: 'typed', draft: text })
    if (attachments.length > 0) dispatch({ type: 'attached', attachments })
  }
  if (readQueue(host).length > 0) {
    sender.pump()
    return
  }
  const newest = newestActive()
  const isOpen = newest?.role === 'tool' || (newest !== undefined && startsTurn(newest))
  if (!isOpen || sender.isBusy() || core().failure !== null) return
  // Another tab may be at it.
  const free = await world.lock(lockName(database, session.id)).tryRun(async () => {})
  const isStill = newestActive() === newest && !sender.isBusy() && !parts.isClosed()
  if (free !== null && isStill) dispatch({ type: 'failure', failure: UNANSWERED })
}
