import type { ChatFailure } from '../chat.ts'
import { newChat } from '../core/chat-core.ts'
import type { ChatOptions } from './chat-options.ts'
import { createChatStore, type ChatStore } from './chat-store.ts'
import { pageWorld, type ChatWorld } from './chat-world.ts'
import { failureOf } from './failure-of.ts'
import { createDraftKeeper, type DraftKeeper } from './keep-draft.ts'
import { createLogReader, type LogReader } from './log-reader.ts'
import { createUnsaved, type Unsaved } from './sender.ts'

/** What all parts of a chat stand on. */
export interface ChatBasis {
  readonly options: ChatOptions
  readonly session: ChatOptions['session']
  readonly database: string
  readonly world: ChatWorld
  readonly store: ChatStore
  readonly reader: LogReader
  readonly unsaved: Unsaved
  readonly keeper: DraftKeeper
  /** Shows and tells a failure; not once the chat is closed. */
  readonly fail: (failure: ChatFailure) => void
  /** Null for what failed, which is told. */
  readonly attempt: <T>(work: () => Promise<T>) => Promise<T | null>
  readonly isClosed: () => boolean
  readonly close: () => void
}

/** @see SPEC.md rule CHAT15 */
export function createBasis(options: ChatOptions): ChatBasis {
  const { session, database = 'backfold', world = pageWorld() } = options
  const store = createChatStore(newChat(session.state.get(), world.isOnline()), world)
  const { core, dispatch } = store
  const reader = createLogReader(session, core, dispatch)
  let isClosed = false
  const fail = (failure: ChatFailure): void => {
    if (isClosed) return
    dispatch({ type: 'failure', failure })
    options.onNews?.({ type: 'failed', failure })
  }
  return {
    options,
    session,
    database,
    world,
    store,
    reader,
    unsaved: createUnsaved({ session, reader }),
    keeper: createDraftKeeper(session, core, world),
    fail,
    async attempt(work) {
      try {
        return await work()
      } catch (thrown) {
        fail(failureOf(thrown))
        return null
      }
    },
    isClosed: () => isClosed,
    close() {
      isClosed = true
    },
  }
}
