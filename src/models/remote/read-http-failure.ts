import { saysContextExceeded } from '../../core/session/read-overflow.ts'
import type { ModelFailure } from '../../core/ports/language-model.ts'
import { fieldsOf, itemsOf, parseJson, textOf } from './read-json-fields.ts'
import { readRetryAfter } from './read-retry-after.ts'
import type { RemoteFailure } from './remote-failure.ts'

/** An error as a server told it: by its status, or within a stream that had begun well. */
export interface ToldError {
  /** Null within a stream. */
  readonly status: number | null
  readonly body: string
  readonly retryAfter: string | null
  readonly retryAfterMs: string | null
}

/** Words of the vendors' errors for statuses, where a stream has none of its own. */
const STATUS_OF_TYPE: readonly (readonly [RegExp, number])[] = [
  [/authentication_error|unauthenticated|invalid_api_key/i, 401],
  [/insufficient_quota|billing/i, 402],
  [/permission_(?:error|denied)|forbidden/i, 403],
  [/not_found/i, 404],
  [/request_too_large/i, 413],
  [/rate_limit|resource_exhausted|too_many_requests/i, 429],
  [/overloaded|unavailable/i, 503],
  [/timeout|deadline_exceeded/i, 504],
  [/api_error|server_error|internal/i, 500],
  [/invalid_request|invalid_argument|bad_?request/i, 400],
]

const KEY_SAYS =
  /api[_ ]key[_ ](?:not valid|invalid|expired)|invalid[_ ](?:x-)?api[_ -]key|incorrect api key|API_KEY_INVALID|unregistered callers/i
const CREDIT_SAYS =
  /insufficient_quota|insufficient (?:credit|balance|funds)|credit balance is too low/i
const MODEL_SAYS =
  /model_not_found|model[^.]{0,100}(?:does not exist|not found|is not available)|unknown model|no such model/i
const POLICY_SAYS =
  /content[_ ](?:policy|filter)|responsible_?ai|content management policy|safety (?:system|reasons)/i

/**
 * Reads an error in any vendor's shape. Pure and total.
 *
 * @param show - Makes what the server said fit to be shown.
 * @param now - Unix time in milliseconds.
 * @see SPEC.md rules REM5, REM6
 */
export function readHttpFailure(
  told: ToldError,
  show: (text: string) => string,
  now: number,
): RemoteFailure {
  const error = readError(told.body)
  const status = told.status ?? error.status ?? 500
  const said = `${error.type} ${error.message}`.slice(0, 4_000)
  const code = classify(status, said)
  const wait = readRetryAfter(told, now)
  const isCreditGone = code === 'forbidden' && CREDIT_SAYS.test(said)
  // What the server says of a key may quote it.
  const quote = code === 'unauthorised' ? '' : show(error.message)
  const answer = told.status === null ? 'within its answer' : `with status ${status}`
  const advice = isCreditGone ? 'The account has no credit left.' : ADVICE[code]
  const reason = `The server refused ${answer}. ${advice ?? ''}${quote === '' ? '' : ` It said: ${quote}`}`
  return {
    code,
    reason: reason.trim(),
    status,
    said,
    isPassing: code === 'rate-limited' || code === 'server' || code === 'timed-out',
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  }
}

const ADVICE: Readonly<Partial<Record<ModelFailure, string>>> = {
  unauthorised: 'It does not accept the API key: check it.',
  forbidden: 'The key may not use this model, or not from here.',
  'not-found': 'There is no such model or address: check model and baseUrl.',
  'too-large': 'The request is larger than it takes.',
  'context-exceeded': 'Question and answer do not fit the model: lower contextTokens.',
  'rate-limited': 'It was asked too often.',
  server: 'It failed or is overloaded.',
  'timed-out': 'It took too long.',
  refused: 'The provider does not allow this content.',
}

function classify(status: number, said: string): ModelFailure {
  if (![401, 403, 404, 429].includes(status) && saysContextExceeded(said)) return 'context-exceeded'
  if (status === 401 || KEY_SAYS.test(said)) return 'unauthorised'
  if (status === 402 || (status !== 403 && CREDIT_SAYS.test(said))) return 'forbidden'
  if (status === 403) return 'forbidden'
  if (status === 404 || (status < 500 && MODEL_SAYS.test(said))) return 'not-found'
  if (status === 413) return 'too-large'
  if (status === 429) return 'rate-limited'
  if (status === 408) return 'timed-out'
  if (status >= 500) return 'server'
  return POLICY_SAYS.test(said) ? 'refused' : 'failed'
}

interface ReadError {
  readonly message: string
  /** The vendor's words for the kind of error, joined. */
  readonly type: string
  readonly status: number | null
}

/** `{error:{message,type,code}}`, `{type:'error',error:{…}}`, `[{error:{…}}]`, `{error:'…'}`, `{message}`, `{detail}`, or no JSON at all. */
function readError(text: string): ReadError {
  const parsed = parseJson(text.slice(0, 100_000))
  const body = fieldsOf(Array.isArray(parsed) ? parsed[0] : parsed)
  const error =
    typeof body['error'] === 'string' ? { message: body['error'] } : fieldsOf(body['error'])
  const detail = itemsOf(body['detail'])
    .map((item) => textOf(fieldsOf(item)['msg']))
    .join('; ')
  const message =
    textOf(error['message']) || textOf(body['message']) || textOf(body['detail']) || detail
  const reasons = itemsOf(error['details']).map((item) => textOf(fieldsOf(item)['reason']))
  const type = [error['type'], error['code'], error['status'], error['param'], ...reasons]
    .filter((word) => typeof word === 'string')
    .join(' ')
  return { message, type, status: statusOf(error['code'], type) }
}

function statusOf(code: unknown, type: string): number | null {
  if (typeof code === 'number' && code >= 400 && code <= 599) return code
  return STATUS_OF_TYPE.find(([word]) => word.test(type))?.[1] ?? null
}
