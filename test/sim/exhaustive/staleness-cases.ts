import type { Job } from '../../../src/core/compaction/job.ts'
import type { Snapshotted } from '../../../src/core/ports/session-store.ts'
import type { Generation } from '../../../src/core/session/generation.ts'
import type { Message } from '../../../src/core/session/message.ts'
import type { SessionRow } from '../../../src/core/session/session-row.ts'
import { buildGeneration, buildJob, buildRead, buildStub } from '../../support/build-generation.ts'
import { buildLog, buildSession, turns } from '../../support/build-log.ts'

/** Everything that can have happened between a job's start and the look at its candidate. */
export const FACTS = {
  made: ['both', 'no candidate', 'no job', 'neither'],
  epoch: ['same', 'older'],
  head: ['same', 'another', 'moved away and back'],
  branch: ['same', 'another'],
  atMark: ['as it was', 'left behind', 'another chain', 'missing'],
  pins: [
    'none',
    'as before',
    'new below the old mark',
    'new covered',
    'new at the mark',
    'new above',
    'new on a stub',
    'taken off',
  ],
  age: ['young', 'at the limit', 'too old', 'from the future'],
  growth: ['none', 'just below', 'too much'],
} as const

export type Facts = { readonly [Fact in keyof typeof FACTS]: (typeof FACTS)[Fact][number] }

/** The full product: one case for each combination. */
export function everyCase(): readonly Facts[] {
  const names = Object.keys(FACTS) as readonly (keyof typeof FACTS)[]
  const cases = names.reduce<readonly Partial<Facts>[]>(
    (before, name) =>
      before.flatMap((facts) => FACTS[name].map((value) => ({ ...facts, [name]: value }))),
    [{}],
  )
  return cases as readonly Facts[]
}

export interface StaleCase {
  readonly read: Snapshotted
  readonly now: number
}

const HOUR = 3_600_000
const BUDGET = 1_000
const OLD_MARK = 4
const MARK = 8
const STUBBED = 10

const log = buildLog(turns(3), buildSession({ budget: { tokens: BUDGET } }))
const messageAt = (seq: number): Message => {
  const message = log.messages[seq - 1]
  if (!message) throw new RangeError(`the log has no message ${seq}`)
  return message
}

/** The rows of one case. The job covers messages 5 to 8; a stub stands at 10. */
export function buildCase(facts: Facts): StaleCase {
  const atMark = messageAt(MARK)
  const candidate: Generation = buildGeneration(atMark, {
    n: 2,
    parent: 1,
    stubs: [buildStub({ seq: STUBBED })],
    createdAt: 100 * HOUR,
  })
  const pinnedBefore = facts.pins === 'as before' || facts.pins === 'taken off' ? [6] : []
  const job: Job = buildJob({
    n: 5,
    state: 'ready',
    base: 1,
    baseVersion: 1,
    branch: 1,
    from: OLD_MARK + 1,
    mark: MARK,
    epoch: 3,
    pins: pinnedBefore,
    generation: 2,
  })
  const isCandidate = facts.made === 'both' || facts.made === 'no job'
  const isJob = facts.made === 'both' || facts.made === 'no candidate'
  const session = buildRow(facts, atMark, candidate)
  return {
    now: 100 * HOUR + AGES[facts.age],
    read: buildRead({
      session: {
        ...session,
        candidate: isCandidate ? candidate.n : 0,
        openJob: isJob ? job.n : 0,
      },
      head: buildGeneration(messageAt(OLD_MARK), { n: 1, status: 'applied', appliedAt: 0 }),
      tail: log.messages.slice(MARK),
      candidate: isCandidate ? candidate : undefined,
      candidateMark: markOf(facts.atMark, atMark),
      openJob: isJob ? job : undefined,
    }),
  }
}

function buildRow(facts: Facts, atMark: Message, { digestTokens }: Generation): SessionRow {
  const limit = BUDGET * log.session.policy.budget.soft - digestTokens
  const tail = { none: 0, 'just below': Math.ceil(limit) - 1, 'too much': limit }[facts.growth]
  return {
    ...log.session,
    head: facts.head === 'another' ? 7 : 1,
    headVersion: facts.head === 'same' ? 1 : 2,
    mark: OLD_MARK,
    branch: facts.branch === 'same' ? 1 : 2,
    epoch: facts.epoch === 'same' ? 3 : 4,
    lastGeneration: 2,
    lastJob: 5,
    pins: PINS[facts.pins],
    tokens: { ...log.session.tokens, log: atMark.through + tail },
  }
}

const PINS: Readonly<Record<Facts['pins'], readonly number[]>> = {
  none: [],
  'as before': [6],
  'new below the old mark': [OLD_MARK],
  'new covered': [OLD_MARK + 1],
  'new at the mark': [MARK],
  'new above': [MARK + 1],
  'new on a stub': [STUBBED],
  'taken off': [],
}

const LIMIT = log.session.policy.candidateMaxAgeMs
const AGES: Readonly<Record<Facts['age'], number>> = {
  young: HOUR,
  'at the limit': LIMIT,
  'too old': LIMIT + 1,
  'from the future': -50 * HOUR,
}

function markOf(fact: Facts['atMark'], atMark: Message): Message | undefined {
  switch (fact) {
    case 'as it was':
      return atMark
    case 'left behind':
      return { ...atMark, active: false }
    case 'another chain':
      return { ...atMark, chain: messageAt(MARK - 1).chain }
    case 'missing':
      return undefined
  }
}
