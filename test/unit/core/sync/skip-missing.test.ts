import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textOf } from '../../../../src/core/session/message.ts'
import { standIn } from '../../../../src/core/sync/stand-in.ts'
import { startAnew, startQuery } from '../../../../src/core/sync/start-syncing.ts'
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
import { SyncSpace } from '../../../support/sync-space.ts'

test('[SYNC34] without the device that has what got lost the others go on alike, and once it is back all have everything', async () => {
  let skipped = 0
  const runs = fc.asyncProperty(
    fc.array(holedStep, { minLength: 8, maxLength: 45, size: 'max' }),
    fc.array(holedStep, { maxLength: 12 }),
    async (steps, later) => {
      const space = new HoledSpace()
      const devices = ['a', 'b', 'c', 'd'].map((name) => new SyncDevice(name))
      const rest = devices.slice(1)
      for (const one of steps) await runHoled(space, devices, one)
      // The first device is gone. What nobody else has is given up.
      for (let round = 0; round < 20; round += 1) {
        await space.mend(rest, true)
        let isDone = true
        for (const device of rest) if (await space.skip(device)) isDone = false
        if (isDone) break
        skipped += 1
      }
      for (const one of later) await runHoled(space, rest, one)
      await space.mend(rest, true)
      const [first, ...others] = await Promise.all(rest.map((device) => device.agreed()))
      for (const other of others) expect(other).toEqual(first)
      for (const device of rest) expect(await device.problems()).toEqual([])
      // It comes back.
      await space.mend(devices, true)
      for (const device of devices) await space.restore(device)
      await space.mend(devices)
      const [all, ...each] = await Promise.all(devices.map((device) => device.agreed()))
      for (const other of each) expect(other).toEqual(all)
      for (const device of devices) {
        expect(await idsOf(device)).toEqual(saidIn(space))
        expect(await device.problems()).toEqual([])
      }
    },
  )
  await fc.assert(runs)
  expect(skipped).toBeGreaterThan(0)
})

test('[SYNC34] also what nobody has named, because it was read before it got lost, is gone on without, and comes back', async () => {
  const space = new HoledSpace()
  const [a, b, late] = [new SyncDevice('a'), new SyncDevice('b'), new SyncDevice('late')]
  await a.append(user('one'), user('lost'))
  await space.settle([a])
  const gone = space.entries[1]
  await a.append(user('three'))
  await space.settle([a])
  space.forget(gone)
  await space.deliver(b)
  expect((await b.row())?.sync).toMatchObject({ confirmed: 1, lacks: 2 })
  expect(await space.skip(b)).toBe(true)
  await space.mend([b, late])
  for (const device of [b, late]) {
    expect(await textsOf(device)).toEqual(['one', expect.stringMatching(/missing/), 'three'])
    expect((await device.row())?.sync).toMatchObject({ confirmed: 3, standIns: 1 })
  }
  expect(await late.agreed()).toEqual(await b.agreed())
  await space.deliver(a)
  await space.restore(a)
  await space.mend([a, b, late])
  for (const device of [a, b, late]) {
    expect(await textsOf(device)).toEqual(['one', 'lost', 'three'])
    expect((await device.row())?.sync).not.toHaveProperty('standIns')
    expect(await device.problems()).toEqual([])
  }
})

test('[SYNC34] a message that was given up twice, and a note of nothing that is missing, change nothing', async () => {
  const { b, space, damaged } = await brokenBurst()
  await b.take(damaged)
  for (const [at, id] of ['lost', 'lost', 'never there'].entries()) {
    const fields = { session: 's', id: `r${at}`, by: 'c', confirmed: 0, seq: 0 }
    space.add({ ...fields, kind: 'repair', message: standIn(id) })
  }
  const shown = space.entries.filter((entry) => !('record' in entry) || entry.record.id !== 'lost')
  await b.takeAnew(shown)
  expect(await idsOf(b)).toEqual(['a1', 'lost', 'between', 'later'])
  expect((await b.row())?.sync).toMatchObject({ confirmed: 4, standIns: 1 })
})

test('[SYNC31, SYNC34] in another log what stands for a message leaves its id to whoever has it', async () => {
  const { b, space, damaged } = await brokenBurst()
  await b.take(damaged)
  space.add({
    session: 's',
    id: 'r',
    by: 'b',
    confirmed: 0,
    seq: 0,
    kind: 'repair',
    message: standIn('lost'),
  })
  await b.takeAnew(
    space.entries.filter((entry) => !('record' in entry) || entry.record.id !== 'lost'),
  )
  await b.store.commit(startQuery('s'), (read) => ({
    writes: startAnew(read, () => b.newId()),
    outcome: undefined,
  }))
  const [another, holder] = [new SyncSpace(), new SyncDevice('holder')]
  await another.settle([b])
  await holder.append({ ...user('lost'), id: 'lost' })
  await another.settle([b, holder])
  expect(await idsOf(b)).toEqual(['a1', 'missing lost', 'between', 'later', 'lost'])
  expect(await holder.agreed()).toEqual(await b.agreed())
  expect(await textsOf(b)).toContain('lost')
})

async function textsOf(device: SyncDevice): Promise<readonly string[]> {
  return (await device.read()).range.map(textOf)
}
