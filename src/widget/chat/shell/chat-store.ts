import type { Observable } from '../../../client/session.ts'
import type { ChatState } from '../chat.ts'
import { createChatView, reduceChat, type ChatCore, type ChatEvent } from '../core/chat-core.ts'
import type { ChatWorld } from './chat-world.ts'

/** Least time between two drawings of an answer on its way, in milliseconds. */
const DRAW_MS = 40

export interface ChatStore {
  readonly state: Observable<ChatState>
  readonly core: () => ChatCore
  readonly dispatch: (event: ChatEvent) => void
}

/** Keeps what a chat knows, and tells of changes; those of an answer on its way not each for itself. */
export function createChatStore(first: ChatCore, { later }: Pick<ChatWorld, 'later'>): ChatStore {
  let core = first
  const view = createChatView()
  const listeners = new Set<() => void>()
  let cancel: (() => void) | null = null
  const tell = (): void => {
    cancel?.()
    cancel = null
    for (const listener of listeners) listener()
  }
  return {
    state: {
      get: () => view(core),
      subscribe(listener) {
        const own = (): void => listener()
        listeners.add(own)
        return () => listeners.delete(own)
      },
    },
    core: () => core,
    dispatch(event) {
      const next = reduceChat(core, event)
      if (next === core) return
      const isGrowth = core.answer?.phase === 'answering' && next.answer?.phase === 'answering'
      core = next
      if (event.type !== 'answer' || !isGrowth) tell()
      else cancel ??= later(tell, DRAW_MS)
    },
  }
}
