import { InvariantError } from '../checker/invariant-error.ts'
import { createSeededRandom } from '../seeded-random.ts'
import { createRemoteLogModel, type RemoteLogModel } from '../../support/remote-log-model.ts'
import { NO_FAULTS } from '../world/faults.ts'
import { settle, World } from '../world/world.ts'
import { Device, type DeviceTab } from './device.ts'
import { watchBursts } from './burst-watch.ts'
import { SyncChecker } from './sync-checker.ts'
import { SyncHosts } from './sync-host.ts'
import {
  CALM,
  chooseSyncAction,
  chooseSyncPlan,
  listSyncFaults,
  type SyncPlan,
} from './sync-plan.ts'
import { createJournalMemory } from '../../../src/store/memory-sync-journal.ts'
import { pendingOf } from '../../../src/core/sync/pending-of.ts'

/** Steps within which everything must have come to rest once nothing goes wrong any more. */
const CALM_STEPS = 20_000
/** How long devices may take to find out what became of others, and what a server has forgotten, in virtual milliseconds. */
const CALM_MS = 800_000

/** How a run ended. */
export interface SyncRun {
  readonly seed: number
  readonly failure: string | undefined
  /** What happened, in order; the same for the same seed. */
  readonly trace: readonly string[]
  readonly faults: readonly string[]
  readonly entries: number
  readonly folded: number
  readonly moved: number
  /** How often devices had lacked messages, and found them. */
  readonly mended: number
}

class SyncSimulation {
  readonly world: World
  readonly plan: SyncPlan
  readonly server: RemoteLogModel
  readonly checker: SyncChecker
  readonly hosts: SyncHosts
  readonly devices: readonly Device[]

  constructor(seed: number) {
    const random = createSeededRandom(seed)
    this.plan = chooseSyncPlan(random)
    this.world = new World(random, NO_FAULTS, true)
    this.server = createRemoteLogModel(random)
    this.server.mayLose = watchBursts(this.server)
    this.checker = new SyncChecker(this.world, this.server)
    this.hosts = new SyncHosts(this.world, this.checker)
    this.devices = Array.from({ length: this.plan.devices }, (_, n) => {
      const name = `device ${n + 1}`
      return new Device(this.world, this.server, name, (read, writes) =>
        this.checker.committed(name, read, writes),
      )
    })
  }

  async advance(): Promise<boolean> {
    const went = await this.world.advance()
    this.checker.note()
    this.check()
    return went
  }

  /** Sessions begin on one device, with a policy by which they fold. */
  async begin(): Promise<void> {
    for (const device of this.devices) {
      const tab = device.openTab()
      for (const session of this.plan.sessions) {
        if (this.world.random.chance(0.6)) this.hosts.act(tab, 'open', session)
      }
    }
    await settle()
    this.server.faults = this.plan.faults
  }

  async storm(): Promise<void> {
    const { plan, world } = this
    const { random } = world
    let left = plan.actions
    for (let step = 0; left > 0 && step < plan.actions * 200; step += 1) {
      this.strike()
      const went = random.chance(plan.haste) ? false : await this.advance()
      if (went) continue
      left -= 1
      const tab = random.pick(random.pick(this.devices).living())
      this.hosts.act(tab, chooseSyncAction(random, plan), random.pick(plan.sessions))
      await settle()
      this.check()
    }
  }

  async calmDown(): Promise<void> {
    const { world, server } = this
    server.faults = CALM
    // What a device had said, and began anew with because it was not shown that, it says once more.
    if (this.plan.faults.losses > 0) server.forgetIds()
    world.note('calm')
    for (const device of this.devices) for (const tab of device.living()) tab.connection?.heal()
    const until = world.elapsed + CALM_MS
    for (let step = 0; step < CALM_STEPS; step += 1) {
      if (!world.hasReady() && (await this.isSettled())) return
      if (world.elapsed > until || !(await this.advance())) break
    }
    await this.tellUnsettled()
  }

  check(): void {
    const { failure } = this.world
    if (failure instanceof Error) throw failure
    if (failure !== undefined) throw new InvariantError(JSON.stringify(failure))
  }

  private async isSettled(): Promise<boolean> {
    const present = new Set(this.devices.map(({ journal }) => journal.state?.device))
    for (const device of this.devices) {
      const syncing = device.living().find(({ connection }) => connection?.isConnected())
      if (!syncing || device.journal.departures.size > 0) return false
      const rows = await device.store.listSessions()
      if (rows.some((row) => row.nextSeq > 1 && pendingOf(row) > 0)) return false
      // That of a device which has lost its journal stays until somebody wants it.
      if (rows.some(({ sync }) => sync?.claim && present.has(sync.claim.device))) return false
      if (rows.some(({ sync }) => sync?.lacks !== undefined)) return false
      if ((device.journal.state?.cursor ?? 0) < (this.server.entries.at(-1)?.position ?? 0)) {
        return false
      }
    }
    return true
  }

  private async tellUnsettled(): Promise<never> {
    const states: string[] = []
    for (const device of this.devices) {
      const rows = await device.store.listSessions()
      const own = rows.map(({ id, nextSeq, openJob, sync }) => ({ id, nextSeq, openJob, sync }))
      const status = device.living().map(({ runner }) => runner?.status())
      const isConnected = device.living().map(({ connection }) => connection?.isConnected())
      states.push(
        JSON.stringify({
          isConnected,
          name: device.name,
          journal: [device.journal.state, [...device.journal.departures.values()]],
          status,
          own,
        }),
      )
    }
    throw new InvariantError(`no rest:\n${states.join('\n')}`)
  }

  /** Lets happen what may go wrong between any two steps. */
  private strike(): void {
    const { plan, world } = this
    const { random } = world
    const device = random.pick(this.devices)
    const living = device.living()
    if (plan.kills && random.chance(0.004)) {
      device.kill(random.pick(living))
      if (plan.lostJournals && random.chance(0.3)) device.journal = createJournalMemory()
    }
    if (device.living().length === 0) device.openTab()
    else if (plan.secondTabs && living.length < 2 && random.chance(0.002)) device.openTab()
    if (plan.partitions && random.chance(0.01)) toggle(random.pick(device.living()))
    if (random.chance(0.01)) world.letTimePass()
  }
}

function toggle({ connection }: DeviceTab): void {
  if (connection?.isConnected()) connection.cut()
  else connection?.heal()
}

/** Runs one seed: devices under a storm of faults, then calm, after which all must say the same. */
export async function simulateSync(seed: number): Promise<SyncRun> {
  const simulation = new SyncSimulation(seed)
  const { world, checker, devices, server, plan } = simulation
  let failure: string | undefined
  try {
    await simulation.begin()
    await simulation.storm()
    await simulation.calmDown()
    await checker.atRest(devices)
  } catch (thrown) {
    failure = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  }
  for (const device of devices) for (const { tab } of device.living()) world.killTab(tab)
  const { folded, moved, mended } = checker
  const entries = server.entries.length
  const faults = listSyncFaults(plan)
  return { seed, failure, trace: world.trace, faults, entries, folded, moved, mended }
}
