import type { SeededRandom } from '../seeded-random.ts'

/** Kinds of fault, each switched on or off for a whole run, so that rare ones are not drowned. */
export interface Faults {
  /** Tabs die, between any two storage operations too. */
  readonly kills: boolean
  readonly freezes: boolean
  /** The thread that does the heavy work dies. */
  readonly heavyKills: boolean
  readonly lostNotices: boolean
  readonly lateNotices: boolean
  readonly throwingDigester: boolean
  readonly hangingDigester: boolean
  readonly wrongDigester: boolean
  /** The host's extractor throws, hangs, and answers nonsense. */
  readonly badExtractor: boolean
  /** Transactions that write are aborted, anywhere in the middle. */
  readonly fullDisk: boolean
  /** The database is deleted while tabs have it open. */
  readonly deletedStorage: boolean
  readonly clockJumps: boolean
  /** A tab loses its lease while it computes, and learns of it late. */
  readonly lostLeases: boolean
  /** Time passes while there is something to do. */
  readonly slowDevice: boolean
}

export type FaultName = keyof Faults

/** How likely each kind of fault is to be switched on in a run. */
const LIKELIHOOD: Readonly<Record<FaultName, number>> = {
  kills: 0.5,
  freezes: 0.3,
  heavyKills: 0.3,
  lostNotices: 0.4,
  lateNotices: 0.4,
  throwingDigester: 0.25,
  hangingDigester: 0.25,
  wrongDigester: 0.25,
  badExtractor: 0.35,
  fullDisk: 0.35,
  deletedStorage: 0.12,
  clockJumps: 0.3,
  lostLeases: 0.35,
  slowDevice: 0.4,
}

const NAMES = Object.keys(LIKELIHOOD) as readonly FaultName[]

export const NO_FAULTS: Faults = switchFaults(() => false)

/** Swarm: each kind of fault is off in many runs, so that the others get further. */
export function chooseFaults(random: SeededRandom): Faults {
  return switchFaults((name) => random.chance(LIKELIHOOD[name]))
}

/** The names of those that are on. */
export function listFaults(faults: Faults): readonly FaultName[] {
  return NAMES.filter((name) => faults[name])
}

function switchFaults(isOn: (name: FaultName) => boolean): Faults {
  return Object.fromEntries(NAMES.map((name) => [name, isOn(name)])) as Record<FaultName, boolean>
}
