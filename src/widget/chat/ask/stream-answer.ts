import type { Completion } from './completion-stream.ts'
import { EMPTY_COMPLETION } from './completion-stream.ts'
import type { Endpoint } from './endpoint.ts'
import { completionsUrl } from './endpoint.ts'
import { createLineParser } from './line-parser.ts'
import type { LiveFailure } from './live-failure.ts'
import {
  describeStatus,
  describeStreamError,
  describeTruncated,
  describeUnreachable,
} from './live-failure.ts'
import type { ProtocolShape } from './protocols.ts'
import { PROTOCOLS } from './protocols.ts'
import { createSseParser } from './sse-parser.ts'

/** How asking for an answer ended. `completion` holds whatever arrived, even then. */
export type AnswerOutcome =
  | { readonly kind: 'finished'; readonly completion: Completion }
  | { readonly kind: 'stopped'; readonly completion: Completion }
  | { readonly kind: 'failed'; readonly completion: Completion; readonly failure: LiveFailure }

export interface AnswerRequest {
  readonly endpoint: Endpoint
  /** The context in OpenAI's format, sent as it is. */
  readonly messages: readonly unknown[]
  readonly signal: AbortSignal
  readonly onProgress: (completion: Completion) => void
}

/** The one thing needed of the network, so that tests need none. */
export type FetchLike = (url: string, init: RequestInit) => Promise<Response>

/** A request that is written already, and how its answer is read. */
export interface Exchange {
  /** For the words of a failure. */
  readonly url: string
  readonly send: () => Promise<Response>
  readonly protocol: Pick<ProtocolShape, 'add' | 'isLines'>
  readonly signal: AbortSignal
  readonly onProgress: (completion: Completion) => void
  /** Given the text of the answer as it comes, to be read as a whole later. */
  readonly onText?: (piece: string) => void
}

/**
 * Asks an OpenAI-compatible endpoint for an answer and reads it as it comes. Never rejects: every
 * way to fail is an outcome.
 *
 * @see SPEC.md rules APP17–APP20
 */
export async function streamAnswer(
  request: AnswerRequest,
  fetchLike: FetchLike,
  isOnline: () => boolean,
): Promise<AnswerOutcome> {
  const target = completionsUrl(request.endpoint)
  if (!target.ok) {
    const title = 'Live mode is not set up'
    const code = 'no-endpoint' as const
    const failure = { status: 0, code, about: '', title, advice: target.problem, said: '' }
    return { kind: 'failed', completion: EMPTY_COMPLETION, failure }
  }
  const { endpoint, messages, signal, onProgress } = request
  const { headers, body } = PROTOCOLS.openai
  const question = { model: endpoint.model.trim(), messages, tools: [], maxTokens: 0 }
  const init = requestInit(
    endpoint.key === '' ? {} : headers(endpoint.key),
    JSON.stringify(body(question)),
    signal,
  )
  return exchange(
    {
      url: target.url,
      send: () => fetchLike(target.url, init),
      protocol: PROTOCOLS.openai,
      signal,
      onProgress,
    },
    isOnline,
  )
}

/** A POST of JSON that tells a server nothing but what it has to know. */
export function requestInit(
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    signal,
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
  }
}

/**
 * Sends a request and reads its answer as it comes. Never rejects: every way to fail is an outcome.
 *
 * @see SPEC.md rules APP18–APP20, SEND4
 */
export async function exchange(asked: Exchange, isOnline: () => boolean): Promise<AnswerOutcome> {
  const { url, signal } = asked
  let completion = EMPTY_COMPLETION
  const fail = (failure: LiveFailure): AnswerOutcome => ({ kind: 'failed', completion, failure })
  const onProgress = (next: Completion): void => {
    completion = next
    asked.onProgress(next)
  }
  let response: Response
  try {
    response = await asked.send()
    if (!response.ok) {
      const body = await response.text()
      return fail(describeStatus(response.status, body, response.headers.get('retry-after')))
    }
  } catch {
    if (signal.aborted) return { kind: 'stopped', completion }
    return fail(describeUnreachable(url, isOnline()))
  }
  try {
    await readStream(response, { ...asked, onProgress })
  } catch {
    if (signal.aborted) return { kind: 'stopped', completion }
    return fail(describeTruncated())
  }
  if (signal.aborted) return { kind: 'stopped', completion }
  if (completion.error !== null) return fail(describeStreamError(completion.error))
  if (!completion.finished) return fail(describeTruncated())
  return { kind: 'finished', completion }
}

/** Longest answer that is read, in UTF-16 code units. */
const LONGEST_ANSWER = 16_000_000

/** Reads to the end of the stream, or to the server's own error; JSON bodies count as one chunk. */
async function readStream(
  response: Response,
  { protocol, onProgress, onText, signal }: Exchange,
): Promise<void> {
  const { add, isLines } = protocol
  if (!isLines && response.headers.get('content-type')?.includes('json')) {
    const whole = await response.text()
    onText?.(whole)
    onProgress(add(EMPTY_COMPLETION, whole))
    return
  }
  const reader = response.body?.getReader()
  if (reader === undefined) return
  // A host's own response may know nothing of the signal.
  const leave = (): void => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', leave, { once: true })
  try {
    const decoder = new TextDecoder()
    const parser = isLines ? createLineParser() : createSseParser()
    let completion = EMPTY_COMPLETION
    let length = 0
    for (;;) {
      const { done, value } = await reader.read()
      const piece = done ? '' : decoder.decode(value, { stream: true })
      onText?.(piece)
      length += piece.length
      if (length > LONGEST_ANSWER) throw new RangeError('the answer has no end')
      const events = done ? parser.end() : parser.push(piece)
      for (const { data } of events) completion = add(completion, data)
      if (events.length > 0) onProgress(completion)
      if (done) return
      // Some servers leave the connection open after the last event.
      if (completion.error !== null || events.some(({ data }) => data.trim() === '[DONE]')) {
        await reader.cancel()
        return
      }
    }
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
