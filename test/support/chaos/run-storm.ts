import { expect } from 'vitest'
import type { PolicyOptions } from '../../../src/core/session/policy.ts'
import type { NatsCluster } from '../nats/start-cluster.ts'
import type { NatsServer } from '../nats/start-nats.ts'
import { ChaosDevice } from './chaos-device.ts'
import type { ChaosPlan, DeviceFault, NodeFault, Round } from './chaos-plan.ts'
import { checkSpace, type Figures } from './check-space.ts'
import { readSpace } from './read-space.ts'

/** How long anything may take to come about, in milliseconds: how long it does is no matter of right or wrong. */
export const LONG = { timeout: 120_000, interval: 100 } as const

/** Small enough that a few messages make a fold; by hand, so that it is known who folds when. */
const POLICY: PolicyOptions = {
  budget: { tokens: 2_000 },
  retainedTail: { messages: 2, share: 0.02 },
  automatic: false,
  applyAt: 'manual',
}

/** Folds by itself whenever it is time. */
const BY_ITSELF: PolicyOptions = { budget: { tokens: 3_000 }, retainedTail: { messages: 2 } }

export interface StormWish {
  readonly cluster: NatsCluster
  readonly plan: ChaosPlan
}

export interface Storm extends Figures {
  readonly faults: Readonly<Record<NodeFault | DeviceFault, number>>
  /** Heads that devices applied: those behind which another was faster among them. */
  readonly applied: number
  readonly lostAnswers: number
  readonly crashes: number
}

/** Devices of one space on a cluster, while things go wrong as planned. */
export class ChaosStorm {
  readonly devices: readonly ChaosDevice[]
  readonly space: string
  private readonly cluster: NatsCluster
  private readonly plan: ChaosPlan
  /** Messages that are gone with their session. */
  private readonly gone = new Set<string>()
  private readonly struck = new Map<NodeFault | DeviceFault, number>()

  private constructor(
    { cluster, plan }: StormWish,
    space: string,
    devices: readonly ChaosDevice[],
  ) {
    this.cluster = cluster
    this.plan = plan
    this.devices = devices
    this.space = space
  }

  static async open({ cluster, plan }: StormWish): Promise<ChaosStorm> {
    // A second try of the same seed begins with nothing, too.
    const space = `seed-${plan.seed}-${crypto.randomUUID().slice(0, 8)}`
    const devices: ChaosDevice[] = []
    for (const [at, skewMs] of plan.skews.entries()) {
      const wish = { name: `d${at}`, space, nodes: cluster.nodes, skewMs }
      devices.push(await ChaosDevice.open(wish))
    }
    return new ChaosStorm({ cluster, plan }, space, devices)
  }

  /** Sessions begin; two devices fold apart from each other; a session is deleted of which one has messages that nobody saw. */
  async begin(): Promise<void> {
    const [one, two, three] = this.three()
    for (const device of this.devices) {
      await device.session('talk', POLICY)
      await device.session('short', POLICY)
      await device.session('long', BY_ITSELF)
      const before = device.clock.now()
      const [first = ''] = await device.say('talk', 8)
      const { ids } = await device.store.read({ session: 'talk', ids: [first] })
      // It goes by its own clock.
      expect(ids[0]?.at).toBeGreaterThanOrEqual(before)
      expect(ids[0]?.at).toBeLessThanOrEqual(device.clock.now())
      for (const id of await device.say('short', 2)) this.gone.add(id)
    }
    await this.untilAllHave('talk', 24)
    await this.untilAllHave('short', 6)
    for (const device of [one, two]) for (const way of device.ways) way.cut()
    // What both have in common by now they fold, each by itself.
    expect(await Promise.all([one.fold('talk'), two.fold('talk')])).toEqual(['applied', 'applied'])
    await two.say('short', 2)
    await three.delete('short')
    await expect.poll(() => three.pending(), LONG).toBe(0)
    await Promise.all([this.mend(one), this.mend(two)])
    // What nobody had seen begins the session anew.
    await this.untilAllHave('short', 2)
    for (const device of this.devices) await expect.poll(() => device.pending(), LONG).toBe(0)
  }

  async storm(): Promise<void> {
    for (const round of this.plan.rounds) await this.carryOut(round)
  }

  /** Nothing goes wrong any more: all that was said is everywhere, and once; also on a device that comes to it only now. */
  async calmDown(): Promise<Storm> {
    const { cluster, devices, space } = this
    const latest = await ChaosDevice.open({ name: 'latest', space, nodes: cluster.nodes })
    try {
      const all = [...devices, latest]
      let figures: Figures | undefined
      const look = async (): Promise<readonly string[]> => {
        const offline = all.filter((device) => device.status().phase === 'offline')
        await Promise.all(offline.map((device) => device.retry()))
        const entries = await readSpace(cluster.addresses, space)
        const verdict = await checkSpace(all, devices, entries, this.gone)
        figures = verdict.figures
        return verdict.wrong
      }
      await expect.poll(look, { ...LONG, interval: 500 }).toEqual([])
      if (!figures) throw new Error('nothing was compared')
      const sum = (of: (device: ChaosDevice) => number): number =>
        devices.reduce((total, device) => total + of(device), 0)
      return {
        ...figures,
        faults: Object.fromEntries(this.struck) as Storm['faults'],
        applied: sum(({ applied }) => applied),
        lostAnswers: sum(({ lostAnswers }) => lostAnswers),
        crashes: sum(({ crashes }) => crashes),
      }
    } finally {
      await latest.close()
    }
  }

