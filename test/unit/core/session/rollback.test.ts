import { expect, test } from 'vitest'
import type { Job } from '../../../../src/core/compaction/job.ts'
import type { Snapshotted } from '../../../../src/core/ports/session-store.ts'
import { assembleContext } from '../../../../src/core/session/assemble.ts'
import { sumCategories } from '../../../../src/core/session/categories.ts'
import type { Generation } from '../../../../src/core/session/generation.ts'
import { rollBack } from '../../../../src/core/session/rollback.ts'
import type { SessionRow } from '../../../../src/core/session/session-row.ts'
import { buildGeneration, buildJob, buildRead } from '../../../support/build-generation.ts'
import { buildLog, buildSession, turns } from '../../../support/build-log.ts'

const NOW = 5_000

/** Four turns, a token a character, with a budget that can just hold them all. */
const log = buildLog(turns(4), buildSession({ budget: { tokens: 1_000 } }))

function generation(n: number, mark: number, fields: Partial<Generation> = {}): Generation {
  const atMark = log.messages[mark - 1]
  if (!atMark) throw new RangeError(`the log has no message ${mark}`)
  const own = { n, parent: n - 1, status: 'applied' as const, appliedAt: n * 100 }
  return buildGeneration(atMark, { ...own, ...fields })
}

const GENERATIONS = [generation(1, 4), generation(2, 8)]

function readWith(
  row: Partial<SessionRow> = {},
  generations: readonly Generation[] = GENERATIONS,
  openJob?: Job,
): Snapshotted {
  const session = { ...log.session, head: 2, mark: 8, headVersion: 2, lastGeneration: 2, ...row }
  return buildRead({ session, generations, range: log.messages, openJob })
}

/** A budget at whose hard threshold a context of so many tokens is. */
function budgetFor(tokens: number): Pick<SessionRow, 'policy'> {
  const { policy } = log.session
  return { policy: { ...policy, budget: { ...policy.budget, tokens, hard: 1 } } }
}

function refusalOf(read: Snapshotted, n: number, mustFit?: boolean): string {
  const { writes, outcome } = rollBack(read, n, NOW, mustFit)
  if (outcome.kind !== 'refused') throw new Error('it was rolled back')
  expect(writes).toEqual([])
  return outcome.reason
}

test('[ROLL1] the older digest and every message above its mark are the context', () => {
  const { writes, outcome } = rollBack(readWith({ holdUntil: 7 }), 1, NOW)
  const head = GENERATIONS[0]
  const tail = log.messages.filter(({ seq }) => seq > 4)
  const context = assembleContext({ head, pins: [], tail })
  if (outcome.kind !== 'rolled-back') throw new Error(outcome.reason)
  expect(outcome).toMatchObject({ from: 2, session: { head: 1, mark: 4, headVersion: 3 } })
  expect(outcome.session.tokens).toEqual({
    log: log.session.tokens.log,
    context: context.categories,
  })
  expect(writes).toContainEqual({ table: 'sessions', row: outcome.session })
  expect(rollBack(readWith(), 0, NOW).outcome).toMatchObject({ session: { head: 0, mark: 0 } })
})

test('[ROLL3] what was never applied, is unknown, or covers another log is refused', () => {
  const never = generation(1, 4)
  const { appliedAt: _, ...candidate } = never
  expect(refusalOf(readWith({}, [{ ...candidate, status: 'rejected' }]), 1)).toMatch(
    'never applied',
  )
  expect(refusalOf(readWith(), 7)).toBe('there is no generation 7')
  expect(refusalOf(readWith(), 2)).toBe('generation 2 is the head already')
  expect(refusalOf(readWith({}, [generation(1, 4, { coverage: 'other' })]), 1)).toMatch('left')
  const range = log.messages.map((message) => ({ ...message, active: message.seq !== 4 }))
  expect(refusalOf({ ...readWith(), range }, 1)).toMatch('left the active path')
  expect(refusalOf(buildRead(), 0)).toBe('the session does not exist')
})

