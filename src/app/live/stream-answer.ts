import type { Completion } from './completion-stream.ts'
import { addChunk, EMPTY_COMPLETION } from './completion-stream.ts'
import type { Endpoint } from './endpoint.ts'
import { completionsUrl } from './endpoint.ts'
import type { LiveFailure } from './live-failure.ts'
import {
  describeStatus,
  describeStreamError,
  describeTruncated,
  describeUnreachable,
} from './live-failure.ts'
import { createSseParser } from './sse-parser.ts'

/** How asking for an answer ended. `completion` holds whatever arrived, even then. */
export type AnswerOutcome =
  | { readonly kind: 'finished' | 'stopped'; readonly completion: Completion }
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
  let completion = EMPTY_COMPLETION
  const fail = (failure: LiveFailure): AnswerOutcome => ({ kind: 'failed', completion, failure })
  if (!target.ok)
    return fail({ status: 0, title: 'Live mode is not set up', advice: target.problem, said: '' })
  const onProgress = (next: Completion): void => {
    completion = next
    request.onProgress(next)
  }
  let response: Response
  try {
    response = await fetchLike(target.url, requestInit(request))
    if (!response.ok) {
      const body = await response.text()
      return fail(describeStatus(response.status, body, response.headers.get('retry-after')))
    }
  } catch {
    if (request.signal.aborted) return { kind: 'stopped', completion }
    return fail(describeUnreachable(target.url, isOnline()))
  }
  try {
    await readStream(response, onProgress)
  } catch {
    if (request.signal.aborted) return { kind: 'stopped', completion }
    return fail(describeTruncated())
  }
  if (request.signal.aborted) return { kind: 'stopped', completion }
  if (completion.error !== null) return fail(describeStreamError(completion.error))
  if (!completion.finished) return fail(describeTruncated())
  return { kind: 'finished', completion }
}

function requestInit({ endpoint, messages, signal }: AnswerRequest): RequestInit {
  const body = {
    model: endpoint.model.trim(),
    messages,
    stream: true,
    stream_options: { include_usage: true },
  }
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(endpoint.key === '' ? {} : { authorization: `Bearer ${endpoint.key}` }),
    },
    body: JSON.stringify(body),
    signal,
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
  }
}

/** Reads to the end of the stream, or to the server's own error; JSON bodies count as one chunk. */
async function readStream(
  response: Response,
  onProgress: (completion: Completion) => void,
): Promise<void> {
  if (response.headers.get('content-type')?.includes('json')) {
    onProgress(addChunk(EMPTY_COMPLETION, await response.text()))
    return
  }
  const reader = response.body?.getReader()
  if (reader === undefined) return
  const decoder = new TextDecoder()
  const parser = createSseParser()
  let completion = EMPTY_COMPLETION
  for (;;) {
    const { done, value } = await reader.read()
    const events = done ? parser.end() : parser.push(decoder.decode(value, { stream: true }))
    for (const { data } of events) completion = addChunk(completion, data)
    if (events.length > 0) onProgress(completion)
    if (done) return
    // Some servers leave the connection open after the last event.
    if (completion.error !== null || events.some(({ data }) => data.trim() === '[DONE]')) {
      await reader.cancel()
      return
    }
  }
}
