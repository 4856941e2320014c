import { createLocalLocks } from '../../src/tabs/local-leases.ts'
import { Host, SESSION } from './host.ts'
import { InvariantError, LogModel } from './log-model.ts'
import { createSeededRandom, type SeededRandom } from './seeded-random.ts'
import { settle, World, type Faults } from './world.ts'

/** Steps in which anything may go wrong. */
const STORMY_STEPS = 300
/** Steps within which everything must have come to rest once nothing goes wrong any more. */
const CALM_STEPS = 4_000
const MAX_TABS = 3

const NO_FAULTS: Faults = {
  kills: false,
  freezes: false,
  lostNotices: false,
  lateNotices: false,
  throwingDigester: false,
  hangingDigester: false,
  wrongDigester: false,
  failingStorage: false,
  clockJumps: false,
  lostLeases: false,
}

/** How a run ended. */
export interface Run {
  readonly seed: number
  readonly failure: string | undefined
  /** What happened, in order; the same for the same seed. */
  readonly trace: readonly string[]
  readonly applied: number
}

/** Runs one seed: a storm of faults, then calm, the model looking on after every step. */
export async function simulate(seed: number): Promise<Run> {
  const random = createSeededRandom(seed)
  const world = new World(random, chooseFaults(random))
  const model = new LogModel(world.rows, SESSION)
  const locks = createLocalLocks()
  const hosts: Host[] = []
  const openTab = (): void => {
    hosts.push(new Host(world, locks, model, `tab ${hosts.length + 1}`))
  }
  try {
    openTab()
    await setUp(world, hosts, model)
    if (random.chance(0.6)) openTab()
    for (let step = 0; step < STORMY_STEPS; step += 1) {
      await stormyStep(world, hosts, openTab)
      check(world, model)
    }
    await calmDown(world, hosts, model, openTab)
    return { seed, failure: undefined, trace: world.trace, applied: countApplied(world) }
  } catch (failure) {
    const what = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)
    return { seed, failure: what, trace: world.trace, applied: countApplied(world) }
  }
}

/** Swarm: each kind of fault is off in many runs, so that the others get further. */
function chooseFaults(random: SeededRandom): Faults {
  const flip = (): boolean => random.chance(0.4)
  return {
    kills: flip(),
    freezes: flip(),
    lostNotices: flip(),
    lateNotices: flip(),
    throwingDigester: flip(),
    hangingDigester: flip(),
    wrongDigester: flip(),
    failingStorage: flip(),
    clockJumps: flip(),
    lostLeases: flip(),
  }
}

/** The session gets its budget before anything goes wrong. */
async function setUp(world: World, hosts: readonly Host[], model: LogModel): Promise<void> {
  const { faults } = world
  world.faults = NO_FAULTS
  hosts[0]?.configure()
  await drain(world, model)
  world.faults = faults
}

async function stormyStep(world: World, hosts: Host[], openTab: () => void): Promise<void> {
  const { random, faults } = world
  const living = hosts.filter(({ tab }) => tab.alive)
  if (living.length === 0 || (living.length < MAX_TABS && random.chance(0.01))) openTab()
  const host = random.pick(hosts.filter(({ tab }) => tab.alive))
  if (faults.kills && random.chance(0.02)) {
    world.kill(host.tab)
    // What the app does that lost its tab: it sends again what it has no answer to.
    const heir = hosts.find(({ tab }) => tab.alive)
    if (heir && random.chance(0.7)) heir.resend(host.unanswered)
    return
  }
  if (faults.freezes && random.chance(0.05)) host.tab.frozen = !host.tab.frozen
  if (faults.clockJumps && random.chance(0.03)) world.now -= random.below(48 * 3_600_000)
  if (!host.tab.frozen && host.inFlight.length < 6 && random.chance(0.4)) host.act()
  else await world.advance()
}

/** After the storm: no faults, no new actions but a few turns, and everything must settle. */
async function calmDown(
  world: World,
  hosts: Host[],
  model: LogModel,
  openTab: () => void,
): Promise<void> {
  world.faults = NO_FAULTS
  if (!hosts.some(({ tab }) => tab.alive)) openTab()
  for (const { tab } of hosts) tab.frozen = false
  await drain(world, model)
  for (const host of hosts.filter(({ tab }) => tab.alive)) {
    host.context()
    host.compact()
    await drain(world, model)
    if (host.inFlight.length > 0) {
      throw new InvariantError(`${host.tab.name}: no answer to ${host.inFlight.join()}`)
    }
  }
  model.checkNothingLost()
  const row = world.rows.sessions.get(SESSION)
  const openJob = row && world.rows.jobs.get(SESSION)?.get(row.openJob)
  if (openJob?.state === 'running') throw new InvariantError(`job ${openJob.n} never ended`)
}

async function drain(world: World, model: LogModel): Promise<void> {
  await settle()
  for (let step = 0; step < CALM_STEPS; step += 1) {
    if (!(await world.advance())) return
    check(world, model)
  }
  throw new InvariantError(`no rest within ${CALM_STEPS} steps`)
}

function check(world: World, model: LogModel): void {
  if (world.failure) throw toError(world.failure)
  model.checkRows(world.actor)
}

function countApplied(world: World): number {
  const generations = [...(world.rows.generations.get(SESSION)?.values() ?? [])]
  return generations.filter((generation) => generation.appliedAt !== undefined).length
}

function toError(failure: unknown): Error {
  return failure instanceof Error ? failure : new Error(String(failure))
}
