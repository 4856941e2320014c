/** A wish longer than this is taken for this long: a day, in milliseconds. */
const MAX_WAIT_MS = 86_400_000

/** What a server said about when to ask again. */
export interface RetryHints {
  /** `Retry-After`: seconds or an HTTP date. */
  readonly retryAfter: string | null
  /** `retry-after-ms`, as OpenAI sends it. */
  readonly retryAfterMs: string | null
  /** The body: pages often can't see the headers of another origin. */
  readonly body: string
}

/**
 * How long to wait, in milliseconds: 0 to one day; undefined where nothing was said. Pure and total.
 *
 * @param now - Unix time in milliseconds, for dates.
 */
export function readRetryAfter(hints: RetryHints, now: number): number | undefined {
  const wait =
    readNumber(hints.retryAfterMs, 1) ??
    readNumber(hints.retryAfter, 1_000) ??
    readDate(hints.retryAfter, now) ??
    readBody(hints.body.slice(0, 4_000))
  return wait === undefined ? undefined : Math.min(Math.max(0, Math.ceil(wait)), MAX_WAIT_MS)
}

function readNumber(text: string | null, unit: number): number | undefined {
  return text !== null && /^\s*\d{1,12}(?:\.\d{1,6})?\s*$/.test(text)
    ? Number(text) * unit
    : undefined
}

function readDate(text: string | null, now: number): number | undefined {
  if (text === null || !/^[A-Za-z]{3,9},? /.test(text)) return undefined
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : date - now
}

/** Gemini's `"retryDelay": "34s"`, and OpenAI's `Please try again in 1m2.5s`. */
function readBody(body: string): number | undefined {
  const found =
    /"retryDelay"\s{0,4}:\s{0,4}"([\dhms.]{1,20})"/.exec(body) ??
    /(?:try again|retry) (?:in|after) ([\dhms.]{1,20})/i.exec(body)
  const parts = /^(?:(\d{1,4})h)?(?:(\d{1,5})m(?!s))?(?:(\d{1,7}(?:\.\d{1,9})?)(ms|s))?/.exec(
    found?.[1] ?? '',
  )
  if (!parts?.[0]) return undefined
  const [, hours, minutes, count, unit] = parts
  const rest = Number(count ?? 0) * (unit === 'ms' ? 1 : 1_000)
  return Number(hours ?? 0) * 3_600_000 + Number(minutes ?? 0) * 60_000 + rest
}
