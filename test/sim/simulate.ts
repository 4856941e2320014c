import { Checker } from './checker/checker.ts'
import { InvariantError } from './checker/invariant-error.ts'
import { act, chooseAction, chooseHabits, choosePolicy, type Habits } from './host/actions.ts'
import { MessageComposer } from './host/compose-messages.ts'
import { Host, SESSION } from './host/host.ts'
import { createSeededRandom } from './seeded-random.ts'
import { tokeniser } from './world/cheap-ports.ts'
import { chooseFaults, listFaults, NO_FAULTS, type Faults } from './world/faults.ts'
import { Origin } from './world/origin.ts'
import { settle, World } from './world/world.ts'

/** Steps within which everything must have come to rest once nothing goes wrong any more. */
const CALM_STEPS = 20_000
const MAX_TABS = 3

/** How a run ended. */
export interface Run {
  readonly seed: number
  readonly failure: string | undefined
  /** What happened, in order; the same for the same seed. */
  readonly trace: readonly string[]
  readonly applied: number
  readonly faults: readonly string[]
}

/** Everything that takes part in one run. */
class Simulation {
  readonly world: World
  readonly checker: Checker
  readonly origin: Origin
  readonly composer: MessageComposer
  readonly hosts: Host[] = []
  private readonly owners = new Map<object, string>()
  private opened = 0

  constructor(world: World, hasModel: boolean) {
    this.world = world
    this.checker = new Checker({
      session: SESSION,
      elapsed: () => world.elapsed,
      ownerOf: (actor) => this.owners.get(actor) ?? 'nobody',
      count: tokeniser.count,
    })
    const { checker } = this
    this.origin = new Origin(world, checker, hasModel)
    this.composer = new MessageComposer(world)
  }

  openTab(): Host {
    this.opened += 1
    const host = new Host(this.origin, this.checker, this.owners, `tab ${this.opened}`)
    this.hosts.push(host)
    return host
  }

  living(): readonly Host[] {
    return this.hosts.filter(({ tab }) => tab.alive)
  }

  /** A tab dies; what it was not answered is sent again by another, as an app does that finds it. */
  kill(host: Host): void {
    this.world.killTab(host.tab)
    const heir = this.living().find(({ isOpen }) => isOpen)
    if (heir && this.world.random.chance(0.7)) heir.resend(host.unanswered)
  }

  /** Takes steps until nothing is left to do. */
  async drain(most: number = CALM_STEPS): Promise<void> {
    await settle()
    for (let step = 0; step < most; step += 1) {
      if (!(await this.world.advance())) return
      this.check()
    }
    throw new InvariantError(`no rest within ${most} steps`)
  }

  check(): void {
    const { failure } = this.world
    if (failure instanceof Error) throw failure
    if (failure !== undefined) throw new InvariantError(JSON.stringify(failure))
  }
}

/** What a run is made of, all of it chosen by the seed. */
export interface Plan {
  readonly faults: Faults
  readonly habits: Habits
  readonly isFine: boolean
  readonly hasModel: boolean
  /** Things that hosts do before the calm. */
  readonly actions: number
  /** How likely a host does something rather than the world, between two steps. */
  readonly haste: number
  readonly secondTab: boolean
}

/** Runs one seed: a storm of faults, then calm, the checker looking on at every commit and answer. */
export async function simulate(seed: number): Promise<Run> {
  const random = createSeededRandom(seed)
  const plan: Plan = {
    faults: chooseFaults(random),
    habits: chooseHabits(random),
    isFine: random.chance(0.5),
    hasModel: random.chance(0.4),
    actions: random.pick([15, 30, 60]),
    haste: random.pick([0.02, 0.05, 0.15]),
    secondTab: random.chance(0.6),
  }
  const world = new World(random, plan.faults, plan.isFine)
  const simulation = new Simulation(world, plan.hasModel)
  const { storage } = simulation.origin
  const giveBack = storage.install()
  let failure: string | undefined
  try {
    await setUp(simulation)
    if (plan.secondTab) simulation.openTab()
    await storm(simulation, plan)
    await calmDown(simulation)
  } catch (thrown) {
    for (const lock of simulation.origin.locks.describe()) world.note(`lock ${lock}`)
    failure = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  }
  for (const { tab } of simulation.living()) world.killTab(tab)
  storage.shutDown()
  await settle()
  giveBack()
  const generations = [...simulation.checker.rows.generations.values()]
  const applied = generations.filter(({ appliedAt }) => appliedAt !== undefined).length
  return { seed, failure, trace: world.trace, applied, faults: listFaults(plan.faults) }
}

