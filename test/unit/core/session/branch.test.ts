import { expect, test } from 'vitest'
import type { Snapshotted, Write } from '../../../../src/core/ports/session-store.ts'
import { branchLog } from '../../../../src/core/session/branch.ts'
import { extendChain } from '../../../../src/core/session/chain.ts'
import type { Generation } from '../../../../src/core/session/generation.ts'
import type { Message } from '../../../../src/core/session/message.ts'
import type { SessionRow } from '../../../../src/core/session/session-row.ts'
import { buildGeneration, buildJob, buildRead } from '../../../support/build-generation.ts'
import { buildLog, turns, user } from '../../../support/build-log.ts'

const log = buildLog(turns(4))

/** Generations 1, 2 and 3, one on the other, with marks at 4, 8 and 12; the last is the head. */
function generations(): readonly Generation[] {
  return [4, 8, 12].map((mark, index) =>
    buildGeneration(messageAt(mark), {
      n: index + 1,
      parent: index,
      status: index === 2 ? 'applied' : 'superseded',
      appliedAt: index,
    }),
  )
}

function messageAt(seq: number): Message {
  const message = log.messages[seq - 1]
  if (!message) throw new RangeError(`the log has no message ${seq}`)
  return message
}

function readWith(row: Partial<SessionRow> = {}): Snapshotted {
  const session = { ...log.session, head: 3, mark: 12, headVersion: 3, lastGeneration: 3, ...row }
  return buildRead({ session, range: log.messages, generations: generations() })
}

function branch(read: Snapshotted, after: number): { row: SessionRow; writes: readonly Write[] } {
  const { writes, outcome } = branchLog(read, after, 9)
  if (outcome.kind === 'refused') throw new Error(outcome.reason)
  expect(writes.at(-1)).toEqual({ table: 'sessions', row: outcome.session })
  return { row: outcome.session, writes }
}

test('[BRA1] what stands above the position leaves the active path and stays in the log', () => {
  const { row, writes } = branch(readWith({ pins: [3, 14] }), 13)
  const left = writes.flatMap((write) =>
    write.table === 'messages' ? [[write.row.seq, write.row.active, write.row.parts]] : [],
  )
  expect(left).toEqual(log.messages.slice(13).map(({ seq, parts }) => [seq, false, parts]))
  expect(row).toMatchObject({ branch: 1, messages: 13, pins: [3], headVersion: 4, nextSeq: 17 })
  expect(row.tokens.log).toBe(messageAt(13).through)
})

test('[BRA2] a head that covers nothing of what was left behind stays', () => {
  for (const after of [12, 15]) {
    const { row, writes } = branch(readWith(), after)
    expect(row).toMatchObject({ head: 3, mark: 12 })
    expect(writes.some(({ table }) => table === 'generations')).toBe(false)
  }
})

test.each([
  [11, 2, 8],
  [8, 2, 8],
  [7, 1, 4],
  [3, 0, 0],
  [0, 0, 0],
])('[BRA2] after a branch at %d the newest generation that fits is the head', (after, n, mark) => {
  const { row, writes } = branch(readWith(), after)
  expect(row).toMatchObject({ head: n, mark, headVersion: 4 })
  const statuses = new Map(
    writes.flatMap((write) =>
      write.table === 'generations' ? [[write.row.n, write.row.status] as const] : [],
    ),
  )
  expect(statuses.get(3)).toBe('rolled-back')
  expect(statuses.get(n)).toBe(n === 0 ? undefined : 'applied')
})

test('[BRA2] a generation of a branch that was left does not become the head again', () => {
  const [first, second, third] = generations()
  if (!first || !second || !third) throw new Error('there are three')
  const read = { ...readWith(), generations: [first, { ...second, coverage: 'other' }, third] }
  expect(branch(read, 9).row).toMatchObject({ head: 1, mark: 4 })
})

test('[BRA3] what is appended after a branch continues the chain under new positions', () => {
  const { row } = branch(readWith(), 6)
  const [next] = buildLog([user('another way')], row).messages
  expect(next).toMatchObject({ seq: 17, through: messageAt(6).through + 15 })
  expect(next?.chain).toBe(extendChain(messageAt(6).chain, next?.hash ?? ''))
  const empty = branch(readWith(), 0).row
  expect(empty).toMatchObject({ chain: '', messages: 0, tokens: { log: 0 } })
})

test('[BRA1] a second branch leaves behind only what is still active', () => {
  const range = log.messages.map((message) => ({ ...message, active: message.seq < 11 }))
  const read = { ...readWith({ head: 0, mark: 0, messages: 10 }), range }
  const { row, writes } = branch(read, 8)
  expect(row.messages).toBe(8)
  const left = writes.flatMap((write) => (write.table === 'messages' ? [write.row.seq] : []))
  expect(left).toEqual([9, 10])
  expect(branchLog(read, 12, 9)).toMatchObject({ writes: [], outcome: { kind: 'refused' } })
})

test('[BRA1] a branch that would change nothing is refused', () => {
  for (const after of [16, 17, -1]) {
    expect(branchLog(readWith(), after, 9), `${after}`).toMatchObject({
      writes: [],
      outcome: { kind: 'refused' },
    })
  }
  expect(branchLog(buildRead(), 1, 9).outcome.kind).toBe('refused')
})

test('[BRA1, ROLL4] a branch ends the job and the candidate, whatever it leaves behind', () => {
  const read: Snapshotted = {
    ...readWith({ openJob: 1, candidate: 4 }),
    openJob: buildJob({ state: 'ready' }),
    generations: [...generations(), buildGeneration(messageAt(14), { n: 4, parent: 3 })],
  }
  const { row, writes } = branch(read, 15)
  expect(row).toMatchObject({ openJob: 0, candidate: 0 })
  expect(writes).toContainEqual({ table: 'blocks', remove: { session: 's', job: 1 } })
  const ended = writes.flatMap((write) => (write.table === 'jobs' ? [write.row.state] : []))
  expect(ended).toEqual(['superseded'])
  const rejected = writes.flatMap((write) =>
    write.table === 'generations' ? [[write.row.n, write.row.status]] : [],
  )
  expect(rejected).toEqual([[4, 'rejected']])
})
