import type { Backfold, Session } from '../../client/session.ts'
import type { Draft } from '../../core/session/message.ts'
import type { Completion } from '../../widget/chat/ask/completion-stream.ts'
import { EMPTY_COMPLETION } from '../../widget/chat/ask/completion-stream.ts'
import type { Endpoint } from '../../widget/chat/ask/endpoint.ts'
import { providerOf } from '../../widget/chat/ask/endpoint.ts'
import type { LiveFailure } from '../../widget/chat/ask/live-failure.ts'
import { describeEmpty } from '../../widget/chat/ask/live-failure.ts'
import { CUT_MARKS } from '../../widget/chat/ask/cut-marks.ts'
import type { AnswerOutcome, FetchLike } from '../../widget/chat/ask/stream-answer.ts'
import { streamAnswer } from '../../widget/chat/ask/stream-answer.ts'

/** An answer on its way. */
export interface LiveAnswer {
  /** While `appending`, the text is among the messages already. */
  readonly phase: 'folding' | 'waiting' | 'answering' | 'appending'
  readonly completion: Completion
}

/** What a live host needs of its surroundings. */
export interface LiveWorld {
  readonly session: Pick<Session, 'context' | 'reportUsage'>
  /** Appends the answer to the log. */
  readonly append: (draft: Draft) => Promise<void>
  readonly fetchLike: FetchLike
  /** Makes a call to a provider as a turn: a summariser's call there gives way. */
  readonly turn: Backfold['turn']
  readonly isOnline: () => boolean
  readonly changed: () => void
  /** Told of Backfold's own errors; a failed answer is state, not an error. */
  readonly report: (error: unknown) => void
}

/** The part of a chat app that Backfold serves: asks the model with the session's context. */
export interface LiveHost {
  /** Answers what was said last. Asked again meanwhile, it answers once more afterwards. */
  ask(endpoint: Endpoint): void
  stop(): void
  answer(): LiveAnswer | null
  failure(): LiveFailure | null
}

/**
 * Asks for one answer at a time: context, request, stream, append, reported usage. What arrived of a
 * stopped or broken answer is appended too, marked, because the person has read it.
 *
 * @see SPEC.md rules APP43–APP46, APP101
 */
export function createLiveHost(world: LiveWorld): LiveHost {
  let answer: LiveAnswer | null = null
  let failure: LiveFailure | null = null
  let again: Endpoint | null = null
  let abort = new AbortController()

  const set = (next: LiveAnswer | null): void => {
    answer = next
    world.changed()
  }

  const answerOnce = async (endpoint: Endpoint): Promise<void> => {
    failure = null
    abort = new AbortController()
    set({ phase: 'folding', completion: EMPTY_COMPLETION })
    const { messages } = await world.session.context({ format: 'openai' })
    if (abort.signal.aborted) return
    set({ phase: 'waiting', completion: EMPTY_COMPLETION })
    const { signal } = abort
    const onProgress = (completion: Completion): void => set({ phase: 'answering', completion })
    const request = { endpoint, messages, signal, onProgress }
    const outcome = await world.turn(providerOf(endpoint), () =>
      streamAnswer(request, world.fetchLike, world.isOnline),
    )
    if (outcome.kind === 'failed') failure = outcome.failure
    const draft = answerDraft(outcome)
    set({ phase: 'appending', completion: outcome.completion })
    if (draft !== null) await world.append(draft)
    else if (outcome.kind === 'finished') failure = describeEmpty(outcome.completion.finishReason)
    const { inputTokens } = outcome.completion
    if (inputTokens !== null)
      await world.session.reportUsage({ inputTokens, model: endpoint.model.trim() })
  }

  const run = async (endpoint: Endpoint): Promise<void> => {
    try {
      await answerOnce(endpoint)
    } catch (error) {
      world.report(error)
    }
    const next = failure === null && !abort.signal.aborted ? again : null
    again = null
    set(null)
    if (next !== null) void run(next)
  }

  return {
    ask(endpoint) {
      if (answer !== null) again = endpoint
      else void run(endpoint)
    },
    stop: () => abort.abort(),
    answer: () => answer,
    failure: () => failure,
  }
}

/** The message to append for an answer; null if nothing of it arrived. */
function answerDraft(outcome: AnswerOutcome): Draft | null {
  const { text } = outcome.completion
  if (text === '') return null
  const mark = outcome.kind === 'finished' ? null : CUT_MARKS[outcome.kind]
  const parts = [text, ...(mark === null ? [] : [mark])]
  return { role: 'assistant', parts: parts.map((part) => ({ type: 'text', text: part })) }
}