/** The session gets its policy before anything goes wrong. */
async function setUp(simulation: Simulation): Promise<void> {
  const { world } = simulation
  const { faults } = world
  world.faults = NO_FAULTS
  const host = simulation.openTab()
  await simulation.drain()
  host.ask('configure', { session: SESSION, options: choosePolicy(world.random) })
  await simulation.drain()
  world.faults = faults
}

async function storm(simulation: Simulation, plan: Plan): Promise<void> {
  const { world, composer } = simulation
  const { random } = world
  let left = plan.actions
  for (let step = 0; left > 0 && step < plan.actions * 200; step += 1) {
    strike(simulation)
    const living = simulation.living()
    if (living.length === 0 || (living.length < MAX_TABS && random.chance(0.002))) {
      simulation.openTab()
    }
    const host = random.pick(simulation.living())
    if (!host.isOpen && !host.isOpening) host.start()
    const mayAct = host.isOpen && !host.tab.frozen && host.inFlight.length < 12
    const acts = mayAct && random.chance(plan.haste)
    if (acts || (!(await world.advance()) && mayAct)) {
      left -= 1
      const isReady = (simulation.checker.rows.session?.candidate ?? 0) !== 0
      act(host, composer, chooseAction(random, plan.habits, isReady))
      await settle()
    }
    simulation.check()
  }
}

/** Lets happen what may go wrong between any two steps. */
function strike(simulation: Simulation): void {
  const { world, origin } = simulation
  const { random, faults } = world
  const living = simulation.living()
  if (living.length === 0) return
  const host = random.pick(living)
  const { tab } = host
  if (faults.kills && random.chance(0.004)) {
    simulation.kill(host)
    return
  }
  if (faults.freezes && random.chance(0.01)) {
    // A browser freezes no tab that holds up others by a transaction.
    if (tab.frozen || !origin.storage.isBusy(tab.threads)) tab.frozen = !tab.frozen
    world.note(`${tab.name}: ${tab.frozen ? 'frozen' : 'thawed'}`)
  }
  if (faults.clockJumps && random.chance(0.01)) {
    world.now += (random.chance(0.7) ? -1 : 1) * random.below(48 * 3_600_000)
  }
  if (faults.slowDevice && random.chance(0.03)) world.letTimePass()
  if (faults.deletedStorage && random.chance(0.001)) {
    if (random.chance(0.5)) origin.storage.evictDatabase()
    else if (living.every((one) => !one.tab.frozen)) origin.storage.deleteDatabase()
  }
}

/** After the storm: no faults, no new actions but a few turns, and everything must settle. */
async function calmDown(simulation: Simulation): Promise<void> {
  const { world, composer } = simulation
  world.faults = NO_FAULTS
  world.note('calm')
  for (const { tab } of simulation.hosts) tab.frozen = false
  await simulation.drain()
  if (simulation.living().length === 0) simulation.openTab()
  const living = simulation.living()
  for (const host of living) if (!host.isOpen) host.start()
  await simulation.drain()
  const speaker = world.random.pick(living)
  speaker.append([composer.user()])
  speaker.context()
  speaker.ask('compact', { session: SESSION })
  await simulation.drain()
  for (const host of living) host.context()
  recallEverything(speaker)
  await simulation.drain()
  for (const { inFlight, tab } of living) {
    if (inFlight.length > 0)
      throw new InvariantError(`${tab.name}: no answer to ${inFlight.join()}`)
  }
  checkAtRest(simulation)
}

/** The whole log, and every payload that the head points to. */
function recallEverything(host: Host): void {
  const { head, log } = host.checker.views.at(-1) ?? {}
  if (log && log.length > 0) host.recall({ from: 1, to: log.length })
  const named = (head?.digest ?? []).flatMap(({ artifact }) => artifact ?? [])
  const hashes = new Set([...named, ...(head?.stubs ?? []).map(({ artifact }) => artifact)])
  for (const artifact of hashes) host.recall({ artifact })
}

function checkAtRest({ checker }: Simulation): void {
  const running = [...checker.rows.jobs.values()].find(({ state }) => state === 'running')
  if (running) throw new InvariantError(`job ${running.n} never ended`)
  const log = checker.views.at(-1)?.log ?? []
  for (const [id, seq] of checker.receipts.acknowledged()) {
    if (log[seq - 1]?.id !== id) throw new InvariantError(`message ${id} is not at ${seq} any more`)
  }
}
