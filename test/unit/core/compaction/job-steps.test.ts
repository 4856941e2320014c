import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Job, Trigger } from '../../../../src/core/compaction/job.ts'
import {
  beginJob,
  endJob,
  finishBlock,
  saveCandidate,
  splitBlocks,
  type JobRequest,
} from '../../../../src/core/compaction/job-steps.ts'
import { NO_SPEND } from '../../../../src/core/compaction/spend.ts'
import type { Snapshotted } from '../../../../src/core/ports/session-store.ts'
import { DEFAULT_POLICY } from '../../../../src/core/session/policy.ts'
import type { SessionRow } from '../../../../src/core/session/session-row.ts'
import {
  buildCandidate,
  buildGeneration,
  buildJob,
  buildRead,
} from '../../../support/build-generation.ts'
import { buildLog, buildSized, turns } from '../../../support/build-log.ts'

const BLOCK_TOKENS = DEFAULT_POLICY.blockTokens

const log = buildLog(turns(3))

function request(trigger: Trigger = 'soft'): JobRequest {
  const bounds = { retainMessages: 4, retainTokens: 0 }
  return { session: 's', trigger, bounds, owner: 'tab', extractors: ['rules'], now: 500 }
}

function readWith(row: Partial<SessionRow> = {}, rest: Partial<Snapshotted> = {}): Snapshotted {
  return buildRead({ session: { ...log.session, ...row }, tail: log.messages, ...rest })
}

/** What a transaction reads while this job holds the slot. */
function readDuring(job: Job, row: Partial<SessionRow> = {}): Snapshotted {
  return readWith({ epoch: 1, lastJob: 1, openJob: job.n, ...row }, { openJob: job })
}

const candidate = buildCandidate({
  checks: [{ name: 'gain', outcome: 'passed', detail: 'smaller' }],
})
const facts = { summariser: 'built-in', now: 900 }

test('[JOB1, PIN4] starting a job issues a new epoch, also when there is nothing to do', () => {
  const { outcome, writes } = beginJob(readWith({ epoch: 6, lastJob: 2, pins: [3] }), request())
  expect(outcome).toMatchObject({
    kind: 'started',
    job: {
      n: 3,
      epoch: 7,
      attempt: 1,
      state: 'running',
      from: 1,
      mark: 8,
      messages: 8,
      pins: [2, 3],
    },
    session: { epoch: 7, lastJob: 3, openJob: 3 },
  })
  expect(writes).toHaveLength(2)
  const none = beginJob({ ...readWith({ epoch: 6 }), tail: [] }, request())
  expect(none.outcome).toMatchObject({ kind: 'none', reason: 'nothing-new', session: { epoch: 7 } })
  expect(beginJob(buildRead(), request())).toEqual({
    writes: [],
    outcome: { kind: 'none', reason: 'no-session' },
  })
})

test('[JOB1] every step of a job with an older epoch, or without the slot, is refused', () => {
  const job = buildJob()
  const lost: readonly Snapshotted[] = [
    readDuring(job, { epoch: 2 }),
    readDuring(buildJob({ n: 2 })),
    readWith({ epoch: 1 }),
    buildRead({ openJob: job }),
  ]
  const end = { state: 'failed', reason: 'it broke', now: 9 } as const
  for (const read of lost) {
    for (const step of [saveCandidate(read, job, candidate, facts), endJob(read, job, end)]) {
      expect(step).toMatchObject({ writes: [], outcome: { kind: 'fenced' } })
    }
    // Rows of blocks were put before anybody could refuse them.
    const isOpen = read.openJob?.n === job.n
    const remove = { session: 's', job: job.n }
    expect(finishBlock(read, job)).toMatchObject({
      writes: isOpen ? [] : [{ table: 'blocks', remove }],
      outcome: { kind: 'fenced' },
    })
  }
  expect(finishBlock(readDuring(job), job).outcome.kind).toBe('ok')
  expect(saveCandidate(readDuring(job), job, candidate, facts).outcome.kind).toBe('ok')
  expect(endJob(readDuring(job), job, end).outcome.kind).toBe('ok')
})

