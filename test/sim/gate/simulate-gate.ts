import type { DeviceState } from '../../../src/core/ports/device-conditions.ts'
import { InvariantError } from '../checker/invariant-error.ts'
import { createSeededRandom, type SeededRandom } from '../seeded-random.ts'
import { NO_FAULTS, type Faults } from '../world/faults.ts'
import { OriginLocks } from '../world/lock-manager.ts'
import { settle, World } from '../world/world.ts'
import { GateChecker, type SimProvider } from './gate-checker.ts'
import { GateTab, NoticeBus, type SimHabits } from './gate-tab.ts'

/** Steps within which everything must have come to rest. */
const CALM_STEPS = 20_000
const MAX_TABS = 3

/** How a run ended. */
export interface GateRun {
  readonly seed: number
  readonly failure: string | undefined
  readonly trace: readonly string[]
  readonly interruptions: number
  readonly answered: number
}

/** What a run is made of, all of it chosen by the seed. */
interface GatePlan {
  readonly isExact: boolean
  readonly hasPlaces: boolean
  readonly faults: Faults
  readonly providers: readonly SimProvider[]
  readonly habits: SimHabits
  readonly actions: number
  readonly turns: number
  readonly cancels: number
  readonly changes: number
  /** How likely somebody does something rather than the world, between two steps. */
  readonly haste: number
}

function choosePlan(random: SeededRandom): GatePlan {
  const isExact = random.chance(0.6)
  const hasPlaces = random.chance(0.6)
  const may = (chance: number): boolean => !isExact && random.chance(chance)
  const provider = (name: string, isLocal: boolean): SimProvider => ({
    name,
    isLocal,
    slots: random.chance(0.6) ? 1 : 1 + random.below(3),
    calls: random.chance(0.7) ? Infinity : 1 + random.below(8),
  })
  return {
    isExact,
    hasPlaces,
    faults: {
      ...NO_FAULTS,
      kills: random.chance(0.4),
      freezes: may(0.4),
      lostNotices: may(0.4),
      lateNotices: may(0.4),
      clockJumps: may(0.3),
      slowDevice: may(0.4),
    },
    providers: [provider('local', true), provider('remote', false)],
    habits: {
      callMs: random.pick([50, 2_000, 5_000]),
      ackMs: random.pick([1, 50, 50, 900, 4_000]),
      failures: random.pick([0, 0, 0.1, 0.6]),
      lullMs: random.pick([0, 500]),
    },
    actions: random.pick([20, 40, 60]),
    turns: random.pick([0.2, 0.4, 0.6]),
    cancels: random.pick([0, 0.15]),
    changes: random.pick([0, 0.03, 0.15]),
    haste: random.pick([0.05, 0.2, 0.5]),
  }
}

class GateSimulation {
  readonly world: World
  readonly plan: GatePlan
  readonly checker: GateChecker
  readonly tabs: GateTab[] = []
  readonly locks: OriginLocks
  private readonly bus: NoticeBus
  private opened = 0

  constructor(random: SeededRandom) {
    this.plan = choosePlan(random)
    const { plan } = this
    this.world = new World(random, plan.faults, true)
    this.checker = new GateChecker(this.world, plan)
    this.locks = new OriginLocks(this.world)
    this.bus = new NoticeBus(this.world)
  }

  openTab(): GateTab {
    this.opened += 1
    const { locks, bus, plan } = this
    const shared = plan.hasPlaces ? { locks, bus } : undefined
    const name = `tab ${this.opened}`
    const tab = new GateTab(this.world, this.checker, plan.habits, name, plan.providers, shared)
    this.tabs.push(tab)
    return tab
  }

  living(): readonly GateTab[] {
    return this.tabs.filter(({ tab }) => tab.alive)
  }

  /** One step of the world, or time passes: then nothing may have been left undone. */
  async advance(): Promise<boolean> {
    const { elapsed } = this.world
    const isQuiet = !this.world.hasReady()
    if (isQuiet) this.checker.beforeTimePasses()
    const went = await this.world.advance()
    if (this.world.elapsed !== elapsed) await settle()
    this.check()
    return went
  }

