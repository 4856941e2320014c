import fc from 'fast-check'
import type { StampedDraft } from '../../src/core/session/append.ts'
import { draftOf } from '../../src/core/sync/place-unsent.ts'
import { isStandIn, standIn } from '../../src/core/sync/stand-in.ts'
import type { SyncRecord } from '../../src/core/sync/sync-record.ts'
import type { TakenEntry } from '../../src/core/sync/take-query.ts'
import { user } from './build-log.ts'
import { SyncDevice } from './sync-device.ts'
import { SyncSpace } from './sync-space.ts'

/** A remote log of which some entries are lost, or hidden from single devices. */
export class HoledSpace extends SyncSpace {
  private readonly lost = new Set<TakenEntry>()
  private readonly hidden = new Map<SyncDevice, Set<TakenEntry>>()
  private repairs = 0

  shown(device: SyncDevice): readonly TakenEntry[] {
    return this.entries.filter((entry) => !this.isGone(entry, device))
  }

  /** Loses an entry for all. */
  forget(entry: TakenEntry | undefined): void {
    if (entry) this.lost.add(entry)
  }

  /** Loses a message for a device, or for all, where another entry that stays names it. */
  lose(index: number, device?: SyncDevice): void {
    const isGone = (entry: TakenEntry): boolean =>
      this.lost.has(entry) || [...this.hidden.values()].some((own) => own.has(entry))
    const losable = this.entries.filter((entry) => {
      const isOut = (one: TakenEntry): boolean => one === entry || isGone(one)
      return !isGone(entry) && this.entries.filter(isOut).every((one) => this.isNamed(one, isOut))
    })
    const entry = losable[index % Math.max(1, losable.length)]
    if (!entry) return
    if (device) this.hidden.set(device, (this.hidden.get(device) ?? new Set()).add(entry))
    else this.lost.add(entry)
  }

  override async deliver(
    device: SyncDevice,
    _batch?: number,
    most: number = Infinity,
  ): Promise<void> {
    const cursor = (await device.row())?.sync?.cursor ?? 0
    const due = this.shown(device).filter(({ position }) => position > cursor)
    if (due.length > 0) await device.take(due.slice(0, most))
  }

  /** Reads anew, asks and answers until nobody lacks anything, as devices do. */
  async mend(devices: readonly SyncDevice[], mayLack: boolean = false): Promise<void> {
    let quiet = 0
    for (let round = 0; round < 40; round += 1) {
      const before = this.entries.length
      for (const device of devices) {
        await this.deliver(device)
        if ((await device.row())?.sync?.lacks === undefined) await this.flush(device)
        else await this.help(device, devices)
      }
      const rows = await Promise.all(devices.map((device) => device.row()))
      const isWhole = mayLack || rows.every((row) => row?.sync?.lacks === undefined)
      quiet = isWhole && this.entries.length === before ? quiet + 1 : 0
      // Whoever was mended last has not spoken yet.
      if (quiet === 2) return
    }
    throw new Error('they never come to rest')
  }

  /** Gives up what a device lacks and nobody says again, as far as it knows; false where that is nothing. */
  async skip(device: SyncDevice): Promise<boolean> {
    const { missing } = await device.takeAnew(this.shown(device))
    const { sync } = (await device.row()) ?? {}
    if (sync?.lacks === undefined) return false
    const counts = this.shown(device).map((entry) =>
      'record' in entry ? entry.record.confirmed : 0,
    )
    const unnamed = Math.max(0, Math.max(...counts) - sync.confirmed)
    const places = Array.from({ length: unnamed }, (_, at) => sync.confirmed + at + 1)
    for (const id of missing) this.giveUp(device, 0, id)
    for (const seq of places) this.giveUp(device, seq, `missing ${seq} of ${device.name}`)
    return true
  }

  /** Lets a device say again what others have given up and it has. */
  async restore(device: SyncDevice): Promise<void> {
    const { session, range } = await device.read()
    const settled = range.filter(
      (message) => message.seq <= (session?.sync?.confirmed ?? 0) && !isStandIn(message),
    )
    for (const entry of [...this.shown(device)]) {
      if (!('record' in entry) || entry.record.kind !== 'repair') continue
      const { seq, message } = entry.record
      const own = settled.find((one) => one.id === message.id || one.seq === seq)
      if (own && isStandIn(message)) this.repair(device, own.seq, draftOf(own))
    }
  }

  private giveUp(device: SyncDevice, seq: number, id: string): void {
    this.repair(device, seq, standIn(id))
  }

  private repair(device: SyncDevice, seq: number, message: StampedDraft): void {
    this.repairs += 1
    const fields = { session: 's', id: `r${this.repairs}`, by: device.name, confirmed: 0 }
    this.add({ ...fields, kind: 'repair', seq, message })
  }