test('[JOB2] the mark is that of the start, whatever is appended later', () => {
  const started = beginJob(readWith(), request()).outcome
  if (started.kind !== 'started') throw new Error('no job was started')
  const later = buildLog(turns(4), started.session)
  const read = buildRead({
    session: later.session,
    tail: [...log.messages, ...later.messages],
    openJob: started.job,
  })
  const saved = finishBlock(read, started.job).outcome
  if (saved.kind !== 'ok') throw new Error(saved.reason)
  const done = saveCandidate({ ...read, openJob: saved.value }, saved.value, candidate, facts)
  expect(done.outcome).toMatchObject({ value: { generation: { mark: 8 }, job: { mark: 8 } } })
  expect(beginJob(read, request()).outcome).toMatchObject({ kind: 'resumed', job: { mark: 8 } })
})

test('[JOB3] a job of a dead holder is taken up at its first unfinished block', () => {
  const job = buildJob({ mark: 8, done: 1, blocks: [1, 5].map((from) => ({ from, to: from + 3 })) })
  const { outcome, writes } = beginJob(readDuring(job), request())
  expect(outcome).toMatchObject({
    kind: 'resumed',
    job: { n: 1, epoch: 2, attempt: 2, done: 1, mark: 8 },
    session: { epoch: 2, openJob: 1, lastJob: 1 },
  })
  expect(writes.map(({ table }) => table)).toEqual(['jobs', 'sessions'])
})

test('[JOB3] a candidate that waits is not built again', () => {
  const job = buildJob({ state: 'ready' })
  const waiting = buildGeneration({ seq: 4, chain: 'x' })
  const read = { ...readDuring(job, { candidate: 1 }), candidate: waiting }
  expect(beginJob(read, request()).outcome).toMatchObject({ kind: 'ready', job: { epoch: 2 } })
  expect(beginJob({ ...read, candidate: undefined }, request()).outcome.kind).toBe('started')
})

test('[JOB4] a job that can’t be taken up is abandoned, with its reason, before another starts', () => {
  const job = buildJob({ mark: 8 })
  const misfits: readonly (readonly [string, Snapshotted, Trigger?])[] = [
    ['another head', readDuring(job, { head: 1 })],
    ['another version of the head', readDuring(job, { headVersion: 1 })],
    ['another branch', readDuring(job, { branch: 1 })],
    ['its mark is gone', { ...readDuring(job), tail: log.messages.slice(8) }],
    ['no attempt left', readDuring(buildJob({ mark: 8, attempt: 3 }))],
    ['the hard threshold', readDuring(job), 'hard'],
  ]
  for (const [why, read, trigger] of misfits) {
    const bounds = { retainMessages: 1, retainTokens: 0 }
    const { outcome, writes } = beginJob(read, { ...request(trigger), bounds })
    expect(outcome, why).toMatchObject({ kind: 'started', job: { n: 2, epoch: 2, attempt: 1 } })
    const jobs = writes.flatMap((write) =>
      write.table === 'jobs' ? [[write.row.n, write.row.state, Boolean(write.row.reason)]] : [],
    )
    expect(jobs, why).toEqual([
      [1, 'abandoned', true],
      [2, 'running', false],
    ])
    expect(writes, why).toContainEqual({ table: 'blocks', remove: { session: 's', job: 1 } })
  }
})

test('[JOB4] the candidate of an abandoned job is rejected, also when no cut is found', () => {
  const waiting = buildGeneration({ seq: 4, chain: 'x' })
  const held = readDuring(buildJob({ state: 'ready' }), { headVersion: 1, candidate: 1 })
  const { outcome, writes } = beginJob({ ...held, candidate: waiting, tail: [] }, request())
  expect(outcome).toMatchObject({ kind: 'none', session: { openJob: 0, candidate: 0 } })
  expect(writes).toContainEqual({ table: 'generations', row: { ...waiting, status: 'rejected' } })
})

