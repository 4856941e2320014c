import type { Message, Seq } from '../../../core/session/message.ts'
import type { SessionState } from '../../../protocol/events.ts'
import type { ChatCore, ChatEvent } from '../core/chat-core.ts'
import { endOf, tellsNews } from '../core/loaded-log.ts'
import type { ChatSession } from './chat-options.ts'

/** Messages of the first slice, which is to be drawn fast, and of all others. */
const FIRST_SLICE = 50
const SLICE = 100

export interface LogReader {
  /**
   * Reads what is new since it was last read; calls that come meanwhile are joined.
   *
   * @param newest - A position that is known to be there, as the session's state may come later.
   */
  refresh(newest?: Seq): Promise<void>
  loadOlder(): Promise<void>
  /** Reads until a position is in what was read. */
  reach(seq: Seq): Promise<void>
  /** A range of the log, in slices; both ends are included. */
  range(from: Seq, to: Seq): Promise<readonly Message[]>
}

/** What of a session tells that messages left the active path. */
function inactiveOf({ newest, messages }: SessionState): number {
  return newest - messages
}

/**
 * Reads a log into a chat, slice by slice, newest first.
 *
 * @see SPEC.md rule CHAT2
 */
export function createLogReader(
  session: ChatSession,
  chat: () => ChatCore,
  dispatch: (event: ChatEvent) => void,
): LogReader {
  let isFirst = true
  let generation = -1
  let inactive = -1
  let moves = 0
  let mended = 0
  let settled: Seq = 0
  let running: Promise<void> | null = null
  let again = false
  let known = 0

  const newestNow = (): Seq => Math.max(known, session.state.get().newest)
  const slice = async (from: Seq, to: Seq): Promise<readonly Message[]> => {
    const read = await session.recall({ from, to })
    return read.kind === 'messages' ? read.messages : []
  }
  const readFirst = async (): Promise<void> => {
    const newest = newestNow()
    if (newest > 0) {
      const messages = await slice(Math.max(1, newest - FIRST_SLICE + 1), newest)
      dispatch({ type: 'read', slice: messages })
    }
    isFirst = false
  }
  const readNew = async (): Promise<void> => {
    for (;;) {
      const from = endOf(chat().log)
      const newest = newestNow()
      if (from > newest) return
      const messages = await slice(from, Math.min(newest, from + SLICE - 1))
      dispatch({ type: 'read', slice: messages })
      // What is not there yet comes with the next change.
      if (endOf(chat().log) === from) return
    }
  }
  /**
   * A branch leaves all messages above some position, so the first slice from the end without news is the last; where other
   * devices branch, what came meanwhile stays behind it.
   */
  const readLeft = async (isShared: boolean): Promise<void> => {
    const { from } = chat().log
    for (let to = endOf(chat().log) - 1; to >= from; to -= SLICE) {
      const messages = await slice(Math.max(from, to - SLICE + 1), to)
      if (!isShared && !tellsNews(chat().log, messages)) return
      dispatch({ type: 'read', slice: messages })
    }
  }
  /** Where other devices have written as well, what is not settled yet may have changed places. */
  const readMoved = async (from: Seq): Promise<void> => {
    const end = endOf(chat().log)
    for (let at = Math.max(chat().log.from, from); at < end; at += SLICE) {
      const messages = await slice(at, Math.min(end - 1, at + SLICE - 1))
      dispatch({ type: 'read', slice: messages })
    }
  }
  const readOnce = async (): Promise<void> => {
    const state = session.state.get()
    const isMended = (state.sync?.mended ?? 0) !== mended
    const hasMoved = (state.sync?.moves ?? 0) !== moves
    const hasLeft = inactiveOf(state) !== inactive
    if (isFirst) await readFirst()
    else if (isMended) await readMoved(1)
    else if (hasLeft) await readLeft(state.sync !== undefined)
    else if (hasMoved) await readMoved(settled + 1)
    inactive = inactiveOf(state)
    moves = state.sync?.moves ?? 0
    mended = state.sync?.mended ?? 0
    settled = state.sync?.confirmed ?? 0
    await readNew()
    if (state.generation === generation) return
    dispatch({ type: 'generations', generations: await session.generations() })
    generation = state.generation
  }
  const run = async (): Promise<void> => {
    do {
      again = false
      await readOnce()
    } while (again)
  }
  return {
    refresh(newest = 0) {
      known = Math.max(known, newest)
      again = true
      running ??= run().finally(() => {
        running = null
      })
      return running
    },
    async loadOlder() {
      const { from } = chat().log
      if (from <= 1) return
      dispatch({ type: 'read', slice: await slice(Math.max(1, from - SLICE), from - 1) })
    },
    async reach(seq) {
      for (let { from } = chat().log; from > Math.max(1, seq); from = chat().log.from) {
        await this.loadOlder()
        if (chat().log.from === from) return
      }
    },
    async range(from, to) {
      const messages: Message[] = []
      for (let at = Math.max(1, from); at <= to; at += SLICE) {
        const read = await slice(at, Math.min(to, at + SLICE - 1))
        if (read.length === 0) break
        messages.push(...read)
      }
      return messages
    },
  }
}
