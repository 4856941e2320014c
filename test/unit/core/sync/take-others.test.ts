import { expect, test } from 'vitest'
import { claimRecord } from '../../../../src/core/sync/claim.ts'
import { draftOf } from '../../../../src/core/sync/place-unsent.ts'
import type { TakenEntry } from '../../../../src/core/sync/take-query.ts'
import { user } from '../../../support/build-log.ts'
import { SyncDevice } from '../../../support/sync-device.ts'
import { SyncSpace } from '../../../support/sync-space.ts'

async function begun(): Promise<readonly [SyncSpace, SyncDevice, SyncDevice]> {
  const devices = [new SyncSpace(), new SyncDevice('a'), new SyncDevice('b')] as const
  const [space, a, b] = devices
  await a.append(user('one'), user('two'))
  await space.settle([a, b])
  return devices
}

test('[SYNC14] a claim is of whoever said it last, until it is let go by that device', async () => {
  const [space, a, b] = await begun()
  const row = await a.row()
  if (!row) throw new Error('the session is there')
  const of = (id: string, device: string, state: 'held' | 'free'): number =>
    space.add(claimRecord(row, { id, device, name: `the ${device}`, state }))
  of('c1', 'a', 'held')
  of('c2', 'b', 'held')
  of('c3', 'a', 'free')
  await space.settle([a, b])
  const claim = { id: 'c2', device: 'b', name: 'the b' }
  const position = space.entries.at(-1)?.position
  for (const device of [a, b]) {
    expect((await device.row())?.sync).toMatchObject({ claim, claimedAt: position })
  }
  of('c4', 'b', 'free')
  await space.settle([a, b])
  expect((await a.row())?.sync).not.toHaveProperty('claim')
})

test('[SYNC14] who has not heard of a deletion claims nothing of the session that began since', async () => {
  const [space, a, b] = await begun()
  const row = await a.row()
  if (!row?.sync) throw new Error('the session is there')
  const stranger = { ...row, sync: { ...row.sync, since: 1 } }
  space.add(claimRecord(stranger, { id: 'c1', device: 'b', name: 'the b', state: 'held' }))
  await space.settle([a, b])
  const { claimedAt, claim } = (await a.row())?.sync ?? {}
  expect([claimedAt, claim]).toEqual([space.entries.at(-1)?.position, undefined])
})

test('[SYNC15] a deleted session is gone, and only what nobody else has seen stays', async () => {
  const [space, a] = await begun()
  await a.append({ ...user('seen'), id: 'seen' }, { ...user('unseen'), id: 'unseen' })
  await space.flush(a, 1)
  space.add({ kind: 'deleted', session: 's', id: 'b9', by: 'b', confirmed: 2 })
  const through = space.entries.at(-1)?.position
  const taken = await a.take(space.behind((await a.row())?.sync?.cursor ?? 0))
  expect(taken).toMatchObject({ kind: 'deleted', keep: [{ id: 'unseen' }], through })
  expect(taken).not.toHaveProperty('keep.0.seq')
})

test('[SYNC15] where nothing is provisional, or the session is not here, nothing stays', async () => {
  const [space, a] = await begun()
  space.add({ kind: 'deleted', session: 's', id: 'b9', by: 'b', confirmed: 2 })
  const through = space.entries.at(-1)?.position
  const gone = { kind: 'deleted', keep: [], through }
  expect(await a.take(space.behind((await a.row())?.sync?.cursor ?? 0))).toEqual(gone)
  expect(await new SyncDevice('c').take(space.entries)).toEqual(gone)
})

test('[SYNC16] behind a hole nothing is taken in until somebody says again what is missing', async () => {
  const [space, a] = await begun()
  await a.append({ ...user('lost'), id: 'lost' })
  await space.settle([a])
  await a.append({ ...user('later'), id: 'later' })
  await space.settle([a])
  const c = new SyncDevice('c')
  const isLost = (entry: TakenEntry): boolean => 'record' in entry && entry.record.id === 'lost'
  const damaged = space.entries.filter((entry) => !isLost(entry))
  expect(await c.take(damaged)).toMatchObject({ kind: 'taken', lacks: 3, added: { to: 2 } })
  expect((await c.row())?.sync).toMatchObject({ lacks: 3, confirmed: 2 })
  expect(await c.next()).toEqual({ kind: 'nothing' })
  await a.append(user('even later'))
  await space.settle([a])
  const more = space.entries.slice(-1)
  expect(await c.take(more)).toMatchObject({ kind: 'taken', lacks: 3, added: null })
  const lost = (await a.read()).range[2]
  if (!lost) throw new Error('it is there')
  const fields = { session: 's', id: 'r1', by: 'a', confirmed: 0 } as const
  space.add({ ...fields, kind: 'repair', seq: 3, message: draftOf(lost) })
  const rest = space.entries.filter((entry) => !isLost(entry))
  expect((await c.takeAnew(damaged)).taken).toMatchObject({ lacks: 3, added: null })
  const { taken } = await c.takeAnew(rest)
  expect(taken).not.toHaveProperty('lacks')
  expect(await c.agreed()).toEqual(await a.agreed())
})

test('[SYNC16] a repair that nobody needs changes nothing', async () => {
  const [space, a, b] = await begun()
  const first = (await a.read()).range[0]
  if (!first) throw new Error('it is there')
  const before = await b.agreed()
  const record = { session: 's', id: 'r1', by: 'a', confirmed: 2 } as const
  space.add({ ...record, kind: 'repair', seq: 1, message: draftOf(first) })
  space.add({ ...record, id: 'l1', kind: 'lacking', to: 2 })
  await space.settle([a, b])
  expect(await b.agreed()).toEqual(before)
})
