import { expect, test } from 'vitest'
import type { SyncRecord } from '../../../../src/core/sync/sync-record.ts'
import { system, user } from '../../../support/build-log.ts'
import { buildRule, SyncDevice } from '../../../support/sync-device.ts'
import { SyncSpace } from '../../../support/sync-space.ts'

async function begun(): Promise<readonly [SyncSpace, SyncDevice, SyncDevice]> {
  const devices = [new SyncSpace(), new SyncDevice('a'), new SyncDevice('b')] as const
  const [space, a, b] = devices
  await a.append(user('one'), user('two'))
  await space.settle([a, b])
  return devices
}

async function notesOf(device: SyncDevice): Promise<readonly unknown[]> {
  const { notes } = await device.read()
  return notes.map((note) => [note.n, 'text' in note ? note.text : ''])
}

test('[SYNC8] the row that was said last stands', async () => {
  const [space, a, b] = await begun()
  await a.rule('r', { quote: 'of a' })
  await b.rule('r', { quote: 'of b' })
  await a.describe('title of a')
  await space.flush(b)
  await space.flush(a)
  await space.settle([a, b])
  for (const device of [a, b]) {
    const { rules, session } = await device.read()
    expect(rules.map(({ quote }) => quote)).toEqual(['of a'])
    expect(session?.details?.title).toBe('title of a')
  }
})

test('[SYNC8] a row that was changed here stays until that was seen', async () => {
  const [space, a, b] = await begun()
  await b.rule('r', { quote: 'of b' })
  await a.rule('r', { quote: 'of a' })
  await space.flush(b)
  await space.deliver(a)
  expect((await a.read()).rules[0]?.quote).toBe('of a')
  await space.flush(a)
  await a.rule('r', { quote: 'of a again' })
  await space.deliver(a)
  expect((await a.read()).rules[0]?.quote).toBe('of a again')
  expect((await a.row())?.sync?.unsent).toHaveLength(1)
  await space.settle([a, b])
  expect((await b.read()).rules[0]?.quote).toBe('of a again')
})

test('[SYNC8] a row that names messages which nobody has seen is passed over', async () => {
  const [space, a] = await begun()
  const row = { ...buildRule('r'), sources: [9] }
  const record = { kind: 'row', session: 's', id: 'c1', by: 'c', confirmed: 0 } as const
  space.add({ ...record, table: 'rules', key: 'r', row })
  const cursor = (await a.row())?.sync?.cursor ?? 0
  expect(await a.take(space.behind(cursor))).toMatchObject({ ignored: 1 })
  expect((await a.read()).rules).toEqual([])
})

test('[SYNC8] a row of another session is one of this here', async () => {
  const [space, a] = await begun()
  const row = { ...buildRule('r'), session: 'other' }
  const record = { kind: 'row', session: 's', id: 'c1', by: 'c', confirmed: 0 } as const
  space.add({ ...record, table: 'rules', key: 'r', row })
  await space.deliver(a)
  expect((await a.read()).rules).toEqual([buildRule('r')])
})

test('[SYNC9] the later of two notes of one number gets the next, and the rule that names it follows', async () => {
  const [space, a, b] = await begun()
  await a.note('of a')
  await b.note('of b', 'rule-proposal')
  await b.rule('r', { proposal: 1 })
  await space.flush(a)
  await space.flush(b)
  await space.settle([a, b])
  for (const device of [a, b]) {
    expect(await notesOf(device)).toEqual([
      [1, 'of a'],
      [2, 'of b'],
    ])
    expect((await device.read()).rules[0]?.proposal).toBe(2)
  }
  expect((await b.row())?.sync?.conflicts).toBe(1)
})

test('[SYNC9] a note that is changed while its first version is under way keeps its number', async () => {
  const [space, a, b] = await begun()
  await a.note('kept')
  await space.flush(a)
  await a.change((read) => {
    const [note] = read.notes
    return note ? [{ table: 'notes', row: { ...note, status: 'undone' } }] : []
  })
  await space.flush(a)
  await space.settle([a, b])
  for (const device of [a, b]) {
    expect((await device.read()).notes).toMatchObject([{ n: 1, status: 'undone' }])
  }
})

test('[SYNC9] a pad that was removed before anybody heard of it takes nothing from another of its number', async () => {
  const [space, a, b] = await begun()
  await a.pad('of a')
  await a.removePad(0)
  await b.pad('of b')
  await space.flush(b)
  await space.settle([a, b])
  for (const device of [a, b]) {
    expect((await device.read()).pads.map(({ name }) => name)).toEqual(['of b'])
  }
})

test('[SYNC8] a pad that is removed is removed everywhere', async () => {
  const [space, a, b] = await begun()
  await a.pad('short-lived')
  await space.settle([a, b])
  await b.removePad(0)
  await space.settle([a, b])
  for (const device of [a, b]) expect((await device.read()).pads).toEqual([])
})

test('[SYNC10] the pins that were said last stand', async () => {
  const [space, a, b] = await begun()
  await a.pin(1, true)
  await b.pin(2, true)
  await space.flush(a)
  await space.flush(b)
  await space.settle([a, b])
  for (const device of [a, b]) expect((await device.row())?.pins).toEqual([2])
})

test('[SYNC10] a pin of what others took off meanwhile is none', async () => {
  const [space, a, b] = await begun()
  await a.branch(1)
  await b.pin(2, true)
  await space.flush(a)
  await space.flush(b)
  await space.settle([a, b])
  for (const device of [a, b]) {
    expect((await device.row())?.pins).toEqual([])
    expect(await device.problems()).toEqual([])
  }
})

test('[SYNC10] first system messages of two devices are all pinned, behind a user none is', async () => {
  const space = new SyncSpace()
  const [a, b] = [new SyncDevice('a'), new SyncDevice('b')]
  await a.append(system('of a'), user('hello'))
  await b.append(system('of b'))
  await space.flush(b)
  await space.settle([a, b])
  for (const device of [a, b]) expect((await device.row())?.pins).toEqual([1, 2])
  const [c, d] = [new SyncDevice('c'), new SyncDevice('d')]
  const other = new SyncSpace()
  await c.append(user('hello'))
  await d.append(system('late'))
  expect((await d.row())?.pins).toEqual([1])
  await other.flush(c)
  await other.settle([c, d])
  for (const device of [c, d]) expect((await device.row())?.pins).toEqual([])
})

test('[SYNC10] pins are not sent while one of them is of a provisional message', async () => {
  const [, a] = await begun()
  await a.append(user('three'))
  await a.pin(3, true)
  const next = await a.next()
  const kinds = next.kind === 'append' ? next.records.map(({ kind }: SyncRecord) => kind) : []
  expect(kinds).toEqual(['message'])
})
