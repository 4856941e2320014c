import type { Trigger } from '../../../src/core/compaction/job.ts'
import { BrokenInvariant } from './broken-invariant.ts'
import { createContextHashes } from './expected-context.ts'
import type { Deed } from './expected-outcome.ts'
import { mustFold } from './fresh-worker.ts'
import { hostDeeds, stepHost, type HostDeed } from './host-program.ts'
import { createNumbers } from './number-values.ts'
import type { Move, Problem } from './search-states.ts'
import type { SmallWorld } from './small-world.ts'
import { createStateKeys, type StateKeys } from './state-key.ts'
import { checkStep } from './step-invariants.ts'
import { stepWorker, workerDeeds, type Worker, type WorkerStep } from './worker-program.ts'
import { checkWorld } from './world-invariants.ts'

/** Two workers and a host at one session, between any two steps. */
export interface RaceState {
  readonly world: SmallWorld
  readonly workers: readonly [Worker, Worker]
  /** What the host did that changed anything. */
  readonly hostSteps: number
}

export interface RaceOptions {
  readonly start: SmallWorld
  /** Most things that the host does. */
  readonly hostSteps: number
  readonly appends: readonly Extract<HostDeed, { do: 'append' }>['what'][]
  readonly workers: 1 | 2
}

export interface Race extends Problem<RaceState> {
  /** How often each kind of step came to each outcome, once for each world that it was taken in. */
  readonly outcomes: ReadonlyMap<string, number>
  /** Number of different worlds. */
  worlds(): number
}

/** Pressure or a person, who wait for what is ready; or the hard threshold, which takes the slot. */
const TRIGGERS: readonly Trigger[] = ['soft', 'hard']

/**
 * Every order in which two workers and a host can take their steps: each worker may begin at any time,
 * as when a lease is lost unnoticed, and fail or die behind any step.
 *
 * Equal worlds are one, so each step is carried out, and checked, once for each world that it is taken in.
 */
export function createRace(options: RaceOptions): Race {
  const outcomes = new Map<string, number>()
  const keys = createStateKeys()
  const worlds = createWorlds(keys)
  const take = createSteps(worlds, outcomes)
  return {
    start: {
      world: worlds.same(options.start),
      workers: [START, options.workers === 2 ? START : OVER],
      hostSteps: 0,
    },
    outcomes,
    worlds: worlds.size,
    costOf: (state) => state.hostSteps,
    keyOf: ({ world, workers }) => keys.ofState(world, workers),
    *movesOf(state) {
      yield* workerMoves(state, take)
      if (state.hostSteps < options.hostSteps) yield* hostMoves(state, options, take)
    },
  }
}

type Take = (world: SmallWorld, worker: Worker | undefined, deed: Deed) => WorkerStep

function* workerMoves(state: RaceState, take: Take): Iterable<Move<RaceState>> {
  const { world, workers, hostSteps } = state
  for (const index of [0, 1] as const) {
    const worker = workers[index]
    for (const deed of workerDeeds(worker, TRIGGERS)) {
      const step = take(world, worker, deed)
      const next: RaceState['workers'] =
        index === 0 ? [step.worker, workers[1]] : [workers[0], step.worker]
      yield {
        to: { world: step.world, workers: next, hostSteps },
        describe: () => `worker ${index + 1}: ${nameOf(deed)} → ${step.outcome}`,
      }
    }
  }
}

function* hostMoves(state: RaceState, options: RaceOptions, take: Take): Iterable<Move<RaceState>> {
  const { world, workers, hostSteps } = state
  for (const deed of hostDeeds(world, options.appends)) {
    const step = take(world, undefined, deed)
    // What was refused leads nowhere else.
    if (step.world === world) continue
    yield {
      to: { world: step.world, workers, hostSteps: hostSteps + 1 },
      describe: () => `host: ${nameOf(deed)} → ${step.outcome}`,
    }
  }
}

