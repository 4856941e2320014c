import { expect, test } from 'vitest'
import { assistant, buildSession, calls, result, system, user } from '../../support/build-log.ts'
import { runToEnd } from './fresh-worker.ts'
import { append } from './host-program.ts'
import { createRace, type RaceOptions } from './job-race.ts'
import { searchStates } from './search-states.ts'
import type { SmallWorld } from './small-world.ts'

/** Added to the most things that a host does: each takes some six times as long as the one before. */
const MORE_STEPS = Number(process.env['BACKFOLD_MORE_STEPS'] ?? 0)

/** Two short messages make a block; two attempts make a job. */
const EMPTY: SmallWorld = {
  session: buildSession({
    budget: { tokens: 1_000 },
    minimumGain: 0,
    blockTokens: 50,
    attempts: 2,
  }),
  log: [],
  generations: [],
  snapshots: [],
  jobs: [],
  blocks: [],
}

/** Nothing was folded yet. The first message is pinned by itself; two blocks may be covered. */
const unfolded = append(
  EMPTY,
  system('be brief, please'),
  user('what is there?'),
  calls('call-3'),
  result('call-3', 'three files'),
  user('read the first'),
).world

/** Generation 1 is the head and covers two messages. Of the exchange above it each side is a block. */
const folded = append(
  runToEnd(append(EMPTY, user('what is there?'), assistant('three files'), calls('call-3')).world)
    .world,
  result('call-3', 'a text that is rather long for one file'),
  user('and the second'),
).world

interface Case extends RaceOptions {
  readonly name: string
  /** States that there are at least. */
  readonly states: number
  /** Outcomes that can't come about: one worker alone takes nothing over. */
  readonly without: readonly string[]
}

const cases: readonly Case[] = [
  {
    name: 'a first fold',
    start: unfolded,
    workers: 2,
    hostSteps: 2,
    appends: ['request'],
    states: 20_000,
    without: [],
  },
  {
    name: 'a second fold',
    start: folded,
    workers: 2,
    hostSteps: 3,
    appends: ['request'],
    states: 90_000,
    without: [],
  },
  {
    name: 'calls that stay open',
    start: folded,
    workers: 2,
    hostSteps: 2,
    appends: ['request', 'call', 'result'],
    states: 25_000,
    without: [],
  },
  {
    name: 'a long history with one worker',
    start: folded,
    workers: 1,
    hostSteps: 4,
    appends: ['request'],
    states: 25_000,
    without: ['begin resumed', 'begin ready'],
  },
]

/** What must come about somewhere: a search in which nothing is fenced off, or resumed, proves little. */
const OUTCOMES = [
  'begin started',
  'begin resumed',
  'begin ready',
  'begin open-exchange',
  'begin retained-tail-covers-all',
  'finish ok',
  'finish fenced',
  'save passed',
  'save failed',
  'save fenced',
  'end ok',
  'end fenced',
  'crash dead',
  'adopt applied',
  'adopt pin-covered',
  'adopt no-candidate',
  'append appended',
  'branch branched',
  'branch refused',
  'rollback rolled-back',
  'rollback refused',
  'pin pinned',
  'pin refused',
  'unpin pinned',
]

test.each(cases)(
  '[EXH1] $name: whatever the order of the steps',
  { timeout: 3_600_000 },
  (each) => {
    const { name, without } = each
    const race = createRace({ ...each, hostSteps: each.hostSteps + MORE_STEPS })
    const { states, transitions } = searchStates(race)
    process.stdout.write(
      `${name}: ${states} states, ${transitions} transitions, ${race.worlds()} worlds\n`,
    )
    expect(states).toBeGreaterThanOrEqual(each.states)
    expect(transitions).toBeGreaterThanOrEqual(4 * states)
    const missing = OUTCOMES.filter((outcome) => !race.outcomes.has(outcome))
    expect(missing).toEqual(without)
  },
)
