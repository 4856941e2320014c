import type { Clock } from '../../core/ports/clock.ts'
import type { RemoteSettings } from './check-remote-options.ts'
import { hideKeys } from './hide-keys.ts'
import { readHttpFailure } from './read-http-failure.ts'
import { parseJson } from './read-json-fields.ts'
import type { RemoteFailure } from './remote-failure.ts'
import type { FetchLike } from './remote-vendor.ts'

/** Longest answer that is read, in bytes: a stream has some hundred bytes around every token. */
const MAX_ANSWER_BYTES = 16_000_000
/** Longest line of a stream, in bytes; the clients search each for its end again and again. */
const MAX_LINE_BYTES = 1_000_000
const MAX_ERROR_BYTES = 100_000

/** What a client's own headers are reduced to: every other makes a browser ask for leave first, and servers refuse. */
const CLIENT_HEADERS: readonly string[] = [
  'accept',
  'content-type',
  'authorization',
  'x-api-key',
  'x-goog-api-key',
  'anthropic-version',
  'anthropic-dangerous-direct-browser-access',
]

/** What is seen of one attempt beside what the client tells: clients hide or change most of it. */
export interface Attempt {
  /** Set by whoever finds out first why there will be no answer. */
  failure: RemoteFailure | null
  /** What `fetch` rejected with: no connection, or no leave. */
  lost: { readonly error: unknown } | null
  /** Whether the connection broke within the answer. */
  isCut: boolean
  /** Whether the stream said that it is done. */
  isDone: boolean
  bytes: number
  /** The answer of a server that does not stream. */
  whole: unknown
  /** Told of every sign of life. Headers are none: servers send them before they read the question. */
  readonly onBytes: () => void
}

export function createAttempt(onBytes: () => void): Attempt {
  return {
    failure: null,
    lost: null,
    isCut: false,
    isDone: false,
    bytes: 0,
    whole: undefined,
    onBytes,
  }
}

/**
 * The `fetch` that is handed to a vendor's client for one attempt: sends what is needed and nothing else,
 * follows no redirect (it would take the key elsewhere), and reads every failure itself.
 *
 * @see SPEC.md rules REM5, REM7, REM9
 */
export function guardFetch(
  fetch: FetchLike,
  settings: RemoteSettings,
  clock: Clock,
  attempt: Attempt,
): FetchLike {
  const fail = (failure: RemoteFailure): never => {
    attempt.failure ??= failure
    throw new Error(attempt.failure.reason)
  }
  return async (input, init) => {
    let response: Response
    try {
      response = await fetch(
        typeof input === 'object' && 'url' in input ? input.url : String(input),
        {
          method: 'POST',
          headers: keepHeaders(init?.headers, settings),
          body: init?.body ?? null,
          signal: init?.signal ?? null,
          redirect: 'manual',
          credentials: 'omit',
          referrerPolicy: 'no-referrer',
          cache: 'no-store',
        },
      )
    } catch (error) {
      attempt.lost = { error }
      throw error
    }
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      await response.body?.cancel()
      return fail(REDIRECTED)
    }
    if (!response.ok) {
      const told = {
        status: response.status,
        body: await readText(response, MAX_ERROR_BYTES, attempt),
        retryAfter: response.headers.get('retry-after'),
        retryAfterMs: response.headers.get('retry-after-ms'),
      }
      return fail(readHttpFailure(told, (text) => hideKeys(text, settings), clock.now()))
    }
    const type = response.headers.get('content-type') ?? ''
    if (/\bhtml\b/i.test(type)) {
      await response.body?.cancel()
      return fail(NOT_JSON)
    }
    if (/\bjson\b/i.test(type)) {
      attempt.whole = parseJson(await readText(response, MAX_ANSWER_BYTES, attempt))
      if (attempt.whole === undefined) return fail(attempt.isCut ? CUT : NOT_JSON)
      return new Response('', { headers: { 'content-type': 'text/event-stream' } })
    }
    return new Response(guardBody(response.body, attempt), {
      headers: { 'content-type': 'text/event-stream' },
    })
  }
}

function keepHeaders(given: RequestInit['headers'], settings: RemoteSettings): Headers {
  const kept = new Headers()
  const headers = new Headers(given)
  for (const name of CLIENT_HEADERS) {
    const value = headers.get(name)
    if (value !== null) kept.set(name, value)
  }
  if (settings.apiKey === '') {
    for (const name of ['authorization', 'x-api-key', 'x-goog-api-key']) kept.delete(name)
  }
  for (const [name, value] of Object.entries(settings.headers)) kept.set(name, value)
  return kept
}

/** A body as text, up to a number of bytes; what is behind is dropped. */
async function readText(response: Response, most: number, attempt: Attempt): Promise<string> {
  const reader = response.body?.getReader()
  if (reader === undefined) return ''
  const decoder = new TextDecoder()
  let text = ''
  try {
    for (let bytes = 0; bytes < most;) {
      const { done, value } = await reader.read()
      if (done) return text + decoder.decode()
      attempt.onBytes()
      bytes += value.length
      text += decoder.decode(value, { stream: true })
    }
    await reader.cancel()
  } catch {
    attempt.isCut = true
  }
  return text
}

/** The stream as it comes, within bounds; says whether it broke and whether it said that it is done. */
function guardBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  attempt: Attempt,
): ReadableStream<Uint8Array<ArrayBuffer>> | null {
  if (body === null) return null
  const reader = body.getReader()
  const isWithinBounds = createBounds(attempt)
  // Clients leave as soon as they know enough; a read may be under way then, and its end means nothing.
  let isLeft = false
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (isLeft) return
        if (done) {
          controller.close()
        } else if (isWithinBounds(value)) {
          controller.enqueue(value)
        } else {
          attempt.failure ??= ENDLESS
          controller.error(new Error(ENDLESS.reason))
          await reader.cancel()
        }
      } catch (error) {
        if (isLeft) return
        attempt.isCut ||= !(error instanceof Error && error.name === 'AbortError')
        controller.error(error)
      }
    },
    cancel(reason) {
      isLeft = true
      return reader.cancel(reason)
    },
  })
}

/** Counts what arrives; false once it is too much. */
function createBounds(attempt: Attempt): (bytes: Uint8Array) => boolean {
  let lineBytes = 0
  let tail = ''
  return (bytes) => {
    attempt.onBytes()
    attempt.bytes += bytes.length
    const lineEnd = Math.max(bytes.lastIndexOf(10), bytes.lastIndexOf(13))
    lineBytes = lineEnd < 0 ? lineBytes + bytes.length : bytes.length - lineEnd
    tail = (tail + String.fromCharCode(...bytes.subarray(-40))).slice(-40)
    attempt.isDone ||= /\[DONE\]\s*$/.test(tail)
    return attempt.bytes <= MAX_ANSWER_BYTES && lineBytes <= MAX_LINE_BYTES
  }
}

const REDIRECTED: RemoteFailure = {
  code: 'invalid-options',
  reason:
    'The server sends requests elsewhere, and a key is not taken there: write the final address as baseUrl.',
  isPassing: false,
}

const ENDLESS: RemoteFailure = {
  code: 'failed',
  reason: 'The server sent more than any answer holds.',
  isPassing: false,
}

export const NOT_JSON: RemoteFailure = {
  code: 'not-json',
  reason: 'The server answered with something else than this API does: check baseUrl.',
  isPassing: false,
}

export const CUT: RemoteFailure = {
  code: 'truncated',
  reason: 'The connection ended before the answer was whole.',
  isPassing: true,
}