test('[JOB5] the blocks cover the range without gap or overlap, and are small', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: BLOCK_TOKENS * 1.5 }), { maxLength: 30 })
  fc.assert(
    fc.property(sizes, fc.nat(32), (tokens, mark) => {
      const messages = buildSized(...tokens)
      const blocks = splitBlocks(messages, mark, BLOCK_TOKENS)
      const inBlocks = blocks.map(({ from, to }) =>
        messages.filter(({ seq }) => seq >= from && seq <= to),
      )
      expect(inBlocks.flat()).toEqual(messages.filter(({ seq }) => seq <= mark))
      for (const block of inBlocks) {
        expect(block.length).toBeGreaterThan(0)
        const sum = block.reduce((total, message) => total + message.tokens, 0)
        expect(block.length === 1 || sum <= BLOCK_TOKENS).toBe(true)
      }
      // And no smaller than they need be.
      inBlocks.slice(1).forEach((block, index) => {
        const before = inBlocks[index]?.reduce((total, message) => total + message.tokens, 0) ?? 0
        expect(before + (block[0]?.tokens ?? 0)).toBeGreaterThan(BLOCK_TOKENS)
      })
    }),
  )
})

test('[JOB5] a branch that was left behind leaves no hole in the blocks', () => {
  const messages = buildSized(10, 10, 10, 10).filter(({ seq }) => seq !== 2 && seq !== 3)
  expect(splitBlocks(messages, 4, BLOCK_TOKENS)).toEqual([{ from: 1, to: 4, messages: 2 }])
})

test('[RUN3] a candidate that fails a check is stored as rejected, with the reason', () => {
  const job = buildJob()
  const failed = { name: 'gain', outcome: 'failed', detail: 'nothing saved' } as const
  const bad = { ...candidate, checks: [...candidate.checks, failed] }
  const { outcome, writes } = saveCandidate(readDuring(job), job, bad, facts)
  expect(outcome).toMatchObject({
    value: {
      generation: { n: 1, status: 'rejected', parent: 0 },
      job: { state: 'rejected', reason: 'check gain: nothing saved', endedAt: 900, generation: 1 },
      session: { candidate: 0, openJob: 0, lastGeneration: 1, head: 0 },
    },
  })
  const good = saveCandidate(readDuring(job), job, candidate, facts).outcome
  expect(good).toMatchObject({
    value: {
      generation: { n: 1, status: 'candidate' },
      job: { state: 'ready', generation: 1 },
      session: { candidate: 1, openJob: 1, lastGeneration: 1, head: 0 },
    },
  })
  expect(writes.map(({ table }) => table)).toEqual(['generations', 'jobs', 'blocks', 'sessions'])
})

test('[JOB3] who takes a job up is its owner, with extractors of its own', () => {
  const dead = buildJob({ mark: 8, owner: 'dead', extractors: ['rules', 'gone'] })
  expect(beginJob(readDuring(dead), request()).outcome).toMatchObject({
    kind: 'resumed',
    job: { owner: 'tab', extractors: ['rules'], trigger: 'soft' },
  })
})

test('[JOB3] at the hard threshold a job is finished only where that was asked for', () => {
  const read = readDuring(buildJob({ mark: 8, done: 1 }))
  const over = { ...request('hard'), takesOver: true }
  expect(beginJob(read, over).outcome).toMatchObject({
    kind: 'resumed',
    job: { n: 1, done: 1, trigger: 'hard' },
  })
  const anew = beginJob(read, { ...over, takesOver: false }).outcome
  expect(anew).toMatchObject({ kind: 'started', job: { n: 2, trigger: 'hard' } })
})