  check(): void {
    const { failure } = this.world
    if (failure instanceof Error) throw failure
    if (failure !== undefined) throw new InvariantError(JSON.stringify(failure))
  }

  async storm(): Promise<void> {
    const { plan, world } = this
    const { random } = world
    this.openTab()
    if (plan.hasPlaces && random.chance(0.7)) this.openTab()
    let left = plan.actions
    for (let step = 0; left > 0 && step < plan.actions * 100; step += 1) {
      this.strike()
      const mayOpen = plan.hasPlaces ? this.living().length < MAX_TABS : false
      if (this.living().length === 0 || (mayOpen && random.chance(0.005))) this.openTab()
      if (random.chance(plan.haste) || !(await this.advance())) {
        left -= 1
        this.act(random.pick(this.living()))
        await settle()
      }
      this.check()
    }
  }

  async calmDown(): Promise<void> {
    const { world } = this
    world.faults = NO_FAULTS
    world.note('calm')
    for (const tab of this.living()) {
      tab.tab.frozen = false
      tab.isCalm = true
      tab.setDevice({})
    }
    for (let step = 0; ; step += 1) {
      if (step > CALM_STEPS) throw new InvariantError(`no rest within ${CALM_STEPS} steps`)
      if (!(await this.advance())) break
    }
    this.checker.atRest()
    const held = this.living().flatMap(({ gate }) => gate.calls())
    if (held.length > 0) throw new InvariantError(`held at rest: ${JSON.stringify(held)}`)
    const locks = this.locks.describe()
    if (locks.length > 0) throw new InvariantError(`locks at rest: ${locks.join()}`)
  }

  private act(tab: GateTab): void {
    const { plan, world } = this
    const { random } = world
    if (tab.tab.frozen) return
    const provider = random.pick(plan.providers)
    if (random.chance(plan.changes)) {
      tab.setDevice(chooseDevice(random))
    } else if (random.chance(plan.cancels)) {
      const open = [...tab.cancels.keys()].filter((call) => !call.isAnswered && !call.isCancelled)
      if (open.length > 0) tab.cancel(random.pick(open))
    } else if (random.chance(plan.turns)) {
      tab.turn(provider)
    } else {
      const maxWaitMs = random.chance(0.7) ? Infinity : random.below(30_000)
      const patienceMs = random.chance(0.7) ? Infinity : random.below(10_000)
      tab.job(provider, { priority: random.below(3), maxWaitMs, patienceMs })
    }
  }

  private strike(): void {
    const { world } = this
    const { faults, random } = world
    const living = this.living()
    if (living.length === 0) return
    const { tab } = random.pick(living)
    if (faults.kills && random.chance(0.01)) world.killTab(tab)
    else if (faults.freezes && random.chance(0.02)) {
      tab.frozen = !tab.frozen
      world.note(`${tab.name}: ${tab.frozen ? 'frozen' : 'thawed'}`)
    }
    if (faults.clockJumps && random.chance(0.01)) {
      world.now += (random.chance(0.7) ? -1 : 1) * random.below(3_600_000)
    }
    if (faults.slowDevice && random.chance(0.03)) world.letTimePass()
  }
}

function chooseDevice(random: SeededRandom): DeviceState {
  return {
    isHidden: random.chance(0.3),
    isOnline: random.chance(0.7),
    savesData: random.chance(0.2),
    ...(random.chance(0.4)
      ? { battery: { level: random.next(), isCharging: random.chance(0.5) } }
      : {}),
  }
}

/** Runs one seed: a storm of turns, jobs and faults, then calm, in which all must come to rest. */
export async function simulateGate(seed: number): Promise<GateRun> {
  const simulation = new GateSimulation(createSeededRandom(seed))
  const { world, checker } = simulation
  let failure: string | undefined
  try {
    await simulation.storm()
    await simulation.calmDown()
  } catch (thrown) {
    failure = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  }
  for (const { tab } of simulation.living()) world.killTab(tab)
  const { interruptions, answered } = checker
  return { seed, failure, trace: world.trace, interruptions, answered }
}
