import type { FailureCode } from '../failure-code.ts'
import { errorText, parse } from './completion-stream.ts'

/** Why an answer did not come, for people: what happened and what to do about it. */
export interface LiveFailure {
  /** HTTP status, or 0 if there was no response at all. */
  readonly status: number
  readonly code: FailureCode
  /** What the words tell of, such as the host; empty where there is nothing. */
  readonly about: string
  readonly title: string
  readonly advice: string
  /** What the server said, cut to 600 characters; empty if it said nothing. */
  readonly said: string
}

/**
 * Describes a response that is not an answer.
 *
 * @param body - The body as received; JSON errors of the usual shapes are unwrapped.
 * @param retryAfter - The response's `Retry-After`, if any.
 * @see SPEC.md rule APP16
 */
export function describeStatus(
  status: number,
  body: string,
  retryAfter: string | null,
): LiveFailure {
  const json = parse(body)
  const said = ((json && errorText(json)) ?? (json ? '' : body.trim())).slice(0, 600)
  const [code, title, advice] = statusWords(status, said, retryAfter)
  const about = code === 'too-many-requests' ? (retryAfter ?? '') : `${status}`
  return { status, code, about, title, advice, said }
}

/** Describes a request that got no response: browsers tell offline, refused and CORS apart from nothing. */
export function describeUnreachable(url: string, online: boolean): LiveFailure {
  if (!online)
    return {
      status: 0,
      code: 'offline',
      about: '',
      title: 'Offline',
      advice: 'Connect to the network and send again.',
      said: '',
    }
  const about = URL.canParse(url) ? new URL(url).origin : url
  return {
    status: 0,
    code: 'no-response',
    about,
    title: `No response from ${about}`,
    advice:
      'Check that the server runs and that it allows this page (CORS). ' +
      'For Ollama, start it with OLLAMA_ORIGINS set to this page’s address.',
    said: '',
  }
}

/** Describes an answer that ended before the server said that it was whole. */
export function describeTruncated(): LiveFailure {
  return {
    status: 200,
    code: 'broke-off',
    about: '',
    title: 'The answer broke off',
    advice: 'What arrived is kept and marked. Send again to go on.',
    said: '',
  }
}

/** Describes an error that came inside a stream that had begun well. */
export function describeStreamError(said: string): LiveFailure {
  return {
    status: 200,
    code: 'error-in-answer',
    about: '',
    title: 'The server reported an error during the answer',
    advice: 'What arrived is kept and marked. Send again to go on.',
    said: said.slice(0, 600),
  }
}

/** Describes an answer that the model ended without a word. */
export function describeEmpty(finishReason: string | null): LiveFailure {
  return {
    status: 200,
    code: 'no-text',
    about: '',
    title: 'The model sent no text',
    advice: 'Send again, or choose another model.',
    said: finishReason === null ? '' : `finish_reason: ${finishReason}`,
  }
}

function statusWords(
  status: number,
  said: string,
  retryAfter: string | null,
): readonly [code: FailureCode, title: string, advice: string] {
  if (status === 401) return ['key-refused', 'Key refused (401)', 'Check the key.']
  if (status === 403)
    return ['not-allowed', 'Not allowed (403)', 'This key may not use this model or endpoint.']
  if (status === 404)
    return [
      'not-found',
      'Not found (404)',
      'Check the base URL (it usually ends in /v1) and the model’s name.',
    ]
  if (status === 429) {
    const wait = retryAfter === null ? 'a moment' : `${retryAfter} s`
    return [
      'too-many-requests',
      'Too many requests (429)',
      `Wait ${wait}, or check the account’s quota.`,
    ]
  }
  if (status === 413 || (status === 400 && /context|too (long|large)|maximum.*token/i.test(said)))
    return [
      'context-too-long',
      `Context too long (${status})`,
      'Set a budget below the model’s window and send again.',
    ]
  if (status === 400 || status === 422)
    return [
      'request-refused',
      `Request refused (${status})`,
      'The endpoint does not take this request; see its words.',
    ]
  if (status >= 500)
    return ['server-error', `Server error (${status})`, 'The endpoint failed; send again later.']
  return ['unexpected-response', `Unexpected response (${status})`, 'Check the base URL.']
}