test('[ROLL4] the job and the candidate of the former head end, and the next job waits', () => {
  const waiting = generation(3, 12, { status: 'candidate' })
  const { appliedAt: _, ...candidate } = waiting
  const job = buildJob({ n: 5, state: 'ready' })
  const read = readWith({ openJob: 5, candidate: 3 }, [...GENERATIONS, candidate], job)
  const { writes, outcome } = rollBack(read, 1, NOW)
  if (outcome.kind !== 'rolled-back') throw new Error(outcome.reason)
  const { session } = outcome
  expect(session).toMatchObject({ openJob: 0, candidate: 0 })
  expect(session.holdUntil).toBe(sumCategories(session.tokens.context) + 100)
  const statuses = writes.flatMap((write) =>
    write.table === 'generations' ? [[write.row.n, write.row.status]] : [],
  )
  expect(statuses).toEqual([
    [2, 'rolled-back'],
    [3, 'rejected'],
  ])
  expect(writes).toContainEqual({ table: 'blocks', remove: { session: 's', job: 5 } })
  expect(writes).toContainEqual({
    table: 'jobs',
    row: { ...job, state: 'superseded', reason: 'the head moved', endedAt: NOW },
  })
})

test('[ROLL5] what nobody asked for is refused from the hard threshold on', () => {
  const tokens = sumCategories(log.session.tokens.context)
  const atThreshold = readWith(budgetFor(tokens))
  const below = readWith(budgetFor(tokens + 1))
  expect(refusalOf(atThreshold, 0, true)).toBe(`${tokens} tokens would not fit the budget`)
  expect(rollBack(below, 0, NOW, true).outcome.kind).toBe('rolled-back')
  // The older digest keeps the context smaller than the log is.
  expect(rollBack(atThreshold, 1, NOW, true).outcome.kind).toBe('rolled-back')
})

test('[ROLL5] what a person asks for is done, whether it fits or not', () => {
  const tight = readWith(budgetFor(100))
  for (const mustFit of [undefined, false]) {
    expect(rollBack(tight, 0, NOW, mustFit).outcome.kind).toBe('rolled-back')
  }
  expect(refusalOf(tight, 1, true)).toMatch('would not fit')
})

test('[ROLL5] pinned messages count among what has to fit', () => {
  const tokens = (pins: readonly number[]): number => {
    const { outcome } = rollBack(readWith({ pins }), 1, NOW)
    return outcome.kind === 'rolled-back' ? sumCategories(outcome.session.tokens.context) : 0
  }
  expect(tokens([1])).toBe(tokens([]) + (log.messages[0]?.tokens ?? 0))
  const tight = budgetFor(tokens([]) + 1)
  expect(rollBack(readWith(tight), 1, NOW, true).outcome.kind).toBe('rolled-back')
  expect(refusalOf(readWith({ ...tight, pins: [1] }), 1, true)).toMatch('would not fit')
})

test('[PROB1] a rollback ends the probation', () => {
  const probation = { generation: 2, until: 99, evidence: [] }
  const { outcome } = rollBack(readWith({ probation }), 1, NOW)
  expect(outcome).toMatchObject({ kind: 'rolled-back', session: { probation: null } })
})

test('[SPEND3] a rollback counts what a running job spent, and not what a ready one did', () => {
  const spend = { calls: 2, tokens: 500 }
  const window = { calls: 1, tokens: 7, since: NOW - 1 }
  const counted = (state: Job['state']): unknown => {
    const read = readWith(
      { openJob: 5, spend: window },
      GENERATIONS,
      buildJob({ n: 5, state, spend }),
    )
    const { outcome } = rollBack(read, 1, NOW)
    return outcome.kind === 'rolled-back' && outcome.session.spend
  }
  expect(counted('running')).toEqual({ calls: 3, tokens: 507, since: NOW - 1 })
  expect(counted('ready')).toEqual(window)
})
