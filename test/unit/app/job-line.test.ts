import { expect, test } from 'vitest'
import { describeJob, describeOutcome, describeSlot } from '../../../src/app/view/job-line.ts'
import type { Job } from '../../../src/core/compaction/job.ts'
import type { JobStatus, SessionState } from '../../../src/protocol/events.ts'

const state = (job: JobStatus): SessionState => ({
  session: 's',
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
  const job: Job = {
    session: 's',
    n: 1,
    schema: 1,
    trigger: 'soft',
    state: 'rejected',
    reason: 'the gain was below the minimum',
    base: 0,
    baseVersion: 0,
    branch: 0,
    from: 1,
    mark: 9,
    epoch: 1,
    attempt: 1,
    blocks: [],
    messages: 9,
    pins: [],
    done: 0,
    tokensBefore: 21_000,
    tokensAfter: 20_000,
    startedAt: 0,
  }
  expect(describeJob(job)).toEqual({
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