test('[EXT3] what was left out of a block is kept with its reason', () => {
  const spent = { calls: 0, tokens: 0 }
  const left = (extractor: string) => ({ extractor, reason: 'it broke' })
  const first = buildJob({ done: 1, leftOut: [{ ...left('a'), block: 0 }] })
  const cost = { spend: spent, leftOut: [left('a'), left('b')] }
  expect(finishBlock(readDuring(first), first, cost).outcome).toMatchObject({
    value: {
      done: 2,
      leftOut: [
        { extractor: 'a', block: 0, reason: 'it broke' },
        { extractor: 'a', block: 1, reason: 'it broke' },
        { extractor: 'b', block: 1, reason: 'it broke' },
      ],
    },
  })
  // A job of very many blocks would make its row grow with each.
  const many = { spend: spent, leftOut: Array.from({ length: 150 }, () => left('a')) }
  const { outcome } = finishBlock(readDuring(first), first, many)
  expect(outcome.kind === 'ok' && outcome.value.leftOut).toHaveLength(100)
})

test('[PRE3] what arrived while a job ran is learned when its candidate is stored', () => {
  const job = buildJob({ logTokens: 1_000 })
  const bad = { name: 'gain', outcome: 'failed', detail: 'nothing saved' } as const
  const learned = (logTokens: number, checks = candidate.checks): unknown => {
    const tokens = { ...log.session.tokens, log: logTokens }
    const read = readDuring(job, { tokens, headroom: 500 })
    const { outcome } = saveCandidate(read, job, { ...candidate, checks }, facts)
    return outcome.kind === 'ok' && outcome.value.session.headroom
  }
  expect(learned(1_800)).toBe(800)
  expect(learned(1_200)).toBe(350)
  // A branch left more behind than was appended.
  expect(learned(100)).toBe(350)
  expect(learned(1_800, [bad])).toBe(800)
  const end = { state: 'failed', reason: 'it broke', now: 9 } as const
  const { outcome } = endJob(readDuring(job, { headroom: 500 }), job, end)
  expect(outcome).toMatchObject({ value: { headroom: 500 } })
})

test('[SPEND3] a job that is taken up goes on with what the dead one spent', () => {
  const spend = { calls: 2, tokens: 500 }
  const window = { calls: 1, tokens: 7, since: 400 }
  const dead = buildJob({ mark: 8, spend, leftOut: [{ extractor: 'a', block: 0, reason: 'x' }] })
  const { outcome } = beginJob(readDuring(dead, { spend: window }), request())
  expect(outcome).toMatchObject({
    kind: 'resumed',
    job: { spend, leftOut: dead.leftOut },
    session: { spend: window },
  })
  const started = beginJob(readWith(), request()).outcome
  expect(started).toMatchObject({
    job: { spend: NO_SPEND, leftOut: [], logTokens: log.session.tokens.log },
  })
})

test('[SPEND3] what an abandoned job spent is counted once, also when no cut is found', () => {
  const job = buildJob({ mark: 8, spend: { calls: 2, tokens: 500 } })
  const window = { calls: 1, tokens: 7, since: 400 }
  const misfit = readDuring(job, { branch: 1, spend: window })
  const sum = { calls: 3, tokens: 507, since: 400 }
  expect(beginJob(misfit, request()).outcome).toMatchObject({
    kind: 'started',
    session: { spend: sum },
  })
  const nothing = { ...misfit, tail: [] }
  expect(beginJob(nothing, request()).outcome).toMatchObject({
    kind: 'none',
    session: { spend: sum },
  })
  const ended = { state: 'failed', reason: 'it broke', now: 500 } as const
  expect(endJob(readDuring(job, { spend: window }), job, ended).outcome).toMatchObject({
    value: { spend: sum },
  })
})

test('[SPEND1, SPEND3] a job that ends when the window is over begins a new one', () => {
  const job = buildJob({ spend: { calls: 2, tokens: 500 } })
  const window = { calls: 60, tokens: 7, since: 900 - DEFAULT_POLICY.spend.windowMs }
  const { outcome } = saveCandidate(readDuring(job, { spend: window }), job, candidate, facts)
  expect(outcome).toMatchObject({ value: { session: { spend: { ...job.spend, since: 900 } } } })
})
