/** Most that a provider answers within a time. */
export interface RateLimit {
  /** Calls, from 1; Infinity for no limit. */
  readonly calls: number
  /** Tokens, from 1; Infinity for no limit. */
  readonly tokens: number
  readonly windowMs: number
}

/** A call that was made. */
export interface MadeCall {
  readonly at: number
  readonly tokens: number
}

/** What a provider was asked lately, and what it has shown of its limit. */
export interface CallRate {
  /** From old to new. */
  readonly made: readonly MadeCall[]
  /** Taken from a refusal; forgotten after a while, because limits change. */
  readonly learned?: RateLimit & { readonly since: number }
}

export const NO_RATE: CallRate = { made: [] }

export const NO_RATE_LIMIT: RateLimit = { calls: Infinity, tokens: Infinity, windowMs: 60_000 }

/** Calls that are remembered: what is made faster is held up by other things. */
const MAX_MADE = 512

/** Window of a limit that was learned: providers count by the minute. */
const LEARNED_WINDOW_MS = 60_000

/** How long a learned limit holds. */
const LEARNED_FOR_MS = 600_000

/** Share of what was refused that is tried next. */
const LEARNED_SHARE = 0.8

/** The rate after one more call. Calls of the future, from before a clock jumped back, are forgotten. */
export function addCall(
  rate: CallRate,
  tokens: number,
  { windowMs }: RateLimit,
  now: number,
): CallRate {
  const longest = Math.max(windowMs, LEARNED_WINDOW_MS)
  const made = rate.made.filter(({ at }) => isWithin(at, longest, now)).slice(1 - MAX_MADE)
  return { ...rate, made: [...made, { at: now, tokens }] }
}

/**
 * The rate after the provider refused a call for coming too often: four fifths of the last minute's calls
 * and tokens are its limit for ten minutes. One call alone says nothing of a rate.
 *
 * @see SPEC.md rule GATE6
 */
export function learnRate(rate: CallRate, now: number): CallRate {
  const recent = rate.made.filter(({ at }) => isWithin(at, LEARNED_WINDOW_MS, now))
  if (recent.length < 2) return rate
  const tokens = recent.reduce((sum, call) => sum + call.tokens, 0)
  const learned = {
    calls: Math.max(1, Math.floor(recent.length * LEARNED_SHARE)),
    tokens: Math.max(1, Math.floor(tokens * LEARNED_SHARE)),
    windowMs: LEARNED_WINDOW_MS,
    since: now,
  }
  return { ...rate, learned }
}

/**
 * How long a call with so many tokens has to wait, in milliseconds; 0 if it may be made now. A call that is
 * larger than the limit goes alone.
 *
 * @see SPEC.md rule GATE6
 */
export function rateWaitMs(rate: CallRate, tokens: number, limit: RateLimit, now: number): number {
  const wait = waitFor(rate.made, tokens, limit, now)
  const { learned } = rate
  if (!learned || !isWithin(learned.since, LEARNED_FOR_MS, now)) return wait
  return Math.max(wait, waitFor(rate.made, tokens, learned, now))
}

function waitFor(made: readonly MadeCall[], tokens: number, limit: RateLimit, now: number): number {
  const recent = made.filter(({ at }) => isWithin(at, limit.windowMs, now))
  let calls = recent.length
  let sum = recent.reduce((total, call) => total + call.tokens, 0)
  let freeAt = now
  for (const call of recent) {
    if (calls === 0 || (calls + 1 <= limit.calls && sum + tokens <= limit.tokens)) break
    calls -= 1
    sum -= call.tokens
    freeAt = call.at + limit.windowMs
  }
  return Math.max(0, freeAt - now)
}

function isWithin(at: number, windowMs: number, now: number): boolean {
  return at <= now && now - at < windowMs
}
