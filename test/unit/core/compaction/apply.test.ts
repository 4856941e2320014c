import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyCandidate } from '../../../../src/core/compaction/apply.ts'
import type { Snapshotted, Write } from '../../../../src/core/ports/session-store.ts'
import { assembleContext, contextHash } from '../../../../src/core/session/assemble.ts'
import type { Message } from '../../../../src/core/session/message.ts'
import type { SessionRow } from '../../../../src/core/session/session-row.ts'
import { arbitraryDrafts } from '../../../support/build-arbitrary-log.ts'
import {
  buildGeneration,
  buildJob,
  buildRead,
  buildStub,
} from '../../../support/build-generation.ts'
import { buildLog, buildSession, turns } from '../../../support/build-log.ts'

const MARK = 8
const NOW = 5_000

/** What a transaction reads that applies a ready candidate at {@link MARK}. */
function readyToApply(change: Partial<SessionRow> = {}): Snapshotted {
  const log = buildLog(turns(4))
  const atMark = messageAt(log.messages, MARK)
  const session: SessionRow = {
    ...log.session,
    epoch: 1,
    lastJob: 1,
    openJob: 1,
    candidate: 1,
    lastGeneration: 1,
    holdUntil: 77,
    pins: [2, 3, 10],
    ...change,
  }
  return buildRead({
    session,
    candidate: buildGeneration(atMark),
    candidateMark: atMark,
    openJob: buildJob({ state: 'ready', mark: MARK, pins: session.pins }),
    pins: log.messages.filter(({ seq }) => seq <= MARK && session.pins.includes(seq)),
    tail: log.messages.filter(({ seq }) => seq > MARK),
  })
}

function messageAt(messages: readonly Message[], seq: number): Message {
  const message = messages[seq - 1]
  if (!message) throw new RangeError(`the log has no message ${seq}`)
  return message
}

/** The one row that is written to a table. */
function rowIn(writes: readonly Write[], table: Write['table']): unknown {
  const rows = writes.flatMap((write) =>
    write.table === table && 'row' in write ? [write.row] : [],
  )
  expect(rows, table).toHaveLength(1)
  return rows[0]
}

test('[APPLY1] an apply moves the head, ends the job, writes the snapshot and frees the slot', () => {
  const read = readyToApply()
  const { writes, outcome } = applyCandidate(read, NOW)
  expect(outcome.kind).toBe('applied')
  expect(rowIn(writes, 'sessions')).toMatchObject({
    head: 1,
    mark: MARK,
    headVersion: 1,
    candidate: 0,
    openJob: 0,
    holdUntil: 0,
    nextSeq: 17,
    chain: read.session?.chain,
  })
  expect(rowIn(writes, 'generations')).toEqual({
    ...read.candidate,
    status: 'applied',
    appliedAt: NOW,
  })
  expect(rowIn(writes, 'jobs')).toMatchObject({ n: 1, state: 'applied', endedAt: NOW })
  expect(rowIn(writes, 'snapshots')).toEqual({
    session: 's',
    n: 1,
    generation: 0,
    mark: 0,
    through: 16,
    pins: [2, 3, 10],
    branch: 0,
    hash: contextHash(undefined, [2, 3, 10], read.session?.chain ?? ''),
  })
})

test('[APPLY1] the head that is replaced is the parent, and is not written again', () => {
  const read = readyToApply({ head: 1, mark: 4, headVersion: 3, candidate: 2 })
  const { tail, candidate, candidateMark } = read
  const head = buildGeneration({ seq: 4, chain: 'x' }, { status: 'applied', appliedAt: 1 })
  const { writes, outcome } = applyCandidate(
    {
      ...read,
      head,
      candidate: candidate && { ...candidate, n: 2, parent: 1 },
      openJob: buildJob({ state: 'ready', base: 1, baseVersion: 3, pins: [2, 3, 10] }),
    },
    NOW,
  )
  expect(candidateMark?.seq).toBe(MARK)
  expect(outcome).toMatchObject({ kind: 'applied', generation: { n: 2 } })
  expect(writes.filter(({ table }) => table === 'generations')).toHaveLength(1)
  expect(rowIn(writes, 'snapshots')).toMatchObject({
    n: 2,
    generation: 1,
    mark: 4,
    hash: contextHash(head, [2, 3, 10], read.session?.chain ?? ''),
  })
  expect(tail).toHaveLength(8)
})

