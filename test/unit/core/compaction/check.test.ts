import { expect, test } from 'vitest'
import {
  checkCandidate,
  hasLegalSources,
  isSupported,
  type CheckFacts,
} from '../../../../src/core/compaction/check.ts'
import type { CheckName, CheckResult } from '../../../../src/core/session/generation.ts'
import { buildBlock, buildJob, buildLine } from '../../../support/build-generation.ts'
import { assistant, buildLog, result, user } from '../../../support/build-log.ts'

const CHAIN = 'chain at the mark'

const facts: CheckFacts = {
  job: buildJob({
    mark: 9,
    messages: 9,
    blocks: [
      { from: 1, to: 4, messages: 4 },
      { from: 5, to: 9, messages: 5 },
    ],
  }),
  blocks: [buildBlock({ messages: 4 }), buildBlock({ block: 1, messages: 5, chain: CHAIN })],
  chainAtMark: CHAIN,
  lines: [buildLine({ section: 'goal' }), buildLine({ section: 'rules' })],
  linesWithoutSources: 0,
  rulesLeftOut: 0,
  rulesMended: 0,
  ruleFaults: { missing: [], stale: [] },
  taskExpected: true,
  tail: [],
  inUse: new Set(),
  tokensBefore: 1_000,
  tokensAfter: 750,
  minimumGain: 0.25,
}

function check(name: CheckName, change: Partial<CheckFacts> = {}): CheckResult['outcome'] {
  const found = checkCandidate({ ...facts, ...change }).filter((each) => each.name === name)
  expect(found).toHaveLength(1)
  expect(found[0]?.detail).toBeTruthy()
  return found[0]?.outcome ?? 'failed'
}

test('[CHK1] a candidate that did not read its range as the log has it is rejected', () => {
  expect(check('coverage')).toBe('passed')
  const [first, second] = facts.blocks
  if (!first || !second) throw new Error('there are two blocks')
  const wrong = [
    [first],
    [second],
    [second, first],
    [first, first],
    [first, { ...second, messages: 4 }],
    [first, { ...second, messages: 6 }],
    [first, { ...second, chain: 'another' }],
    [
      { ...first, messages: 5 },
      { ...second, messages: 4, block: 2 },
    ],
    // In sum as many as there are.
    [
      { ...first, messages: first.messages + 1 },
      { ...second, messages: second.messages - 1 },
    ],
    [],
  ]
  for (const blocks of wrong) expect(check('coverage', { blocks })).toBe('failed')
  expect(check('coverage', { chainAtMark: 'another' })).toBe('failed')
})

test('[CHK1] of a job that does not say what is in its blocks, all of them are counted together', () => {
  const job = { ...facts.job, blocks: facts.job.blocks.map(({ from, to }) => ({ from, to })) }
  expect(check('coverage', { job })).toBe('passed')
  const [first, second] = facts.blocks
  if (!first || !second) throw new Error('there are two blocks')
  const blocks = [first, { ...second, messages: second.messages - 1 }]
  expect(check('coverage', { job, blocks })).toBe('failed')
})

test('[CHK2] lines without legal sources are told and reported', () => {
  const legal = (...sources: readonly number[]): boolean =>
    hasLegalSources(buildLine({ sources }), 9)
  expect(legal(1)).toBe(true)
  expect(legal(3, 9)).toBe(true)
  expect(legal()).toBe(false)
  expect(legal(3, 10)).toBe(false)
  expect(legal(0, 3)).toBe(false)
  expect(check('sources')).toBe('passed')
  expect(check('sources', { linesWithoutSources: 1 })).toBe('mended')
})

test('[CHK3] a candidate that loses the newest request is rejected', () => {
  const none = { lines: [buildLine({ section: 'rules' })] }
  expect(check('current-task')).toBe('passed')
  expect(check('current-task', none)).toBe('failed')
  expect(check('current-task', { ...none, taskExpected: false })).toBe('passed')
  const above = buildLog([result('a'), user('do this'), assistant('yes')]).messages
  expect(check('current-task', { ...none, tail: above })).toBe('passed')
  const [, ...withoutIt] = above.toReversed()
  expect(check('current-task', { ...none, tail: withoutIt.slice(1) })).toBe('failed')
})

test('[CHK4] a candidate that saves less than the minimum gain is rejected', () => {
  expect(check('gain')).toBe('passed')
  expect(check('gain', { tokensAfter: 751 })).toBe('failed')
  expect(check('gain', { tokensAfter: 1_500 })).toBe('failed')
  expect(check('gain', { tokensBefore: 0, tokensAfter: 0 })).toBe('failed')
  expect(check('gain', { tokensAfter: 1_000, minimumGain: 0 })).toBe('passed')
})

test('[CHK2, DIG2] what was mended is told apart from what stands', () => {
  expect(check('rules', { rulesLeftOut: 2 })).toBe('mended')
  const blocks = facts.blocks.map((block) => ({ ...block, unsupported: 1 }))
  expect(check('unsupported', { blocks })).toBe('mended')
  expect(checkCandidate(facts).map(({ outcome }) => outcome)).not.toContain('mended')
})

test('[DIG2] a line is supported while its sources say every identifier in it', () => {
  const { messages } = buildLog([user('see src/app/main.ts'), assistant('it is ABC-123 in v1.2.3')])
  const supported = (text: string): boolean => isSupported(buildLine({ text }), messages)
  expect(supported('main.ts at src/app/main.ts has ABC-123')).toBe(true)
  expect(supported('words that nobody said')).toBe(true)
  expect(supported('see src/app/other.ts')).toBe(false)
  expect(supported('ABC-124')).toBe(false)
  expect(supported('in v1.2.4')).toBe(false)
})

test('[DIG2] every identifier of a line is looked up, however many it names', () => {
  const named = Array.from({ length: 100 }, (_, index) => `AB-${index}`)
  const { messages } = buildLog([user(named.join(' '))])
  const supported = (names: readonly string[]): boolean =>
    isSupported(buildLine({ text: names.join(' ') }), messages)
  expect(supported(named)).toBe(true)
  expect(supported(named.with(99, 'XY-99'))).toBe(false)
})

test('[EXT3] extractors that were left out are reported, each with its reason, and reject nothing', () => {
  expect(check('extractors')).toBe('passed')
  const leftOut = [
    { extractor: 'facts', block: 0, reason: 'no answer within 10 s' },
    { extractor: 'own', block: 0, reason: 'it broke' },
    { extractor: 'own', block: 1, reason: 'it broke again' },
  ]
  const change = { job: { ...facts.job, leftOut } }
  expect(check('extractors', change)).toBe('mended')
  const results = checkCandidate({ ...facts, ...change })
  expect(results.map(({ outcome }) => outcome)).not.toContain('failed')
  expect(results.find(({ name }) => name === 'extractors')?.detail).toBe(
    'facts was left out (no answer within 10 s); own was left out (it broke again)',
  )
})
