import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { LanguageModel, ModelReply, ModelRequest } from '../core/ports/language-model.ts'
import { failureText } from './failure-text.ts'

export interface AskOptions {
  readonly clock: Clock
  /** Longest time for one call, in milliseconds. */
  readonly timeoutMs: number
}

/** Characters of an answer per token allowed; a model that says more than that is stopped. */
const MAX_CHARACTERS_PER_TOKEN = 24
/** White space at the end of an answer, in characters, after which no word is expected any more. */
const MAX_BLANK = 400

/**
 * Asks a model and trusts it with nothing: it may throw, hang, never stop, or break its contract. Never rejects; once
 * the signal is aborted the answer is `aborted`, at once.
 *
 * An answer that grows beyond its bounds, or into blank space, is stopped and taken as far as it came.
 */
export async function askModel(
  model: LanguageModel,
  request: ModelRequest,
  signal: AbortSignalLike,
  { clock, timeoutMs }: AskOptions,
): Promise<ModelReply> {
  if (signal.aborted) return ABORTED
  const inner = new AbortController()
  const timer = new AbortController()
  const maxLength = Math.max(2_000, request.maxTokens * MAX_CHARACTERS_PER_TOKEN)
  let end: (reply: ModelReply) => void = () => {}
  const ended = new Promise<ModelReply>((resolve) => {
    end = resolve
  })
  const onAbort = (): void => end(ABORTED)
  signal.addEventListener('abort', onAbort, { once: true })
  const onText = (text: string): void => {
    if (typeof text !== 'string' || (text.length <= maxLength && !isBlank(text))) return
    end({ kind: 'answered', text: text.slice(0, maxLength), isWhole: false })
  }
  clock.delay(timeoutMs, timer.signal).then(
    () =>
      end({ kind: 'failed', code: 'timed-out', reason: `no answer within ${timeoutMs / 1_000} s` }),
    () => {},
  )
  generate(model, request, inner.signal, onText).then(end, (failure: unknown) =>
    end({ kind: 'failed', code: 'failed', reason: failureText(failure) }),
  )
  const reply = await ended
  timer.abort()
  signal.removeEventListener('abort', onAbort)
  // Whatever still runs is not waited for.
  inner.abort()
  return bounded(reply, maxLength)
}

const ABORTED: ModelReply = { kind: 'failed', code: 'aborted', reason: 'it was aborted' }

/** Makes a synchronous throw a rejection. */
async function generate(
  model: LanguageModel,
  request: ModelRequest,
  signal: AbortSignalLike,
  onText: (text: string) => void,
): Promise<ModelReply> {
  return model.generate(request, signal, onText)
}

/** A reply of the shape that the port promises, whatever came. */
function bounded(reply: unknown, maxLength: number): ModelReply {
  const fields: Partial<Record<string, unknown>> =
    typeof reply === 'object' && reply !== null ? { ...reply } : {}
  if (fields['kind'] === 'failed') return reply as ModelReply
  const text = fields['text']
  if (fields['kind'] !== 'answered' || typeof text !== 'string') {
    return { kind: 'failed', code: 'failed', reason: 'it answered nothing that is an answer' }
  }
  if (text.length <= maxLength) return reply as ModelReply
  return {
    ...(reply as ModelReply & { kind: 'answered' }),
    text: text.slice(0, maxLength),
    isWhole: false,
  }
}

/** Whether a text ends in nothing but space for long. */
function isBlank(text: string): boolean {
  if (text.length < MAX_BLANK) return false
  const end = text.slice(-MAX_BLANK)
  return end.trim() === ''
}
