import { expect, test } from 'vitest'
import {
  describeJob,
  describeOutcome,
  describeProbation,
  describeSlot,
  leftOutOf,
} from '../../../src/app/view/job-line.ts'
import { NO_DETAILS } from '../../../src/core/session/session-details.ts'
import type { JobStatus, SessionState } from '../../../src/protocol/events.ts'
import { describeJob as entryOf } from '../../../src/protocol/job-registry.ts'
import { buildJob } from '../../support/build-generation.ts'

const state = (job: JobStatus): SessionState => ({
  session: 's',
  details: NO_DETAILS,
  generation: 0,
  mark: 0,
  newest: 0,
  messages: 0,
  budget: { tokens: 1_000, soft: 700, hard: 950 },
  tokens: {
    log: 0,
    context: 0,
    categories: { pinned: 0, digest: 0, user: 0, assistant: 0, tools: 0 },
  },
  job,
  candidate: null,
  probation: null,
  nextAction: 'A fold starts in about 700 tokens.',
  health: { status: 'ok' },
})

test('[APP36] the slot tells in words what runs, why, how far it is and what comes next', () => {
  expect(describeSlot(state({ status: 'idle' }))).toMatchObject({
    title: 'No job',
    detail: 'A fold starts in about 700 tokens.',
    progress: null,
  })
  const running = { status: 'running', job: 4, trigger: 'hard', startedAt: 0 } as const
  expect(describeSlot(state({ ...running, done: 1, of: 4 }))).toMatchObject({
    title: 'Job 4 folds in the background',
    detail: 'Block 2 of 4. Why: the context reached the hard threshold.',
    progress: 0.25,
  })
  expect(describeSlot(state({ ...running, done: 4, of: 4 })).detail).toMatch(/^Block 4 of 4/)
  expect(describeSlot(state({ ...running, done: 0, of: 0 })).progress).toBe(0)
  expect(describeSlot(state({ status: 'ready', job: 4, generation: 2 })).title).toMatch(
    /generation 2/,
  )
})

test('[APP36] ended jobs and outcomes carry their reason, codes in words and sentences as they are', () => {
  const job = buildJob({
    state: 'rejected',
    reason: 'the gain was below the minimum',
    tokensBefore: 21_000,
    tokensAfter: 20_000,
  })
  expect(describeJob(entryOf(job, 'tab'))).toMatchObject({
    state: 'rejected',
    detail: '21k → 20k tokens. the gain was below the minimum',
  })
  expect(describeOutcome({ kind: 'skipped', reason: 'open-exchange' })).toMatch(
    /waits for its result/,
  )
  expect(describeOutcome({ kind: 'refused', reason: 'head-moved' })).toBe(
    'Not done: the head generation changed meanwhile.',
  )
  expect(describeOutcome({ kind: 'rolled-back', from: 3, to: 1 })).toMatch(/generation 1/)
})

test('[APP58] a job tells which tab has it, how far it is, what it cost and what was left out', () => {
  const blocks = [1, 2, 3].map((n) => ({ from: n * 10, to: n * 10 + 9 }))
  const leftOut = [0, 1].map((block) => ({ extractor: 'notes', block, reason: 'no answer' }))
  const job = buildJob({ blocks, done: 2, attempt: 2, spend: { calls: 3, tokens: 4_200 }, leftOut })
  const entry = entryOf({ ...job, extractors: ['rules', 'notes'] }, 'other')
  expect(describeJob(entry)).toEqual({
    state: 'running',
    detail: 'Why it started: the context passed the soft threshold',
    course: 'another tab, 2 of 3 blocks, attempt 2',
    spend: '3 calls to models, 4.2k tokens',
  })
  expect(leftOutOf(entry)).toEqual(['notes: no answer (2 blocks)'])
  expect(describeJob(entryOf(buildJob(), 'tab'))).toMatchObject({
    course: 'this tab, 0 of 1 blocks',
    spend: null,
  })
})

test('[APP59] the probation of the newest fold is told in words, with what speaks against it', () => {
  expect(describeProbation(null)).toBeNull()
  expect(describeProbation({ generation: 2, turnsLeft: 1, evidence: [] })).toBe(
    'Generation 2 is watched for 1 more turn. Nothing speaks against it.',
  )
  const evidence = ['message 9 asks for it', 'message 11 repeats a rule']
  expect(describeProbation({ generation: 2, turnsLeft: 3, evidence })).toBe(
    'Generation 2 is watched for 3 more turns. message 9 asks for it; message 11 repeats a rule.',
  )
})