test('[APPLY2] a refused apply leaves the context as it was and frees the slot', () => {
  const read = readyToApply({ headVersion: 1 })
  const { writes, outcome } = applyCandidate(read, NOW)
  expect(outcome).toMatchObject({ kind: 'refused', reason: 'head-moved', rebuild: false })
  expect(rowIn(writes, 'sessions')).toEqual({
    ...read.session,
    candidate: 0,
    openJob: 0,
    revision: 1 + (read.session?.revision ?? 0),
  })
  expect(rowIn(writes, 'generations')).toEqual({ ...read.candidate, status: 'rejected' })
  expect(rowIn(writes, 'jobs')).toMatchObject({ state: 'superseded', reason: 'head-moved' })
})

test('[APPLY2] what is to be built anew says so', () => {
  const read = readyToApply()
  const now = (read.session?.policy.candidateMaxAgeMs ?? 0) + 1
  expect(applyCandidate(read, now).outcome).toMatchObject({
    kind: 'refused',
    reason: 'too-old',
    rebuild: true,
  })
})

test('[APPLY2] without a candidate nothing is taken from a job that runs', () => {
  const running = buildRead({
    session: { ...buildSession(), openJob: 1 },
    openJob: buildJob(),
  })
  expect(applyCandidate(running, NOW)).toMatchObject({
    writes: [],
    outcome: { kind: 'refused', reason: 'no-candidate', session: { openJob: 1 } },
  })
  expect(applyCandidate(buildRead(), NOW)).toMatchObject({
    writes: [],
    outcome: { kind: 'refused', reason: 'no-candidate' },
  })
})

test('[APPLY3, APPLY4] every message above the mark is in the context, and the counters are its', () => {
  fc.assert(
    fc.property(arbitraryDrafts, fc.nat(11), (later, stubbed) => {
      const before = readyToApply()
      if (!before.session || !before.candidate) throw new Error('nothing to apply')
      const appended = buildLog(later, before.session)
      const seq = MARK + 1 + (stubbed % (8 + later.length))
      const read: Snapshotted = {
        ...before,
        session: appended.session,
        tail: [...before.tail, ...appended.messages],
        candidate: { ...before.candidate, stubs: [buildStub({ seq, tokensBefore: 3, tokens: 1 })] },
      }
      const { outcome } = applyCandidate(read, NOW)
      if (outcome.kind !== 'applied') throw new Error(outcome.reason)
      const head = outcome.generation
      const { pins, tail } = read
      const pinned = read.session?.pins ?? []
      const context = assembleContext({ head, pins, tail, pinned })
      const seqs = context.entries.flatMap((entry) =>
        entry.kind === 'digest' ? [] : [entry.message.seq],
      )
      const newest = appended.session.nextSeq - 1
      const above = Array.from({ length: newest - MARK }, (_, index) => MARK + 1 + index)
      expect(seqs).toEqual([2, 3, ...above])
      expect(outcome.session.tokens.context).toEqual(context.categories)
      expect(outcome.job.tokensAfter).toBe(context.tokens)
      expect(outcome.session.tokens.log).toBe(appended.session.tokens.log)
    }),
  )
})

test('[PROB1] what is applied is on probation for the next turns, unless the policy has none', () => {
  const former = { generation: 9, until: 99, evidence: [] }
  const probation = (turns: number, change: Partial<SessionRow> = {}): unknown => {
    const read = readyToApply({ turns, probation: former, ...change })
    const { outcome } = applyCandidate(read, NOW)
    return outcome.kind === 'applied' ? outcome.session.probation : outcome.reason
  }
  expect(probation(4)).toEqual({ generation: 1, until: 7, evidence: [] })
  const { policy } = buildSession({ probation: { turns: 10 } })
  expect(probation(4, { policy })).toMatchObject({ generation: 1, until: 14 })
  expect(probation(4, { policy: buildSession({ probation: { turns: 0 } }).policy })).toBeNull()
  // A refusal leaves the head on the probation that it has.
  const refused = applyCandidate(readyToApply({ headVersion: 1, probation: former }), NOW).outcome
  expect(refused.session?.probation).toEqual(former)
})

test('[SPEND3] what a ready job spent was counted before, and is not counted again', () => {
  const window = { calls: 3, tokens: 700, since: 1_000 }
  for (const headVersion of [0, 1]) {
    const read = readyToApply({ headVersion, spend: window })
    const openJob = read.openJob && { ...read.openJob, spend: { calls: 2, tokens: 500 } }
    const { outcome } = applyCandidate({ ...read, openJob }, NOW)
    expect(outcome.kind).toBe(headVersion === 0 ? 'applied' : 'refused')
    expect(outcome.session?.spend).toEqual(window)
  }
})
