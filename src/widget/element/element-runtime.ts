import { openBackfold, type OpenOptions } from '../../client/open-backfold.ts'
import type { Backfold, Observable, Session } from '../../client/session.ts'
import type { Chat } from '../chat/chat.ts'
import { asError } from '../view/as-error.ts'
import { sharedBackfold } from './shared-backfold.ts'

/** How far the session of an element is open. */
export type RuntimeState =
  | { readonly status: 'opening' }
  | { readonly status: 'failed'; readonly error: Error }
  | {
      readonly status: 'ready'
      readonly backfold: Backfold
      readonly session: Session
      readonly chat: Chat
    }

export interface Runtime {
  readonly state: Observable<RuntimeState>
  /** Opens again after a failure. */
  retry(): void
  close(): void
}

export interface RuntimeWish {
  readonly database: string
  readonly openOptions: OpenOptions
  /** The host's own; it is not closed with the element. */
  readonly backfold: Backfold | null
  readonly openSession: (backfold: Backfold) => Promise<Session>
  readonly makeChat: (session: Session, backfold: Backfold) => Chat
}

const OPENING: RuntimeState = { status: 'opening' }

/** Opens a session and its chat, and keeps them until it is closed. @see SPEC.md rules ELEM3, ELEM4 */
export function openRuntime(wish: RuntimeWish): Runtime {
  const watchers = new Set<() => void>()
  let state = OPENING
  let isClosed = false
  /** The attempt that counts: what an earlier one comes to is of no interest. */
  let attempt = 0

  const set = (next: RuntimeState): void => {
    state = next
    for (const watcher of [...watchers]) watcher()
  }
  const start = async (backfold: Backfold): Promise<void> => {
    const own = (attempt += 1)
    try {
      const session = await wish.openSession(backfold)
      if (isClosed || own !== attempt) return
      set({ status: 'ready', backfold, session, chat: wish.makeChat(session, backfold) })
    } catch (thrown) {
      if (!isClosed && own === attempt) set({ status: 'failed', error: asError(thrown) })
    }
  }
  const { release, retry } =
    wish.backfold === null ? hold(wish, start, set) : own(wish.backfold, start)
  return {
    state: {
      get: () => state,
      subscribe(watcher) {
        const one = (): void => watcher()
        watchers.add(one)
        return () => watchers.delete(one)
      },
    },
    retry() {
      if (state.status !== 'failed') return
      set(OPENING)
      retry()
    },
    close() {
      if (isClosed) return
      isClosed = true
      if (state.status === 'ready') state.chat.close()
      release()
    },
  }
}

interface Held {
  readonly release: () => void
  readonly retry: () => void
}

function own(backfold: Backfold, start: (backfold: Backfold) => Promise<void>): Held {
  void start(backfold)
  return { release: () => {}, retry: () => void start(backfold) }
}

function hold(
  { database, openOptions }: RuntimeWish,
  start: (backfold: Backfold) => Promise<void>,
  set: (state: RuntimeState) => void,
): Held {
  const opening = sharedBackfold(database)
  const letGo = opening.hold(() => openBackfold({ ...openOptions, name: database }))
  let current: Backfold | null = null
  const check = (): void => {
    const { status, backfold, error } = opening.state.get()
    if (status === 'failed') set({ status: 'failed', error })
    if (status !== 'ready' || backfold === current) return
    current = backfold
    void start(backfold)
  }
  const stop = opening.state.subscribe(check)
  check()
  return {
    release() {
      stop()
      letGo()
    },
    retry() {
      if (opening.state.get().status === 'failed') opening.retry()
      else if (current !== null) void start(current)
    },
  }
}
