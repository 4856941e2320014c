import fc from 'fast-check'
import { expect, test } from 'vitest'
import { draftOf } from '../../../../src/core/sync/place-unsent.ts'
import { readRecord } from '../../../../src/core/sync/read-record.ts'
import type { SyncRecord } from '../../../../src/core/sync/sync-record.ts'
import type { TakenEntry } from '../../../../src/core/sync/take-query.ts'
import { user } from '../../../support/build-log.ts'
import { SyncDevice } from '../../../support/sync-device.ts'
import { SyncSpace } from '../../../support/sync-space.ts'

/** A remote log of which some entries are lost, or hidden from single devices. */
class HoledSpace extends SyncSpace {
  private readonly lost = new Set<TakenEntry>()
  private readonly hidden = new Map<SyncDevice, Set<TakenEntry>>()
  private repairs = 0

  shown(device: SyncDevice): readonly TakenEntry[] {
    return this.entries.filter((entry) => !this.isGone(entry, device))
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
  async mend(devices: readonly SyncDevice[]): Promise<void> {
    let quiet = 0
    for (let round = 0; round < 40; round += 1) {
      const before = this.entries.length
      for (const device of devices) {
        await this.deliver(device)
        if ((await device.row())?.sync?.lacks === undefined) await this.flush(device)
        else await this.help(device, devices)
      }
      const rows = await Promise.all(devices.map((device) => device.row()))
      const isWhole = rows.every((row) => row?.sync?.lacks === undefined)
      quiet = isWhole && this.entries.length === before ? quiet + 1 : 0
      // Whoever was mended last has not spoken yet.
      if (quiet === 2) return
    }
    throw new Error('they never come to rest')
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
        this.repairs += 1
        const seq = lacks === undefined ? message.seq : 0
        const fields = { session: 's', id: `r${this.repairs}`, by: other.name, confirmed: 0 }
        this.add({ ...fields, kind: 'repair', seq, message: draftOf(message) })
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
function saidIn({ entries }: SyncSpace): readonly string[] {
  const records = entries.flatMap((entry): readonly SyncRecord[] =>
    'record' in entry ? [entry.record] : [],
  )
  const ids = records.filter(({ kind }) => kind === 'message').map(({ id }) => id)
  return [...new Set(ids)]
}

async function idsOf(device: SyncDevice): Promise<readonly string[]> {
  return (await device.read()).range.map(({ id }) => id)
}

const step = fc.record({
  device: fc.nat(3),
  what: fc.constantFrom(
    ...(['append', 'append', 'flush', 'flush', 'deliver', 'deliver', 'lose', 'hide'] as const),
    ...(['branch', 'pin', 'rule', 'fold', 'rollback', 'describe'] as const),
  ),
  a: fc.nat(12),
})

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function run(space: HoledSpace, device: SyncDevice, { what, a }: Step): Promise<void> {
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

test('[SYNC32, SYNC33] whatever gets lost inside of bursts, devices end with what the remote log had', async () => {
  let mended = 0
  const runs = fc.asyncProperty(
    fc.integer({ min: 2, max: 4 }),
    fc.array(step, { minLength: 8, maxLength: 45, size: 'max' }),
    async (count, steps) => {
      const space = new HoledSpace()
      const devices = ['a', 'b', 'c', 'd'].slice(0, count).map((name) => new SyncDevice(name))
      for (const one of steps) {
        const device = devices[one.device % count]
        if (device) await run(space, device, one)
      }
      await space.mend(devices)
      const [first, ...others] = await Promise.all(devices.map((device) => device.agreed()))
      for (const other of others) expect(other).toEqual(first)
      for (const device of devices) {
        expect(await idsOf(device)).toEqual(saidIn(space))
        expect(await device.problems()).toEqual([])
        mended += (await device.row())?.sync?.mended ?? 0
      }
    },
  )
  await fc.assert(runs)
  expect(mended).toBeGreaterThan(0)
})

/** A burst of two, between which another device has spoken; the first of it is lost. */
async function brokenBurst(): Promise<{
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

test('[SYNC32] behind a record that names a message which is not here nothing is taken in', async () => {
  const { b, damaged } = await brokenBurst()
  expect(await b.take(damaged)).toMatchObject({ kind: 'taken', lacks: 3 })
  expect(await idsOf(b)).toEqual(['a1', 'between'])
  expect(await b.next()).toEqual({ kind: 'nothing' })
  expect(await b.takeAnew(damaged)).toMatchObject({ missing: ['lost'] })
})

test('[SYNC33] a device that has sent what is lost puts it where it was stored', async () => {
  const { a, b, space, damaged } = await brokenBurst()
  await a.take(damaged)
  expect((await a.row())?.sync).toMatchObject({ lacks: 3, confirmed: 2 })
  const { taken } = await a.takeAnew(damaged)
  expect(taken).toMatchObject({ added: { from: 2, to: 4 }, session: { sync: { mended: 1 } } })
  await b.take(space.entries)
  for (const device of [a, b]) {
    expect(await idsOf(device)).toEqual(['a1', 'lost', 'between', 'later'])
    expect(await device.problems()).toEqual([])
  }
})

test('[SYNC33] what is said again of a message that was lost is put where it was stored', async () => {
  const { b, space, damaged } = await brokenBurst()
  await b.take(damaged)
  const lost = space.entries.find((entry) => !damaged.includes(entry))
  if (!lost || !('record' in lost) || lost.record.kind !== 'message') throw new Error('it is there')
  // Whoever lacks others does not know its place.
  const { message } = lost.record
  space.add({ kind: 'repair', session: 's', id: 'r1', by: 'a', confirmed: 0, seq: 0, message })
  await b.takeAnew(space.entries.filter((entry) => entry !== lost))
  expect(await idsOf(b)).toEqual(['a1', 'lost', 'between', 'later'])
})

test('[SYNC32] what was stored before a deletion is not missed behind it', async () => {
  const { space, damaged } = await brokenBurst()
  const later = damaged.at(-1)
  if (!later) throw new Error('it is there')
  const left = { position: later.position - 1, head: 0, claim: 0 }
  const c = new SyncDevice('c')
  await c.append(user('anew'))
  const row = await c.row()
  if (!row?.sync) throw new Error('it is there')
  c.rows.sessions.set('s', { ...row, sync: { ...row.sync, since: left.position } })
  expect(await c.take([later])).not.toHaveProperty('lacks')
  expect((await c.row())?.sync).toMatchObject({ confirmed: 1 })
  expect(space.entries.length).toBeGreaterThan(damaged.length)
})

test('[SYNC33] where reading anew shows less than before, nothing is changed', async () => {
  const { b, space, damaged } = await brokenBurst()
  await b.take(damaged)
  const before = await b.agreed()
  expect(await b.takeAnew(damaged.slice(0, 1))).toEqual({ missing: [] })
  expect(await b.agreed()).toEqual(before)
  const { taken } = await b.takeAnew(space.entries)
  expect(taken).toMatchObject({ session: { sync: { confirmed: 4 } } })
})

test.each([
  { prev: 'm' },
  { prev: [{ id: 'm' }] },
  { prev: [{ id: 'm', position: -1 }] },
  { prev: [null] },
  { ids: 'm' },
  { ids: [1] },
])('[SYNC24] a record with %j is nonsense', (fields) => {
  const record = { v: 1, kind: 'lacking', session: 's', id: 'l1', by: 'a', confirmed: 1, to: 2 }
  const read = (value: object): string =>
    readRecord(new TextEncoder().encode(JSON.stringify(value))).kind
  expect(read({ ...record, prev: [{ id: 'm', position: 1 }], ids: ['m'] })).toBe('record')
  expect(read({ ...record, ...fields })).toBe('nonsense')
})
