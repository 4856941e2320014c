import { BackfoldError } from '../backfold-error.ts'
import type { SpendLimit } from '../compaction/spend.ts'

/** When a ready candidate may become the head generation by itself. */
export const APPLY_AT = ['turn', 'idle', 'between', 'hard', 'manual'] as const

export type ApplyAt = (typeof APPLY_AT)[number]

/** How a session is folded. Every field has a default; see {@link DEFAULT_POLICY}. */
export interface Policy {
  readonly budget: Budget
  readonly retainedTail: RetainedTail
  /** A payload of more tokens than this is moved out of the covered part into an artifact. */
  readonly largePayloadTokens: number
  /** Most tokens of the log in one block of a job: what a killed job repeats. */
  readonly blockTokens: number
  /** Least share of the context that a candidate must save, 0 to 1. Less is rejected: it would loop. */
  readonly minimumGain: number
  /** Whether pressure starts jobs. Off, only `compact()` and the hard threshold fold. */
  readonly automatic: boolean
  /**
   * `turn`: by the first `context()` of a turn.
   * `idle`: when nothing was asked of the session for {@link Policy.idleAfterMs}.
   * `between`: when the session is opened, or another one in the same tab.
   * `hard`: only at the hard threshold, so that the prefix changes as seldom as possible.
   * `manual`: only by `apply()`; the hard threshold folds anew without a model.
   *
   * Whatever is chosen, `apply()` adopts at once, and all but `manual` adopt at the hard threshold.
   */
  readonly applyAt: ApplyAt
  /** Time without a call after which a session is idle, in milliseconds. */
  readonly idleAfterMs: number
  /** Attempts a job has before it fails. */
  readonly attempts: number
  /** Longest time one attempt may take without finishing a block, in milliseconds. */
  readonly attemptDeadlineMs: number
  /** A candidate older than this is built anew instead of applied, in milliseconds. */
  readonly candidateMaxAgeMs: number
  /** Most that extractors which are not free may cost; beyond it folds go on without them. */
  readonly spend: SpendLimit
  readonly probation: ProbationPolicy
  readonly autoRecall: AutoRecallPolicy
  /**
   * Which steps of the ladder of summarisers may be asked about this session, by name. The built-in one stands behind
   * them, whatever is named.
   */
  readonly summarisers: 'all' | readonly string[]
}

/** What is recalled by itself when a turn starts. */
export interface AutoRecallPolicy {
  /** Most tokens of stored passages added behind the user's message; 0, the default, turns it off. */
  readonly tokens: number
}

/** How an applied generation is watched for evidence that it lost something. */
export interface ProbationPolicy {
  /** Turns after an apply that it lasts; 0 turns it off. */
  readonly turns: number
  /** Weight of evidence at which the generation is rolled back. */
  readonly evidence: number
}

/** Limits of a context, in tokens and shares of them. */
export interface Budget {
  /** Most tokens a context may have. At least 1,000. */
  readonly tokens: number
  /** Share at which a background job starts. */
  readonly soft: number
  /** Share at which a fold without a model is forced before the context is handed out. */
  readonly hard: number
  /** Share that a fold aims at. */
  readonly target: number
}

/** The newest messages that no cut may cover. Both bounds hold. */
export interface RetainedTail {
  readonly messages: number
  /** Share of the budget. */
  readonly share: number
}

export const DEFAULT_POLICY: Policy = {
  budget: { tokens: 32_000, soft: 0.7, hard: 0.95, target: 0.4 },
  retainedTail: { messages: 6, share: 0.15 },
  largePayloadTokens: 300,
  blockTokens: 64_000,
  minimumGain: 0.1,
  automatic: true,
  applyAt: 'turn',
  idleAfterMs: 60_000,
  attempts: 3,
  attemptDeadlineMs: 30_000,
  candidateMaxAgeMs: 24 * 3_600_000,
  spend: { windowMs: 600_000, calls: 60, tokens: 1_000_000 },
  probation: { turns: 3, evidence: 2 },
  autoRecall: { tokens: 0 },
  summarisers: 'all',
}

const MAX_SUMMARISERS = 50
/** Longest name of one, in characters. */
const MAX_SUMMARISER = 200

/** What a caller may set of a {@link Policy}. */
export interface PolicyOptions extends Partial<
  Omit<Policy, 'budget' | 'retainedTail' | 'spend' | 'probation' | 'autoRecall'>
> {
  readonly budget?: Partial<Budget>
  readonly retainedTail?: Partial<RetainedTail>
  readonly spend?: Partial<SpendLimit>
  readonly probation?: Partial<ProbationPolicy>
  readonly autoRecall?: Partial<AutoRecallPolicy>
}

