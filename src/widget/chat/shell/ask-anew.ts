import { startsTurn } from '../../../core/session/message.ts'
import type { Message } from '../../../core/session/message.ts'
import { CUT_MARKS } from '../ask/cut-marks.ts'
import type { ChatSession } from './chat-options.ts'
import type { ChatStore } from './chat-store.ts'
import type { LogReader } from './log-reader.ts'
import { activeBelow, type Unsaved } from './sender.ts'

export interface AskerParts {
  readonly session: Pick<ChatSession, 'branch'>
  readonly store: ChatStore
  readonly reader: LogReader
  readonly unsaved: Unsaved
  /** Asks for an answer to what was said last; false if there is none. */
  readonly answer: () => Promise<boolean>
}

/** Ways to get an answer to what was said before; each is false if there is none. */
export interface Askers {
  readonly newestActive: () => Message | undefined
  /** Asks again for what has no answer; one that broke off is left behind. */
  readonly askAgain: () => Promise<boolean>
  /** Leaves the newest turn's answers behind and asks anew. */
  readonly answerAnew: () => Promise<boolean>
}

/** @see SPEC.md rules CHAT11, CHAT14 */
export function createAskers({ session, store, reader, unsaved, answer }: AskerParts): Askers {
  const { core, dispatch } = store
  const newestActive = (): Message | undefined =>
    core().log.messages.findLast(({ active }) => active)
  const findAsked = async (): Promise<Message | undefined> => {
    for (;;) {
      const { log } = core()
      const found = log.messages.findLast((message) => message.active && startsTurn(message))
      if (found !== undefined || log.from <= 1) return found
      await reader.loadOlder()
      if (core().log.from === log.from) return undefined
    }
  }
  return {
    newestActive,
    async askAgain() {
      await unsaved.flush()
      await reader.refresh()
      const newest = newestActive()
      if (newest === undefined) return true
      const last = newest.parts.at(-1)
      const isBroken = last?.type === 'text' && last.text === CUT_MARKS.failed
      if (newest.role === 'assistant' && !isBroken) {
        dispatch({ type: 'failure', failure: null })
        return true
      }
      if (newest.role === 'assistant') {
        await session.branch(await activeBelow(reader, newest.seq))
        await reader.refresh()
      }
      return answer()
    },
    async answerAnew() {
      await reader.refresh()
      const asked = await findAsked()
      if (asked === undefined) return true
      if (newestActive()?.seq !== asked.seq) await session.branch(asked.seq)
      await reader.refresh()
      return answer()
    },
  }
}
