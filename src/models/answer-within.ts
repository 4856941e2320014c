import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { ModelReply } from '../core/ports/language-model.ts'
import { failureText } from '../engine/failure-text.ts'

/** What ends a call from outside. */
export interface CallLimits {
  readonly signal: AbortSignalLike
  /** Aborted when the model is closed. */
  readonly closed: AbortSignal
  /** Longest wait for the whole answer, in milliseconds; without end if missing. */
  readonly timeoutMs?: number
}

/** What a call is given to do its work. */
export interface CallTools {
  /** Aborted when the answer is needed no more, also because its time is over. */
  readonly signal: AbortSignal
  /** Tells the text so far; silent once the call has ended. */
  readonly tell: (text: string) => void
}

/**
 * Runs a call of a model until it answers or is ended: a call that is aborted answers at once, whatever the
 * model does. Never rejects.
 *
 * @see SPEC.md rule PAGE3
 */
export function answerWithin(
  limits: CallLimits,
  work: (tools: CallTools) => Promise<ModelReply>,
  onText: (text: string) => void = () => {},
): Promise<ModelReply> {
  const { signal: outer, closed, timeoutMs } = limits
  // A signal that was aborted before it is listened to stays silent.
  if (outer.aborted) return Promise.resolve(ABORTED)
  if (closed.aborted) return Promise.resolve(CLOSED)
  return new Promise((resolve) => {
    const inner = new AbortController()
    const end = (reply: ModelReply): void => {
      if (inner.signal.aborted) return
      clearTimeout(timer)
      outer.removeEventListener('abort', onAbort)
      closed.removeEventListener('abort', onClosed)
      resolve(reply)
      inner.abort(new DOMException('the call has ended', 'AbortError'))
    }
    const onAbort = (): void => end(ABORTED)
    const onClosed = (): void => end(CLOSED)
    const onTimeout = (): void =>
      end(failed('timed-out', `no answer within ${(timeoutMs ?? 0) / 1_000} s`))
    const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs)
    outer.addEventListener('abort', onAbort, { once: true })
    closed.addEventListener('abort', onClosed, { once: true })
    const tell = (text: string): void => {
      if (inner.signal.aborted) return
      try {
        onText(text)
      } catch {
        // Whoever listens can't break an answer.
      }
    }
    startWork(work, { signal: inner.signal, tell }).then(end, (failure: unknown) =>
      end(failed('failed', failureText(failure))),
    )
  })
}

/** Turns what a work throws before it is asynchronous into a rejection. */
async function startWork(
  work: (tools: CallTools) => Promise<ModelReply>,
  tools: CallTools,
): Promise<ModelReply> {
  return work(tools)
}

type Failed = Extract<ModelReply, { kind: 'failed' }>

export function failed(code: Failed['code'], reason: string, retryAfterMs?: number): Failed {
  return { kind: 'failed', code, reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}

export const ABORTED: Failed = failed('aborted', 'the call was cancelled')
const CLOSED: Failed = failed('aborted', 'the summariser was closed')