/**
 * Completes and checks a policy.
 *
 * @param base - What the options are laid over; the defaults unless given.
 * @throws BackfoldError `INVALID_INPUT` naming option, expectation and received value.
 */
export function resolvePolicy(options: PolicyOptions = {}, base: Policy = DEFAULT_POLICY): Policy {
  const policy: Policy = {
    ...base,
    ...options,
    budget: { ...base.budget, ...options.budget },
    retainedTail: { ...base.retainedTail, ...options.retainedTail },
    spend: { ...base.spend, ...options.spend },
    probation: { ...base.probation, ...options.probation },
    autoRecall: { ...base.autoRecall, ...options.autoRecall },
    // Policies that were stored before it could be set have none.
    summarisers: options.summarisers ?? base.summarisers ?? 'all',
  }
  const { budget, retainedTail, spend, probation } = policy
  expectKnown(options)
  if (typeof policy.automatic !== 'boolean') refuse('automatic', 'true or false', policy.automatic)
  if (!APPLY_AT.includes(policy.applyAt)) {
    refuse('applyAt', `one of ${APPLY_AT.join(', ')}`, policy.applyAt)
  }
  expectSummarisers(policy.summarisers)
  expectWithin('budget.tokens', budget.tokens, 1_000, 100_000_000)
  expectWithin('budget.soft', budget.soft, 0.05, 1)
  expectWithin('budget.hard', budget.hard, budget.soft, 1)
  expectWithin('budget.target', budget.target, 0.02, budget.soft)
  expectWithin('retainedTail.messages', retainedTail.messages, 1, 10_000)
  expectWithin('retainedTail.share', retainedTail.share, 0, budget.soft)
  expectWithin('largePayloadTokens', policy.largePayloadTokens, 50, 1_000_000)
  expectWithin('blockTokens', policy.blockTokens, 50, 1_000_000)
  expectWithin('minimumGain', policy.minimumGain, 0, 0.9)
  expectWithin('attempts', policy.attempts, 1, 10)
  expectWithin('attemptDeadlineMs', policy.attemptDeadlineMs, 100, 3_600_000)
  expectWithin('candidateMaxAgeMs', policy.candidateMaxAgeMs, 1_000, Number.MAX_SAFE_INTEGER)
  expectWithin('idleAfterMs', policy.idleAfterMs, 100, 86_400_000)
  expectWithin('spend.windowMs', spend.windowMs, 1_000, 30 * 86_400_000)
  expectWithin('spend.calls', spend.calls, 0, 1_000_000)
  expectWithin('spend.tokens', spend.tokens, 0, 1_000_000_000)
  expectWithin('probation.turns', probation.turns, 0, 1_000)
  expectWithin('probation.evidence', probation.evidence, 1, 100)
  expectWithin('autoRecall.tokens', policy.autoRecall.tokens, 0, 32_000)
  return policy
}

function expectSummarisers(names: unknown): void {
  const isList =
    Array.isArray(names) &&
    names.length <= MAX_SUMMARISERS &&
    names.every((name) => typeof name === 'string' && name.length <= MAX_SUMMARISER)
  if (names === 'all' || isList) return
  refuse('summarisers', `'all' or at most ${MAX_SUMMARISERS} names`, typeof names)
}

/** A misspelt option would otherwise be kept and do nothing. */
function expectKnown(options: PolicyOptions): void {
  if (typeof options !== 'object' || Array.isArray(options)) {
    refuse('the options', 'an object', options)
  }
  for (const [option, given] of Object.entries<unknown>({ ...options })) {
    if (!Object.hasOwn(DEFAULT_POLICY, option)) refuse(option, 'a known option', 'another')
    const known = membersOf(DEFAULT_POLICY[option as keyof Policy])
    if (known.length === 0 || given === undefined) continue
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      refuse(option, `an object with ${known.join(', ')}`, given)
    }
    const unknown = membersOf(given).find((member) => !known.includes(member))
    if (unknown !== undefined) refuse(`${option}.${unknown}`, 'a known option', 'another')
  }
}

function membersOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : []
}

function expectWithin(option: string, value: unknown, least: number, most: number): void {
  if (typeof value === 'number' && value >= least && value <= most) return
  refuse(option, `a number from ${least} to ${most}`, value)
}

function refuse(option: string, expected: string, value: unknown): never {
  throw new BackfoldError('INVALID_INPUT', `${option} must be ${expected}, got ${String(value)}`)
}