  async close(): Promise<void> {
    this.cluster.join()
    for (const node of this.cluster.nodes) node.thaw()
    for (const device of this.devices) await device.close()
  }

  /** Connections of devices that are still open. */
  connections(): number {
    const ways = this.devices.flatMap((device) => device.ways)
    return ways.reduce((sum, way) => sum + way.connections(), 0)
  }

  private three(): readonly [ChaosDevice, ChaosDevice, ChaosDevice] {
    const [one, two, three] = this.devices
    if (!one || !two || !three) throw new Error('there are fewer than three devices')
    return [one, two, three]
  }

  private async untilAllHave(session: string, count: number): Promise<void> {
    for (const device of this.devices) {
      const confirmed = async (): Promise<number> =>
        (await device.store.read({ session })).session?.sync?.confirmed ?? 0
      await expect.poll(confirmed, LONG).toBe(count)
    }
  }

  private async carryOut(round: Round): Promise<void> {
    const calm = this.devices.find((_, at) => round.faults[at] === undefined)
    if (!calm) throw new Error('no device goes on')
    this.devices[round.jump.device]?.clock.jump(round.jump.ms)
    this.each(round, (device, fault) => this.strikeDevice(device, fault, round))
    const mendNodes = await this.strikeNodes(round.node, calm)
    await Promise.all(
      this.devices.map((device, at) => this.talk(device, round.faults[at], round.counts[at] ?? 0)),
    )
    // Cut off or not, each folds what it may; who waits for another's claim waits until it is closed.
    for (const device of this.devices) void device.fold('talk').catch(() => undefined)
    await mendNodes()
    await expect.poll(() => calm.pending(), LONG).toBe(0)
    await Promise.all(this.devices.map((device) => this.mend(device)))
  }

  private each(round: Round, act: (device: ChaosDevice, fault: DeviceFault) => void): void {
    for (const [at, device] of this.devices.entries()) {
      const fault = round.faults[at]
      if (fault) act(device, fault)
    }
  }

  private strikeDevice(device: ChaosDevice, fault: DeviceFault, { lost }: Round): void {
    this.note(fault)
    const [one, two] = device.ways
    switch (fault) {
      case 'offline':
        for (const way of device.ways) way.cut()
        break
      case 'partly cut off':
        one?.cut()
        two?.cut()
        break
      case 'lost answers':
        device.loseAnswersTo(lost.map((after) => device.idAfter(after)))
        break
      case 'slow':
        for (const way of device.ways) way.slow(150)
        break
      case 'silence':
        for (const way of device.ways) way.stall('down')
        break
      // In the middle of what it says.
      case 'crash':
        break
    }
  }

  private async talk(
    device: ChaosDevice,
    fault: DeviceFault | undefined,
    count: number,
  ): Promise<void> {
    if (fault !== 'crash') {
      await device.say('talk', count)
      await device.say('long', 4)
      return
    }
    await device.say('talk', count - 2)
    const cutShort = device.append('talk', device.nextId()).catch(() => undefined)
    await device.crash()
    await cutShort
    await device.start()
    await device.say('talk', 2)
    await device.say('long', 4)
  }

  /** Returns what ends it, once it has had its effect. */
  private async strikeNodes(fault: NodeFault, calm: ChaosDevice): Promise<() => Promise<void>> {
    const { cluster } = this
    this.note(fault)
    const decider = await this.findDecider()
    const other = cluster.nodes.find((node) => node !== decider) ?? decider
    const isHeard = async (): Promise<void> => {
      await expect.poll(() => calm.pending(), LONG).toBe(0)
    }
    const leave = (node: NatsServer): void => calm.ways[cluster.nodes.indexOf(node)]?.cut()
    switch (fault) {
      case 'kill the decider':
      case 'kill another': {
        const killed = fault === 'kill another' ? other : decider
        await killed.kill()
        return async () => {
          await isHeard()
          await killed.start()
        }
      }
      case 'freeze the decider':
        leave(decider)
        decider.freeze()
        return async () => {
          await isHeard()
          expect(await this.findDecider()).not.toBe(decider)
          decider.thaw()
        }
      case 'cut the decider off':
        leave(decider)
        cluster.isolate(decider)
        return async () => {
          await isHeard()
          expect(await this.findDecider()).not.toBe(decider)
          cluster.join()
        }
      case 'step down':
        await cluster.stepDown('BF')
        return async () => undefined
      case 'cut the power':
        await Promise.all(cluster.nodes.map((node) => node.kill()))
        return async () => void (await Promise.all(cluster.nodes.map((node) => node.start())))
    }
  }

  private async findDecider(): Promise<NatsServer> {
    let decider: NatsServer | undefined
    const look = async (): Promise<boolean> =>
      (decider = await this.cluster.findDecider('BF')) !== undefined
    await expect.poll(look, LONG).toBe(true)
    if (!decider) throw new Error('nobody decides')
    return decider
  }

  private async mend(device: ChaosDevice): Promise<void> {
    for (const way of device.ways) way.heal()
    await device.retry()
  }

  private note(fault: NodeFault | DeviceFault): void {
    this.struck.set(fault, (this.struck.get(fault) ?? 0) + 1)
  }
}
