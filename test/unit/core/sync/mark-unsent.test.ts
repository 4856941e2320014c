import { expect, test } from 'vitest'
import { markUnsent } from '../../../../src/core/sync/mark-unsent.ts'
import type { Unsent } from '../../../../src/core/sync/sync-state.ts'
import type { Write } from '../../../../src/core/ports/session-store.ts'
import { NEVER_SYNCED } from '../../../../src/core/sync/sync-state.ts'
import { buildRead } from '../../../support/build-generation.ts'
import { buildSession, system, user } from '../../../support/build-log.ts'
import { buildRule, SyncDevice } from '../../../support/sync-device.ts'

async function begun(): Promise<SyncDevice> {
  const device = new SyncDevice('a')
  await device.append(system('be kind'), user('one'), user('two'))
  return device
}

async function unsent(device: SyncDevice): Promise<readonly Unsent[]> {
  return (await device.row())?.sync?.unsent ?? []
}

test('[SYNC17] every change that others have to hear of is marked', async () => {
  const device = await begun()
  await device.rule('r')
  await device.fact('f', 'text')
  await device.note('note')
  await device.pad('pad')
  await device.pin(2, true)
  await device.describe('title')
  await device.fold('anything')
  expect(await unsent(device)).toEqual([
    { kind: 'row', id: 'a4', table: 'rules', key: 'r' },
    { kind: 'row', id: 'a5', table: 'facts', key: 'f' },
    { kind: 'row', id: 'a6', table: 'notes', key: '1', isFresh: true },
    { kind: 'row', id: 'a7', table: 'pads', key: '1', isFresh: true },
    { kind: 'row', id: 'a8', table: 'session', key: 'pins' },
    { kind: 'row', id: 'a9', table: 'session', key: 'details' },
    { kind: 'head', id: 'a10' },
  ])
})

test('[SYNC17] a write without the row of the session gets one, of another revision', () => {
  const session = { ...buildSession(), sync: NEVER_SYNCED }
  const row = buildRule('r')
  const writes = markUnsent(buildRead({ session }), [{ table: 'rules', row }], () => 'id')
  expect(writes.map(({ table }) => table)).toEqual(['rules', 'sessions'])
  expect(writes[1]).toMatchObject({ row: { revision: session.revision + 1 } })
})

test('[SYNC17] appending needs no mark, nor does what is of one device', async () => {
  const device = await begun()
  expect(await unsent(device)).toEqual([])
  await device.change((_read, session) => [{ table: 'sessions', row: { ...session, headroom: 5 } }])
  expect(await unsent(device)).toEqual([])
})

test('[SYNC17] where nothing is synchronised nothing is marked', () => {
  const writes: readonly Write[] = [{ table: 'rules', row: buildRule('r') }]
  expect(markUnsent(buildRead({ session: buildSession() }), writes, () => 'id')).toBe(writes)
  expect(markUnsent(buildRead(), writes, () => 'id')).toBe(writes)
})

test('[SYNC17] a branch says what it takes off, by ids and of confirmed messages by place', async () => {
  const device = await begun()
  const row = await device.row()
  if (!row?.sync) throw new Error('it is synchronised')
  device.rows.sessions.set('s', { ...row, sync: { ...row.sync, confirmed: 2 } })
  await device.branch(0)
  expect(await unsent(device)).toEqual([
    { kind: 'branch', id: 'a4', after: '', through: 'a3', left: [[1, 2]], pins: [1] },
  ])
})

test('[SYNC18] what a branch does to pins and head is not marked besides', async () => {
  const device = await begun()
  await device.fold('anything')
  await device.branch(1)
  const marks = await unsent(device)
  expect(await device.row()).toMatchObject({ head: 0, pins: [1] })
  // The fold itself was marked; it is not what it was.
  expect(marks.map(({ kind, id }) => [kind, id])).toEqual([
    ['branch', 'a5'],
    ['head', 'a6'],
  ])
})

test('[SYNC19] what changes again is marked once, by another id, and as fresh as it was', async () => {
  const device = await begun()
  await device.note('note')
  await device.rule('r')
  await device.change(({ notes: [note] }) =>
    note ? [{ table: 'notes', row: { ...note, status: 'undone' } }] : [],
  )
  expect(await unsent(device)).toMatchObject([
    { id: 'a5', table: 'rules', key: 'r' },
    { id: 'a6', table: 'notes', key: '1', isFresh: true },
  ])
})