/** Carries out and checks each step once for each world. */
function createSteps(worlds: Worlds, outcomes: Map<string, number>): Take {
  const hashOf = createContextHashes()
  const taken = new WeakMap<SmallWorld, Map<string, WorkerStep>>()
  return (world, worker, deed) => {
    const steps = taken.get(world) ?? new Map<string, WorkerStep>()
    taken.set(world, steps)
    const key = `${worker ? worlds.workerNumber(worker) : 0} ${nameOf(deed)}`
    const known = steps.get(key)
    if (known) return known
    const { outcome, world: after, worker: next } = perform(world, worker, deed)
    naming(deed, () => checkStep({ before: world, after, deed, worker, outcome }, hashOf))
    const name = `${deed.do} ${outcome}`
    outcomes.set(name, (outcomes.get(name) ?? 0) + 1)
    const step: WorkerStep = {
      outcome,
      worker: worlds.sameWorker(next),
      world: naming(deed, () => worlds.same(after)),
    }
    steps.set(key, step)
    return step
  }
}

function perform(world: SmallWorld, worker: Worker | undefined, deed: Deed): WorkerStep {
  switch (deed.do) {
    case 'append':
    case 'branch':
    case 'rollback':
    case 'pin':
    case 'unpin':
      return { ...stepHost(world, deed), worker: OVER }
    case 'adopt':
      return { ...stepHost(world, { do: 'adopt' }), worker: OVER }
    default:
      return stepWorker(world, worker ?? OVER, deed)
  }
}

const START: Worker = { at: 'start' }
const OVER: Worker = { at: 'over' }

interface Worlds {
  workerNumber(worker: Worker): number
  /** The one that stands for all equal ones, which was checked. */
  sameWorker(worker: Worker): Worker
  same(world: SmallWorld): SmallWorld
  size(): number
}

/** Makes equal worlds the same one, and checks each once. */
function createWorlds(keys: StateKeys): Worlds {
  const numberOfRow = createNumbers()
  const numberOfWorld = createNumbers()
  const numberOfWorker = createNumbers()
  const worlds = new Map<number, SmallWorld>()
  const workers = new Map<number, Worker>()
  const folded = new Set<number>()
  const numbersOf = (rows: readonly object[]): readonly number[] =>
    rows.map((row) => numberOfRow(row))
  const worldNumber = (world: SmallWorld): number =>
    numberOfWorld(world, ({ session, log, generations, snapshots, jobs, blocks }) => [
      numberOfRow(session, (row) => Object.values({ ...row, ...NO_PART_OF_A_STATE })),
      log.map((message) => numberOfRow(message, ({ id, chain, active }) => [id, chain, active])),
      generations.map((row) =>
        numberOfRow(row, ({ digest, ...rest }) => [Object.values(rest), numbersOf(digest)]),
      ),
      numbersOf(snapshots),
      jobs.map((job) => numberOfRow(job, Object.values)),
      numbersOf(blocks),
    ])
  const workerNumber = (worker: Worker): number =>
    numberOfWorker(worker, (row) =>
      Object.values(row).map((value) => (typeof value === 'string' ? value : numberOfRow(value))),
    )
  return {
    workerNumber,
    size: () => worlds.size,
    sameWorker(worker) {
      const number = workerNumber(worker)
      const known = workers.get(number) ?? worker
      workers.set(number, known)
      return known
    },
    same(world) {
      const number = worldNumber(world)
      const known = worlds.get(number)
      if (known) return known
      checkWorld(world)
      const key = keys.ofWorld(world)
      if (!folded.has(key)) mustFold(world)
      folded.add(key)
      worlds.set(number, world)
      return world
    },
  }
}

/** The revision counts writes, and decides nothing. The policy never changes. */
const NO_PART_OF_A_STATE = { revision: 0, policy: 0, calibration: 0 } as const

function nameOf(deed: Deed): string {
  switch (deed.do) {
    case 'begin':
      return `begin ${deed.trigger}`
    case 'save':
      return `save ${deed.check}`
    case 'append':
      return `append ${deed.what}`
    case 'branch':
      return `branch ${deed.after}`
    case 'rollback':
      return `rollback ${deed.to}`
    case 'pin':
    case 'unpin':
      return `${deed.do} ${deed.seq}`
    default:
      return deed.do
  }
}

function naming<T>(deed: Deed, check: () => T): T {
  try {
    return check()
  } catch (failure) {
    if (!(failure instanceof BrokenInvariant)) throw failure
    throw new BrokenInvariant(`${nameOf(deed)}: ${failure.message}`)
  }
}
