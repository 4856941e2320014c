import { expect, test } from 'vitest'
import {
  APPLY_AT,
  DEFAULT_POLICY,
  resolvePolicy,
  type PolicyOptions,
} from '../../../../src/core/session/policy.ts'

test('[POL1] options are laid over the policy in force', () => {
  expect(resolvePolicy()).toEqual(DEFAULT_POLICY)
  const first = resolvePolicy({ budget: { tokens: 8_000 }, attempts: 5, applyAt: 'manual' })
  expect(first).toEqual({
    ...DEFAULT_POLICY,
    attempts: 5,
    applyAt: 'manual',
    budget: { ...DEFAULT_POLICY.budget, tokens: 8_000 },
  })
  const second = resolvePolicy({ budget: { soft: 0.5 }, retainedTail: { messages: 2 } }, first)
  expect(second).toEqual({
    ...first,
    budget: { ...first.budget, soft: 0.5 },
    retainedTail: { ...first.retainedTail, messages: 2 },
  })
})

/** Each option with the least and the most it may be, where the others are as by default. */
const BOUNDS: readonly (readonly [string, number, number, (value: number) => PolicyOptions])[] = [
  ['budget.tokens', 1_000, 1e8, (tokens) => ({ budget: { tokens } })],
  ['budget.soft', 0.4, 0.95, (soft) => ({ budget: { soft } })],
  ['budget.hard', 0.7, 1, (hard) => ({ budget: { hard } })],
  ['budget.target', 0.02, 0.7, (target) => ({ budget: { target } })],
  ['retainedTail.messages', 1, 10_000, (messages) => ({ retainedTail: { messages } })],
  ['retainedTail.share', 0, 0.7, (share) => ({ retainedTail: { share } })],
  ['largePayloadTokens', 50, 1e6, (largePayloadTokens) => ({ largePayloadTokens })],
  ['minimumGain', 0, 0.9, (minimumGain) => ({ minimumGain })],
  ['attempts', 1, 10, (attempts) => ({ attempts })],
  ['attemptDeadlineMs', 100, 3_600_000, (attemptDeadlineMs) => ({ attemptDeadlineMs })],
  ['candidateMaxAgeMs', 1_000, 2 ** 53 - 1, (candidateMaxAgeMs) => ({ candidateMaxAgeMs })],
  ['blockTokens', 50, 1e6, (blockTokens) => ({ blockTokens })],
  ['idleAfterMs', 100, 86_400_000, (idleAfterMs) => ({ idleAfterMs })],
  ['spend.windowMs', 1_000, 30 * 86_400_000, (windowMs) => ({ spend: { windowMs } })],
  ['spend.calls', 0, 1e6, (calls) => ({ spend: { calls } })],
  ['spend.tokens', 0, 1e9, (tokens) => ({ spend: { tokens } })],
  ['probation.turns', 0, 1_000, (turns) => ({ probation: { turns } })],
  ['probation.evidence', 1, 100, (evidence) => ({ probation: { evidence } })],
]

test.each(BOUNDS)('[POL1] %s is from %d to %d', (_, least, most, options) => {
  for (const value of [least, most]) expect(() => resolvePolicy(options(value))).not.toThrow()
  for (const value of [least - 0.01, most + Math.max(0.01, most * 0.01), NaN]) {
    expect(() => resolvePolicy(options(value))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    )
  }
})

test('[POL1] limits of spend and probation are laid over those in force', () => {
  const first = resolvePolicy({ spend: { calls: 5 }, probation: { turns: 9 } })
  expect(first).toEqual({
    ...DEFAULT_POLICY,
    spend: { ...DEFAULT_POLICY.spend, calls: 5 },
    probation: { ...DEFAULT_POLICY.probation, turns: 9 },
  })
  const second = resolvePolicy({ spend: { tokens: 7 }, probation: { evidence: 4 } }, first)
  expect(second).toMatchObject({
    spend: { calls: 5, tokens: 7, windowMs: 600_000 },
    probation: { turns: 9, evidence: 4 },
  })
})

test('[POL1, TURN1, TURN4, TURN7, TURN8, TURN9] when to apply is one of the ways there are', () => {
  expect(DEFAULT_POLICY.applyAt).toBe('turn')
  expect(APPLY_AT).toEqual(['turn', 'idle', 'between', 'hard', 'manual'])
  for (const applyAt of APPLY_AT) expect(resolvePolicy({ applyAt }).applyAt).toBe(applyAt)
  for (const applyAt of ['Turn', 'sometimes', '', null, 3]) {
    const bad = { applyAt } as unknown as PolicyOptions
    expect(() => resolvePolicy(bad)).toThrow(
      `applyAt must be one of turn, idle, between, hard, manual, got ${String(applyAt)}`,
    )
  }
})

test('[POL1] an option that does not exist is refused, a misspelt one of a group too', () => {
  const refused = (options: object): string => {
    try {
      resolvePolicy(options)
      return 'taken'
    } catch (failure) {
      return failure instanceof Error ? failure.message : 'no error'
    }
  }
  expect(refused({ blocktokens: 900 })).toContain('blocktokens must be a known option')
  expect(refused({ budget: { token: 900 } })).toContain('budget.token must be a known option')
  expect(refused({ probation: { turn: 2 } })).toContain('probation.turn must be a known option')
  expect(refused({ budget: 8_000 })).toContain('budget must be an object with tokens')
  expect(refused({ spend: 0 })).toContain('spend must be an object with')
  expect(refused({ probation: false })).toContain('probation must be an object with')
  expect(refused({ retainedTail: [4] })).toContain('retainedTail must be an object with')
  expect(refused({ budget: undefined })).toBe('taken')
  expect(refused([])).toContain('the options must be an object')
  expect(refused({ budget: { tokens: 9_000 }, applyAt: 'idle' })).toBe('taken')
})

test('[POL1] a refusal names option, bounds and value', () => {
  const bad = { retainedTail: { messages: '6' } } as unknown as PolicyOptions
  expect(() => resolvePolicy(bad)).toThrow(
    'retainedTail.messages must be a number from 1 to 10000, got 6',
  )
  expect(() => resolvePolicy({ attempts: 11 })).toThrow(
    'attempts must be a number from 1 to 10, got 11',
  )
  expect(() => resolvePolicy({ budget: { soft: 0.99 } })).toThrow('budget.hard')
})

test('[POL1, SVC13] summarisers are all, or those of some names, and stay as they were set', () => {
  const some = resolvePolicy({ summarisers: ['WebLLM'] })
  expect(resolvePolicy({ attempts: 2 }, some).summarisers).toEqual(['WebLLM'])
  expect(resolvePolicy({ summarisers: 'all' }, some).summarisers).toBe('all')
  const { summarisers: _, ...stored } = DEFAULT_POLICY
  expect(resolvePolicy({}, stored as typeof DEFAULT_POLICY).summarisers).toBe('all')
  for (const bad of ['none', [7], Array.from({ length: 51 }, () => 'x'), ['x'.repeat(201)]]) {
    const options = { summarisers: bad } as unknown as PolicyOptions
    expect(() => resolvePolicy(options)).toThrow('summarisers must be')
  }
})