  private async help(device: SyncDevice, devices: readonly SyncDevice[]): Promise<void> {
    const { missing } = await device.takeAnew(this.shown(device))
    const { sync } = (await device.row()) ?? {}
    if (sync?.lacks === undefined) return
    for (const other of devices) {
      const { session, range } = await other.read()
      const { confirmed = 0, lacks } = session?.sync ?? {}
      for (const message of range.slice(0, confirmed)) {
        const isAsked = missing.includes(message.id)
        if (!isAsked && (missing.length > 0 || lacks !== undefined || message.seq < sync.lacks))
          continue
        if (!isStandIn(message))
          this.repair(other, lacks === undefined ? message.seq : 0, draftOf(message))
      }
    }
  }

  private isNamed({ position }: TakenEntry, isGone: (entry: TakenEntry) => boolean): boolean {
    return this.entries.some(
      (entry) =>
        'record' in entry &&
        !isGone(entry) &&
        entry.record.prev?.some((named) => named.position === position),
    )
  }

  private isGone(entry: TakenEntry, device: SyncDevice): boolean {
    return this.lost.has(entry) || this.hidden.get(device)?.has(entry) === true
  }
}

/** Ids of messages in the order in which they were stored first, lost or not. */
export function saidIn({ entries }: SyncSpace): readonly string[] {
  const records = entries.flatMap((entry): readonly SyncRecord[] =>
    'record' in entry ? [entry.record] : [],
  )
  const ids = records.filter(({ kind }) => kind === 'message').map(({ id }) => id)
  return [...new Set(ids)]
}

export async function idsOf(device: SyncDevice): Promise<readonly string[]> {
  return (await device.read()).range.map(({ id }) => id)
}

type Deed =
  | 'append'
  | 'flush'
  | 'deliver'
  | 'lose'
  | 'hide'
  | 'branch'
  | 'pin'
  | 'rule'
  | 'fold'
  | 'rollback'
  | 'describe'

/** Something that happens to devices of a space that loses messages. */
export interface HoledStep {
  readonly device: number
  readonly what: Deed
  readonly a: number
}

export const holedStep: fc.Arbitrary<HoledStep> = fc.record({
  device: fc.nat(3),
  what: fc.constantFrom<Deed[]>(
    ...(['append', 'append', 'flush', 'flush', 'deliver', 'deliver', 'lose', 'hide'] as const),
    ...(['branch', 'pin', 'rule', 'fold', 'rollback', 'describe'] as const),
  ),
  a: fc.nat(12),
})

async function run(space: HoledSpace, device: SyncDevice, { what, a }: HoledStep): Promise<void> {
  switch (what) {
    case 'append':
      return device.append(...Array.from({ length: 1 + (a % 5) }, (_, i) => user(`said ${a} ${i}`)))
    case 'flush':
      // Nothing is sent before all is read.
      await space.deliver(device)
      return void (await space.flush(device, 1 + a))
    case 'deliver':
      return space.deliver(device, Infinity, 1 + a)
    case 'lose':
      space.lose(a)
      return
    case 'hide':
      space.lose(a, device)
      return
    case 'branch':
      return device.branch(a)
    case 'pin':
      return device.pin(a, true)
    case 'rule':
      return device.rule(`rule ${a % 3}`, { quote: `${device.name} ${a}` })
    case 'fold':
      return device.fold('confirmed')
    case 'rollback':
      return device.rollBack(a)
    case 'describe':
      return device.describe(`title ${device.name} ${a}`)
  }
}

export async function runHoled(
  space: HoledSpace,
  devices: readonly SyncDevice[],
  one: HoledStep,
): Promise<void> {
  const device = devices[one.device % devices.length]
  if (device) await run(space, device, one)
}

/** A burst of two, between which another device has spoken; the first of it is lost. */
export async function brokenBurst(): Promise<{
  readonly space: SyncSpace
  readonly a: SyncDevice
  readonly b: SyncDevice
  readonly damaged: readonly TakenEntry[]
}> {
  const [space, a, b] = [new SyncSpace(), new SyncDevice('a'), new SyncDevice('b')]
  await a.append(user('one'))
  await space.settle([a, b])
  await a.append({ ...user('lost'), id: 'lost' }, { ...user('later'), id: 'later' })
  await b.append({ ...user('between'), id: 'between' })
  const [a1, b1] = [await a.next(), await b.next()]
  if (a1.kind !== 'append' || b1.kind !== 'append') throw new Error('they have something to say')
  const [lost, later] = a1.records
  const [between] = b1.records
  if (!lost || !later || !between) throw new Error('all of it is there')
  const position = space.add(lost)
  space.add(between)
  space.add({ ...later, prev: [{ id: 'lost', position }] })
  const damaged = space.entries.filter((entry) => entry.position !== position)
  return { space, a, b, damaged }
}
