import fc from 'fast-check'
import { expect, test } from 'vitest'
import { extractRuleLines } from '../../../../src/core/compaction/extract-rules.ts'
import { standingRules } from '../../../../src/core/memory/rules.ts'
import { checkRulesInContext } from '../../../../src/core/memory/vault/check-rules.ts'
import { VAULT_BOUNDS, type RuleRow } from '../../../../src/core/memory/vault/rule-row.ts'
import {
  leaveRulesBehind,
  mergeRules,
  ruleLine,
  settleRules,
} from '../../../../src/core/memory/vault/settle-rules.ts'
import { readRule, supersedes } from '../../../../src/core/memory/vault/supersedes.ts'
import type { Draft } from '../../../../src/core/session/message.ts'
import { assistant, buildLog, calls, result, system, user } from '../../../support/build-log.ts'
import { SUPERSEDING, TOGETHER } from './vault-texts.ts'

function settle(drafts: readonly Draft[], rows: readonly RuleRow[] = []): readonly RuleRow[] {
  return settleRules('s', rows, extractRuleLines(buildLog(drafts).messages))
}

function ruleOf(rows: readonly RuleRow[], word: string): RuleRow {
  const found = rows.find(({ quote }) => quote.includes(word))
  if (!found) throw new Error(`no rule says ${word}`)
  return found
}

test.each(SUPERSEDING)('[VAULT3] %s ← %s', (earlier, later) => {
  expect(supersedes(readRule(later), readRule(earlier))).toBe(true)
})

test.each(TOGETHER)('[VAULT4] %s | %s', (earlier, later) => {
  expect(supersedes(readRule(later), readRule(earlier))).toBe(false)
})

test('[VAULT3] what supersedes is found in what the user says', () => {
  for (const [earlier, later] of SUPERSEDING) {
    for (const text of [earlier, later]) {
      expect(standingRules(text).length, text).toBeGreaterThan(0)
    }
  }
})

test('[VAULT4] whatever two texts are, reading them is total, and none supersedes itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 700 }), fc.string(), (a, b) => {
      expect(typeof supersedes(readRule(a), readRule(b))).toBe('boolean')
      expect(settle([user(a), user(a)]).every(({ status }) => status === 'in-force')).toBe(true)
    }),
  )
})

test('[VAULT4] a text of hundreds of cues is read in no time', () => {
  const started = performance.now()
  for (const cue of ['instead of ', 'is no longer ', 'nicht mehr ', '而不是', 'a'.repeat(9)]) {
    readRule(cue.repeat(100_000))
  }
  expect(performance.now() - started).toBeLessThan(10_000)
})

test('[VAULT1, VAULT2] rules of user and system get a row each; tools and the model have none', () => {
  const rule = 'Never push to main.'
  const rows = settle([
    system('Always answer in French.'),
    user(`Hello. ${rule} Thanks.`),
    assistant('You should always use tabs.'),
    calls('c'),
    result('c', 'You must never use spaces.'),
    user(rule),
  ])
  expect(rows).toHaveLength(2)
  expect(ruleOf(rows, 'French')).toMatchObject({ kind: 'rule', sources: [1], status: 'in-force' })
  expect(ruleOf(rows, 'main')).toMatchObject({ quote: rule, sources: [2, 6], origin: 'extracted' })
})

test('[VAULT3, VAULT5] what is superseded stays, linked, and comes back once its successor is removed', () => {
  const rows = settle([user('Always use yarn.'), user('Use pnpm instead of yarn.')])
  const [old, next] = [ruleOf(rows, 'Always'), ruleOf(rows, 'pnpm')]
  expect(old).toMatchObject({ status: 'superseded', supersededBy: next.id })
  expect(ruleLine(old, 9)).toBeUndefined()
  expect(ruleLine(next, 9)).toMatchObject({ id: next.id, text: '“Use pnpm instead of yarn.”' })
  const after = settleRules('s', [old, { ...next, status: 'removed', decidedAt: 9 }], [])
  expect(ruleOf(after, 'Always').status).toBe('in-force')
  expect(ruleOf(after, 'Always')).not.toHaveProperty('supersededBy')
})

test('[VAULT3] the order is that of the log: what is said first supersedes nothing', () => {
  const rows = settle([user('Use pnpm instead of yarn.'), user('Always use yarn.')])
  expect(rows.map(({ status }) => status)).toEqual(['in-force', 'in-force'])
})

test('[VAULT7] a pinned rule is not superseded', () => {
  const first = settle([user('Always use yarn.')]).map((row) => ({ ...row, isPinned: true }))
  const rows = settle([user('Always use yarn.'), user('Use pnpm instead of yarn.')], first)
  expect(ruleOf(rows, 'Always').status).toBe('in-force')
})

