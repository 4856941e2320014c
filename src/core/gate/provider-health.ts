import type { ModelFailure } from '../ports/language-model.ts'

/** How a call came out, as far as its provider is concerned. Replies of language models are such. */
export type CallOutcome =
  | { readonly kind: 'answered' }
  | {
      readonly kind: 'failed'
      readonly code: ModelFailure
      readonly reason: string
      readonly retryAfterMs?: number
    }

/** How a provider has been doing lately. */
export interface ProviderHealth {
  /** Failures in a row. */
  readonly failures: number
  /** Of the last failure. */
  readonly code: ModelFailure
  readonly reason: string
  readonly since: number
  /** How long jobs leave it alone from then on; 0 while it has not failed often enough. */
  readonly coolDownMs: number
}

/** Failures in a row after which a provider is left alone. A refusal for its rate counts at once. */
const MAX_PROVIDER_FAILURES = 3

const FIRST_COOL_DOWN_MS = 5_000

/** Longest time that a provider is left alone for its failures. */
const MAX_COOL_DOWN_MS = 300_000

/** Longest time that a provider's own wish is followed. */
const MAX_RETRY_AFTER_MS = 600_000

/** Failures of whoever answers. All others say something about one question, or about its options. */
const PROVIDER_FAILURES: readonly ModelFailure[] = [
  'unauthorised',
  'forbidden',
  'rate-limited',
  'server',
  'blocked',
  'offline',
  'tls',
  'timed-out',
  'unavailable',
  'out-of-memory',
  'device-lost',
]

/** Failures that show that the provider is there and reads what it is sent. */
const ANSWERING_FAILURES: readonly ModelFailure[] = ['too-large', 'context-exceeded', 'refused']

/**
 * The health of a provider after a call; undefined is that of one that nothing is wrong with.
 *
 * @see SPEC.md rule GATE7
 */
export function healthAfter(
  health: ProviderHealth | undefined,
  outcome: CallOutcome,
  now: number,
): ProviderHealth | undefined {
  if (outcome.kind === 'answered' || ANSWERING_FAILURES.includes(outcome.code)) return undefined
  const { code, reason } = outcome
  if (!PROVIDER_FAILURES.includes(code)) return health
  const failures = (health?.failures ?? 0) + 1
  const coolDownMs = readRetryAfter(outcome.retryAfterMs) ?? growingCoolDown(code, failures)
  return { failures, code, reason, since: now, coolDownMs }
}

function growingCoolDown(code: ModelFailure, failures: number): number {
  const over = failures - (code === 'rate-limited' ? 1 : MAX_PROVIDER_FAILURES)
  return over < 0 ? 0 : Math.min(MAX_COOL_DOWN_MS, FIRST_COOL_DOWN_MS * 2 ** Math.min(over, 30))
}

/** A provider's own wish within bounds; undefined for what is no time. */
export function readRetryAfter(retryAfterMs: number | undefined): number | undefined {
  if (retryAfterMs === undefined || !(retryAfterMs > 0)) return undefined
  return Math.min(retryAfterMs, MAX_RETRY_AFTER_MS)
}

/** How long jobs still have to leave it alone; 0 if they need not. A clock that jumps back opens the way. */
export function coolDownLeftMs(health: ProviderHealth | undefined, now: number): number {
  if (!health || now < health.since) return 0
  return Math.max(0, health.since + health.coolDownMs - now)
}
