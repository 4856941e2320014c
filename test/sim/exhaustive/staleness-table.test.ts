import { expect, test } from 'vitest'
import { applyCandidate } from '../../../src/core/compaction/apply.ts'
import { decideStaleness, type Staleness } from '../../../src/core/compaction/staleness.ts'
import { buildCase, everyCase, FACTS, type Facts } from './staleness-cases.ts'

interface Row {
  /** Facts that this row is about; of what is not named, any value. */
  readonly where: { readonly [Fact in keyof Facts]?: readonly Facts[Fact][] }
  readonly outcome: Staleness
}

/** The first row that fits decides. */
const TABLE: readonly Row[] = [
  {
    where: { made: ['no candidate', 'no job', 'neither'] },
    outcome: { kind: 'discard', reason: 'no-candidate' },
  },
  { where: { epoch: ['older'] }, outcome: { kind: 'discard', reason: 'older-epoch' } },
  {
    where: { head: ['another', 'moved away and back'], branch: ['same'] },
    outcome: { kind: 'discard', reason: 'head-moved' },
  },
  {
    where: { head: ['another', 'moved away and back'], branch: ['another'] },
    outcome: { kind: 'discard', reason: 'branch-changed' },
  },
  {
    where: { atMark: ['left behind', 'another chain', 'missing'] },
    outcome: { kind: 'discard', reason: 'covered-part-changed' },
  },
  {
    where: { pins: ['new covered', 'new at the mark', 'new on a stub'] },
    outcome: { kind: 'rebuild', reason: 'pin-covered' },
  },
  { where: { pins: ['taken off'] }, outcome: { kind: 'rebuild', reason: 'pin-taken-off' } },
  { where: { age: ['too old'] }, outcome: { kind: 'rebuild', reason: 'too-old' } },
  { where: { growth: ['too much'] }, outcome: { kind: 'extend' } },
  { where: {}, outcome: { kind: 'apply' } },
]

const NAMES = Object.keys(FACTS) as readonly (keyof Facts)[]

function fits(row: Row, facts: Facts): boolean {
  return NAMES.every((name) => {
    const allowed: readonly string[] | undefined = row.where[name]
    return allowed?.includes(facts[name]) ?? true
  })
}

function outcomeOf(facts: Facts): Staleness {
  const row = TABLE.find((each) => fits(each, facts))
  if (!row) throw new RangeError('no row of the table fits')
  return row.outcome
}

test('[EXH4] every combination of facts is decided as the table says', () => {
  const counts = { apply: 0, extend: 0, rebuild: 0, discard: 0 }
  const cases = everyCase()
  for (const facts of cases) {
    const { read, now } = buildCase(facts)
    const { session, candidate, openJob: job, candidateMark: atMark } = read
    if (!session) throw new TypeError('a case without a session')
    const outcome = decideStaleness({ session, candidate, job, atMark, now })
    if (!isSame(outcome, outcomeOf(facts))) expect({ facts, outcome }).toBe(outcomeOf(facts))
    counts[outcome.kind] += 1
  }
  process.stdout.write(`${cases.length} combinations: ${JSON.stringify(counts)}\n`)
  expect(cases).toHaveLength(4 * 2 * 3 * 2 * 4 * 8 * 4 * 3)
  // Counted by hand from the table's columns.
  const fitting = 2 * 4
  expect(counts).toEqual({
    apply: fitting * 3 * 2,
    extend: fitting * 3,
    rebuild: 2 * 4 * 4 * 3 + fitting * 3,
    discard: cases.length - 2 * 8 * 4 * 3,
  })
})

test('[EXH4, APPLY1, APPLY2] every combination is applied, or refused and the slot freed, accordingly', () => {
  for (const facts of everyCase()) {
    const { read, now } = buildCase(facts)
    const wanted = outcomeOf(facts)
    const { outcome } = applyCandidate(read, now)
    const isRefused = wanted.kind === 'rebuild' || wanted.kind === 'discard'
    const seen =
      outcome.kind === 'applied'
        ? { kind: outcome.extend ? 'extend' : 'apply' }
        : { kind: outcome.rebuild ? 'rebuild' : 'discard', reason: outcome.reason }
    if (!isSame(seen, wanted)) expect({ facts, seen }).toBe(wanted)
    const { candidate, openJob, head } = outcome.session ?? { candidate: -1, openJob: -1, head: -1 }
    const before = read.session?.head
    const isFreed = candidate === 0 && openJob === 0 && (head === before) === isRefused
    if (!isFreed) expect({ facts, candidate, openJob, head }).toBe('a free slot')
  }
})

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