test('[VAULT9] what a person removed comes back when it is said again, and not before', () => {
  const said = user('Always use yarn.')
  const [row] = settle([said])
  if (!row) throw new Error('there is no rule')
  const removed: RuleRow = { ...row, status: 'removed', decidedAt: 1 }
  expect(settle([said], [removed])[0]?.status).toBe('removed')
  expect(settle([said, said], [removed])[0]?.status).toBe('in-force')
})

test('[VAULT9] what a person kept is superseded only by what is said later', () => {
  const talk = [user('Always use yarn.'), user('Use pnpm instead of yarn.')]
  const rows = settle(talk).map((row) =>
    row.quote.includes('Always') ? { ...row, status: 'in-force' as const, decidedAt: 2 } : row,
  )
  expect(ruleOf(settle(talk, rows), 'Always').status).toBe('in-force')
  const more = [...talk, user('Once more: use pnpm instead of yarn.')]
  expect(ruleOf(settle(more, rows), 'Always').status).toBe('superseded')
})

test('[VAULT1, VAULT9] what was composed is merged into the vault as it is by now', () => {
  const [row] = settle([user('Always use yarn.')])
  if (!row) throw new Error('there is no rule')
  expect(mergeRules([], [row])).toEqual([row])
  expect(mergeRules([row], [row])).toEqual([])
  const edited: RuleRow = { ...row, edited: 'Use bun.', status: 'removed', decidedAt: 7 }
  expect(mergeRules([edited], [{ ...row, sources: [1, 5] }])).toEqual([
    { ...edited, sources: [1, 5] },
  ])
})

test('[VAULT10] a branch takes along what only its messages said', () => {
  const rows = settle([user('Always use yarn.'), user('Use pnpm instead of yarn.')])
  const left = leaveRulesBehind(rows, new Set([2]))
  expect(ruleOf(left, 'pnpm')).toMatchObject({ status: 'removed', decidedAt: 2, sources: [2] })
  expect(ruleOf(left, 'Always')).toMatchObject({ status: 'in-force' })
  expect(leaveRulesBehind(rows, new Set([3]))).toEqual([])
  const added: RuleRow = { ...ruleOf(rows, 'pnpm'), origin: 'person' }
  expect(leaveRulesBehind([added], new Set([2]))).toEqual([])
})

test('[VAULT6] what a person wrote is quoted, marked, and stands on a covered message', () => {
  const [row] = settle([user('Always use yarn.')])
  if (!row) throw new Error('there is no rule')
  const later = { ...row, sources: [9] }
  expect(ruleLine(later, 5)).toBeUndefined()
  expect(ruleLine({ ...later, edited: 'Use bun.' }, 5)).toMatchObject({
    id: row.id,
    text: '“Use bun.” (as edited by the person)',
    sources: [5],
  })
  const added = { ...later, origin: 'person' } as const
  expect(ruleLine(added, 5)).toMatchObject({
    text: '“Always use yarn.” (added by the person)',
    sources: [5],
  })
  expect(ruleLine(added, 12)?.sources).toEqual([9])
})

test('[VAULT14] the vault is bounded, and what it knows is kept', () => {
  const many = Array.from({ length: VAULT_BOUNDS.rules + 9 }, (_, n) =>
    user(`Always do thing${n}.`),
  )
  const rows = settle(many)
  expect(rows).toHaveLength(VAULT_BOUNDS.rules)
  expect(rows[0]?.quote).toBe('Always do thing0.')
})

test('[VAULT8] a context is looked through for what is in force, and for what is not', () => {
  const rows = settle([user('Always use yarn.'), user('Never push to main.')])
  const digest = rows.flatMap((row) => ruleLine(row, 2) ?? [])
  const base = { rows, digest, leftOut: [], verbatim: new Set<number>() }
  const none = { missing: [], stale: [] }
  const [first, second] = rows
  if (!first || !second) throw new Error('there are no rules')
  expect(checkRulesInContext(base)).toEqual(none)
  const lost = { ...base, digest: digest.slice(1) }
  expect(checkRulesInContext(lost)).toEqual({ missing: [first.id], stale: [] })
  expect(checkRulesInContext({ ...lost, verbatim: new Set([1]) })).toEqual(none)
  expect(checkRulesInContext({ ...lost, leftOut: [first.id] })).toEqual(none)
  const edited: readonly RuleRow[] = [{ ...first, edited: 'Use bun.' }, second]
  expect(checkRulesInContext({ ...base, rows: edited }).stale).toEqual([first.id])
  const removed: readonly RuleRow[] = [{ ...first, status: 'removed' }, second]
  expect(checkRulesInContext({ ...base, rows: removed }).stale).toEqual([first.id])
})
