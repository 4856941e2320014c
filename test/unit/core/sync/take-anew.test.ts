import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRecord } from '../../../../src/core/sync/read-record.ts'
import { user } from '../../../support/build-log.ts'
import {
  brokenBurst,
  HoledSpace,
  holedStep,
  idsOf,
  runHoled,
  saidIn,
} from '../../../support/holed-space.ts'
import { SyncDevice } from '../../../support/sync-device.ts'

test('[SYNC32, SYNC33] whatever gets lost inside of bursts, devices end with what the remote log had', async () => {
  let mended = 0
  const runs = fc.asyncProperty(
    fc.integer({ min: 2, max: 4 }),
    fc.array(holedStep, { minLength: 8, maxLength: 45, size: 'max' }),
    async (count, steps) => {
      const space = new HoledSpace()
      const devices = ['a', 'b', 'c', 'd'].slice(0, count).map((name) => new SyncDevice(name))
      for (const one of steps) await runHoled(space, devices, one)
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
