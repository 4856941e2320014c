import { expect, test } from 'vitest'
import { createErrorLog } from '../../../../src/app/keep/error-log.ts'
import { writeReport } from '../../../../src/app/keep/health-report.ts'
import { summariseHealth } from '../../../../src/app/keep/health-summary.ts'
import { describeIntegrity } from '../../../../src/app/keep/integrity-words.ts'
import { totalOf } from '../../../../src/app/keep/total-of.ts'
import type { Job, JobState } from '../../../../src/core/compaction/job.ts'
import type { GenerationSummary } from '../../../../src/protocol/requests.ts'
import { BackfoldError } from '../../../../src/core/backfold-error.ts'
import { createFakeSession } from '../fake-session.ts'

function job(n: number, state: JobState, patch: Partial<Job> = {}): Job {
  const spend = { calls: 0, tokens: 0 }
  return { n, state, spend, leftOut: [], ...patch } as unknown as Job
}

const STATE = createFakeSession().state.get()
const GOOD = { ...STATE, tokens: { ...STATE.tokens, log: 90_000, context: 12_000 } }

function generation(patch: Partial<GenerationSummary>): GenerationSummary {
  return { n: 1, status: 'applied', appliedAt: 5, ...patch } as GenerationSummary
}

test('[HEALTH1] jobs, cost and gain are counted', () => {
  const leftOut = [
    { extractor: 'model', block: 0, reason: 'too-old' },
    { extractor: 'model', block: 1, reason: 'too-old' },
  ]
  const jobs = [
    job(3, 'applied', { spend: { calls: 2, tokens: 700 }, leftOut }),
    job(2, 'applied', { spend: { calls: 1, tokens: 300 } }),
    job(1, 'skipped', { reason: 'nothing-new' }),
  ]
  const generations = [generation({}), generation({ n: 2, status: 'rolled-back' })]
  expect(summariseHealth({ state: GOOD, jobs, generations })).toMatchObject({
    outcomes: [
      { state: 'applied', count: 2 },
      { state: 'skipped', count: 1 },
    ],
    applied: 2,
    rolledBack: 1,
    tokensSaved: 78_000,
    calls: 3,
    tokensSpent: 1_000,
    leftOut: [{ what: 'model: the candidate is too old', count: 2 }],
  })
  const sessions = [
    { messages: 2, tokens: 10 },
    { messages: 3, tokens: 5 },
  ]
  expect(totalOf(sessions)).toEqual({ messages: 5, tokens: 15 })
})

test('[HEALTH2] what is paused, rolled back or in doubt is warned of with the reason', () => {
  const paused = { ...GOOD, health: { status: 'paused', reason: 'three failures' } } as const
  const warn = (state: typeof STATE, generations: readonly GenerationSummary[] = []) =>
    summariseHealth({ state, jobs: [], generations }).warnings.join(' ')
  expect(warn(GOOD)).toBe('')
  expect(warn(paused)).toContain('three failures')
  expect(warn(GOOD, [generation({ status: 'rolled-back' })])).toContain('1 generation was rolled')
  const probation = { generation: 4, turnsLeft: 2, evidence: ['the user said it again'] }
  expect(warn({ ...GOOD, probation })).toContain('Generation 4 is in doubt: the user said it again')
})

test('[HEALTH3] three folds in a row that changed nothing are warned of', () => {
  const warn = (states: readonly JobState[]): string =>
    summariseHealth({
      state: GOOD,
      jobs: states.map((state, index) => job(9 - index, state, { reason: 'too-little-to-gain' })),
      generations: [],
    }).warnings.join()
  expect(warn(['rejected', 'skipped', 'rejected'])).toContain('The last 3 folds changed nothing')
  expect(warn(['rejected', 'skipped', 'rejected'])).toContain('too little to gain')
  expect(warn(['rejected', 'skipped', 'applied', 'rejected'])).toBe('')
  expect(warn(['running', 'rejected', 'skipped', 'failed', 'applied'])).toContain('last 3')
})

test('[HEALTH4, HEALTH5] neither the error log nor a report holds what anybody wrote', () => {
  const stored = new Map<string, string>()
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
  }
  const errors = createErrorLog(storage, () => 1_000)
  for (let n = 0; n < 60; n += 1) {
    errors.note(new BackfoldError('INTERNAL', 'my secret marmalade'), `doing ${n}`)
  }
  errors.note(new TypeError('my secret marmalade'), 'reading')
  errors.note({ code: 'my secret marmalade' }, 'reading')
  expect(errors.get()).toHaveLength(50)
  expect(errors.get().slice(0, 3)).toEqual([
    { at: 1_000, code: 'UNKNOWN', during: 'reading' },
    { at: 1_000, code: 'TypeError', during: 'reading' },
    { at: 1_000, code: 'INTERNAL', during: 'doing 59' },
  ])
  expect([...stored.values()].join()).not.toContain('marmalade')
  expect(createErrorLog(storage, () => 0).get()).toEqual(errors.get())
  stored.set('backfold-errors', '[{"at":"x"},7,null]')
  expect(createErrorLog(storage, () => 0).get()).toEqual([])

  const health = summariseHealth({
    state: { ...GOOD, health: { status: 'degraded', reason: 'because of my marmalade' } },
    jobs: [job(1, 'failed', { reason: 'my marmalade' })],
    generations: [],
  })
  const report = writeReport({
    release: 'protocol 1',
    browser: 'a browser',
    sessions: 2,
    health,
    session: { messages: 3, log: 100, context: 20 },
    integrity: 'intact',
    errors: errors.get(),
  })
  expect(report).not.toContain('marmalade')
  expect(report).toContain('jobs: failed 1')
  expect(report).toContain('INTERNAL while doing 59')
})

test('[HEALTH5] where storage is forbidden errors last as long as the page', () => {
  const refuse = (): never => {
    throw new Error('forbidden')
  }
  const errors = createErrorLog({ getItem: refuse, setItem: refuse }, () => 7)
  errors.note(new RangeError('x'), 'trying')
  expect(errors.get()).toEqual([{ at: 7, code: 'RangeError', during: 'trying' }])
})

test('[HEALTH6] what a check found is named, at most fifty of it', () => {
  const sound = describeIntegrity({ isSound: true, messages: 5, problems: [] })
  expect(sound).toMatchObject({ kind: 'intact', damages: [] })
  expect(sound.title).toContain('All 5 messages')
  const found = describeIntegrity({
    isSound: false,
    messages: 5,
    problems: [
      { what: 'content', where: 'message 3' },
      { what: 'parent', where: 'generation 2' },
    ],
  })
  expect(found.damages).toEqual([
    'message 3 was changed since it was written',
    'generation 2 was built on a generation that is not there',
  ])
  const problems = Array(80).fill({ what: 'missing', where: 'message 1' })
  const many = describeIntegrity({ isSound: false, messages: 9, problems })
  expect(many.damages).toHaveLength(51)
  expect(many.damages.at(-1)).toBe('and 30 more')
})
