import type { PolicyOptions } from '../../../src/core/session/policy.ts'
import type { SeededRandom } from '../seeded-random.ts'
import { NO_REMOTE_FAULTS, type RemoteFaults } from '../../support/remote-log-model.ts'

/** What hosts do, each switched on or off for a whole run, so that rare things are not drowned. */
const WEIGHTS = {
  append: 8,
  exchange: 3,
  turn: 5,
  compact: 2,
  apply: 2,
  rollback: 1,
  branch: 1.5,
  pin: 1,
  unpin: 0.7,
  describe: 1,
  rule: 1,
  pad: 0.7,
  open: 1,
  delete: 0.5,
} as const

export type SyncAction = keyof typeof WEIGHTS

const ACTIONS = Object.keys(WEIGHTS) as readonly SyncAction[]
const BASIC: readonly SyncAction[] = ['append', 'turn', 'compact', 'open']

/** What a run is made of, all of it chosen by the seed. */
export interface SyncPlan {
  readonly devices: number
  readonly sessions: readonly string[]
  readonly faults: RemoteFaults
  readonly kills: boolean
  readonly partitions: boolean
  readonly lostJournals: boolean
  readonly secondTabs: boolean
  readonly habits: Readonly<Record<SyncAction, number>>
  readonly actions: number
  /** How likely a host does something rather than the world, between two steps. */
  readonly haste: number
}

export function chooseSyncPlan(random: SeededRandom): SyncPlan {
  const damage = random.chance(0.4) ? { losses: random.next() * 0.3, holes: random.next() } : {}
  const may = (chance: number, most: number): number =>
    random.chance(chance) ? most * random.next() : 0
  const weigh = (action: SyncAction): number => {
    if (BASIC.includes(action)) return WEIGHTS[action]
    return random.chance(0.4) ? 0 : WEIGHTS[action] * random.pick([1, 1, 3])
  }
  return {
    devices: 2 + random.below(3),
    sessions: ['one', 'two', 'three'].slice(0, 1 + random.below(3)),
    faults: {
      lostWrites: may(0.3, 0.1),
      lostAnswers: may(0.5, 0.3),
      lateWrites: may(0.3, 0.1),
      // Which of two was lost can't be told.
      doubledWrites: 'losses' in damage ? 0 : may(0.3, 0.5),
      cuts: may(0.4, 0.05),
      staleReads: may(0.4, 0.5),
      garbage: may(0.3, 0.2),
      refusals: may(0.2, 0.1),
      losses: 0,
      holes: 0,
      ...damage,
    },
    kills: random.chance(0.5),
    partitions: random.chance(0.5),
    lostJournals: random.chance(0.2),
    secondTabs: random.chance(0.4),
    habits: Object.fromEntries(ACTIONS.map((action) => [action, weigh(action)])) as Record<
      SyncAction,
      number
    >,
    actions: random.pick([15, 30, 60]),
    haste: random.pick([0.05, 0.1, 0.3]),
  }
}

/** The names of what may go wrong. */
export function listSyncFaults(plan: SyncPlan): readonly string[] {
  const remote = Object.entries(plan.faults).flatMap(([name, chance]) => (chance > 0 ? [name] : []))
  const local = (['kills', 'partitions', 'lostJournals', 'secondTabs'] as const).filter(
    (name) => plan[name],
  )
  return [...remote, ...local]
}

export const CALM: RemoteFaults = NO_REMOTE_FAULTS

export function chooseSyncAction(random: SeededRandom, { habits }: SyncPlan): SyncAction {
  const total = ACTIONS.reduce((sum, action) => sum + habits[action], 0)
  let left = random.next() * total
  return ACTIONS.find((action) => (left -= habits[action]) < 0) ?? 'append'
}

/** Small, so that a few turns fold. */
export function chooseSyncPolicy(random: SeededRandom): PolicyOptions {
  return {
    budget: { tokens: random.pick([1_000, 1_200, 1_600]), soft: 0.6, hard: 0.9, target: 0.35 },
    retainedTail: { messages: 1 + random.below(3), share: 0 },
    largePayloadTokens: 60,
    attemptDeadlineMs: 10_000,
    applyAt: random.pick(['turn', 'turn', 'idle', 'manual']),
    idleAfterMs: 5_000,
    probation: { turns: random.pick([0, 3]) },
  }
}
