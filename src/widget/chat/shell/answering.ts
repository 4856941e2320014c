import type { ChatFailure } from '../chat.ts'
import { answerTurn, type TurnEnd } from './answer-turn.ts'
import type { ChatOptions } from './chat-options.ts'
import type { ChatStore } from './chat-store.ts'
import type { ChatWorld } from './chat-world.ts'
import { failureOf } from './failure-of.ts'
import type { Unsaved } from './sender.ts'

export interface AnsweringParts {
  readonly options: ChatOptions
  readonly store: ChatStore
  readonly world: ChatWorld
  readonly unsaved: Unsaved
  readonly fail: (failure: ChatFailure) => void
  readonly isClosed: () => boolean
}

export interface Answering {
  /** False while there is no connection and the model needs one. */
  readonly canAsk: () => boolean
  /** One turn, shown as it comes; false if it failed, which is told. Never rejects. */
  readonly answer: () => Promise<boolean>
  /** Ends the turn that is under way, if any. */
  readonly stop: () => void
}

/** @see SPEC.md rules CHAT11, CHAT12 */
export function createAnswering(parts: AnsweringParts): Answering {
  const { options, store, world, unsaved, fail, isClosed } = parts
  const { dispatch } = store
  let abort = new AbortController()
  return {
    canAsk() {
      const model = options.model()
      return world.isOnline() || ('problem' in model ? false : !model.needsNetwork)
    },
    stop: () => abort.abort(),
    async answer() {
      abort = new AbortController()
      const { signal } = abort
      if (isClosed()) abort.abort()
      dispatch({ type: 'failure', failure: null })
      let end: TurnEnd
      try {
        end = await answerTurn({
          ...options,
          issueId: world.issueId,
          signal,
          show: (shown, id) => dispatch({ type: 'answer', answer: shown, id }),
          append: unsaved.append,
          told: (seq, text, outcome) => options.onNews?.({ type: 'answered', seq, text, outcome }),
        })
      } catch (thrown) {
        end = { kind: 'failed', failure: failureOf(thrown) }
      }
      dispatch({ type: 'answer', answer: null })
      if (end.kind === 'failed') fail(end.failure)
      return end.kind !== 'failed'
    },
  }
}
