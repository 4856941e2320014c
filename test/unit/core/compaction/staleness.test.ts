import { expect, test } from 'vitest'
import {
  decideStaleness,
  type StaleReason,
  type Staleness,
  type StalenessFacts,
} from '../../../../src/core/compaction/staleness.ts'
import type { Generation } from '../../../../src/core/session/generation.ts'
import type { Message } from '../../../../src/core/session/message.ts'
import type { SessionRow } from '../../../../src/core/session/session-row.ts'
import { buildGeneration, buildJob } from '../../../support/build-generation.ts'
import { buildLog, buildSession, turns } from '../../../support/build-log.ts'

const HOUR = 3_600_000

const log = buildLog(turns(4), buildSession({ budget: { tokens: 1_000 } }))
const session: SessionRow = { ...log.session, epoch: 1, candidate: 1, openJob: 1 }
const atMark = messageAt(8)
const candidate: Generation = buildGeneration(atMark, { createdAt: 100 * HOUR })
const job = buildJob({ state: 'ready', mark: 8 })

function messageAt(seq: number): Message {
  const message = log.messages[seq - 1]
  if (!message) throw new RangeError(`the log has no message ${seq}`)
  return message
}

function decide(change: Partial<StalenessFacts> = {}): Staleness {
  return decideStaleness({ session, candidate, job, atMark, now: 101 * HOUR, ...change })
}

function discard(reason: StaleReason): Staleness {
  return { kind: 'discard', reason }
}

test('[STALE1] a candidate is applied while everything is as it was', () => {
  expect(decide()).toEqual({ kind: 'apply' })
  const longer = buildLog(turns(2), session).session
  expect(decide({ session: longer })).toEqual({ kind: 'apply' })
  expect(decide({ candidate: undefined })).toEqual(discard('no-candidate'))
  expect(decide({ job: undefined })).toEqual(discard('no-candidate'))
})

test('[STALE2] a candidate of an older epoch is discarded', () => {
  expect(decide({ session: { ...session, epoch: 2 } })).toEqual(discard('older-epoch'))
  expect(decide({ session: { ...session, epoch: 2 }, job: { ...job, epoch: 2 } })).toEqual({
    kind: 'apply',
  })
})

test('[STALE3] a candidate is discarded when the head moved, on whatever branch', () => {
  const moved = { ...session, headVersion: 1 }
  expect(decide({ session: moved })).toEqual(discard('head-moved'))
  expect(decide({ session: { ...moved, branch: 1 } })).toEqual(discard('branch-changed'))
  expect(decide({ session: { ...session, head: 3 } })).toEqual(discard('head-moved'))
  // The head moved away and back: the number is that of before, the version is not.
  expect(decide({ session: { ...session, headVersion: 2 } })).toEqual(discard('head-moved'))
})

test('[STALE4] a candidate is discarded when the message at its mark is another', () => {
  const changed = discard('covered-part-changed')
  expect(decide({ atMark: undefined })).toEqual(changed)
  expect(decide({ atMark: { ...atMark, active: false } })).toEqual(changed)
  expect(decide({ atMark: { ...atMark, chain: messageAt(7).chain } })).toEqual(changed)
})

test('[STALE5] a candidate that covers a message pinned since is built anew', () => {
  const rebuild: Staleness = { kind: 'rebuild', reason: 'pin-covered' }
  expect(decide({ session: { ...session, pins: [8] } })).toEqual(rebuild)
  expect(decide({ session: { ...session, pins: [9] } })).toEqual({ kind: 'apply' })
  const folded = { ...session, mark: 4 }
  expect(decide({ session: { ...folded, pins: [4] } })).toEqual({ kind: 'apply' })
  expect(decide({ session: { ...folded, pins: [4, 5] } })).toEqual(rebuild)
  // What was pinned when the job started is in the context that it was made for.
  const known = { ...job, pins: [5] }
  expect(decide({ session: { ...session, pins: [5] }, job: known })).toEqual({ kind: 'apply' })
  expect(decide({ session: { ...session, pins: [5, 6] }, job: known })).toEqual(rebuild)
})

test('[STALE6] a candidate that is too old is built anew, and none is before its time', () => {
  const { candidateMaxAgeMs } = session.policy
  const limit = candidate.createdAt + candidateMaxAgeMs
  expect(decide({ now: limit })).toEqual({ kind: 'apply' })
  expect(decide({ now: limit + 1 })).toEqual({ kind: 'rebuild', reason: 'too-old' })
  expect(decide({ now: 0 })).toEqual({ kind: 'apply' })
})

test('[STALE7] a candidate that leaves too much is applied, and the next job is due', () => {
  const soft = 700
  const atSoft = soft - candidate.digestTokens
  const withTail = (tail: number): SessionRow => ({
    ...session,
    tokens: { ...session.tokens, log: atMark.through + tail },
  })
  expect(decide({ session: withTail(atSoft - 1) })).toEqual({ kind: 'apply' })
  expect(decide({ session: withTail(atSoft) })).toEqual({ kind: 'extend' })
})

test('[STALE7, PRE2] the more arrives while a job runs, the less may be left above a candidate', () => {
  const tail = 500
  const above = (headroom: number, logTokens: number): Staleness =>
    decide({
      session: {
        ...session,
        headroom,
        tokens: { ...session.tokens, log: atMark.through + logTokens },
      },
    })
  // Tail and digest come to 550: below 700, and above 950 less twice 201.
  expect(above(0, tail)).toEqual({ kind: 'apply' })
  expect(above(199, tail)).toEqual({ kind: 'apply' })
  expect(above(201, tail)).toEqual({ kind: 'extend' })
  // A third of the way from target to soft threshold is the least.
  expect(above(1e9, 449)).toEqual({ kind: 'apply' })
  expect(above(1e9, 450)).toEqual({ kind: 'extend' })
})

test('[STALE2, STALE3, STALE4, STALE5, STALE6] what does not fit is named before what is old', () => {
  const old = { now: candidate.createdAt + session.policy.candidateMaxAgeMs + 1 }
  const pinned = { ...session, pins: [5] }
  expect(decide({ ...old, session: pinned })).toMatchObject({ reason: 'pin-covered' })
  const gone = { ...atMark, active: false }
  expect(decide({ ...old, session: pinned, atMark: gone })).toEqual(discard('covered-part-changed'))
  const moved = { ...pinned, headVersion: 1 }
  expect(decide({ ...old, session: moved, atMark: gone })).toEqual(discard('head-moved'))
  expect(decide({ ...old, session: { ...moved, epoch: 2 }, atMark: gone })).toEqual(
    discard('older-epoch'),
  )
})
