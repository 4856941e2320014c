import { expect, test } from 'vitest'
import { takeEntries } from '../../../../src/core/sync/take-entries.ts'
import { takeQuery } from '../../../../src/core/sync/take-query.ts'
import { assistant, system, user } from '../../../support/build-log.ts'
import { SyncDevice } from '../../../support/sync-device.ts'
import { SyncSpace } from '../../../support/sync-space.ts'

function devices(): readonly [SyncSpace, SyncDevice, SyncDevice] {
  return [new SyncSpace(), new SyncDevice('a'), new SyncDevice('b')]
}

async function idsOf(device: SyncDevice): Promise<string> {
  return (await device.read()).range.map(({ id }) => id).join(' ')
}

test('[SYNC2] messages stand in the order of the remote log, on the device that said them too', async () => {
  const [space, a, b] = devices()
  await a.append(user('one'), user('two'))
  await b.append(user('first'))
  await space.flush(b)
  await space.flush(a, 1)
  await space.deliver(a)
  expect(await idsOf(a)).toBe('b1 a1 a2')
  await space.settle([a, b])
  expect(await idsOf(b)).toBe('b1 a1 a2')
})

test('[SYNC2] a message that is said twice has one place', async () => {
  const [space, a, b] = devices()
  await a.append(user('one'))
  await space.flush(a)
  space.double(0)
  await a.append(user('two'))
  await space.flush(a)
  space.double(0)
  await space.settle([a, b])
  for (const device of [a, b]) expect(await idsOf(device)).toBe('a1 a2')
})

test('[SYNC2] of two messages with one id the first stands on both devices', async () => {
  const [space, a, b] = devices()
  await a.append({ ...user('ours'), id: 'same' })
  await b.append({ ...user('theirs'), id: 'same' })
  await space.flush(a)
  await space.settle([a, b])
  for (const device of [a, b]) {
    expect((await device.read()).range.map(({ parts }) => parts)).toEqual([user('ours').parts])
  }
  expect((await b.row())?.sync?.conflicts).toBe(1)
})

test('[SYNC3] what names provisional messages names their new places', async () => {
  const [space, a, b] = devices()
  await a.append(user('begin'))
  await space.settle([a, b])
  await a.append(user('two'), user('three'))
  await a.pin(3, true)
  await a.rule('r', { sources: [1, 3], decidedAt: 2 })
  await a.note('kept')
  await a.fact('f', 'corrected')
  await a.pad('p')
  await a.fold('confirmed')
  const row = a.rows.sessions.get('s')
  if (!row) throw new Error('the session is there')
  a.rows.sessions.set('s', {
    ...row,
    unpinAtTurn: [3],
    recalled: { after: 2, passages: [{ seq: 3, from: 0, to: 1 }] },
  })
  await b.append(user('others'))
  await space.flush(b)
  const before = await a.row()
  await space.deliver(a)
  const { session, rules, notes, facts, pads, head, range } = await a.read()
  expect(range.map(({ id }) => id)).toEqual(['a1', 'b1', 'a2', 'a3'])
  expect(session).toMatchObject({ pins: [4], unpinAtTurn: [4], turns: 4 })
  expect(session?.recalled).toEqual({ after: 3, passages: [{ seq: 4, from: 0, to: 1 }] })
  expect(session?.sync?.moves).toBe((before?.sync?.moves ?? 0) + 1)
  expect(rules[0]).toMatchObject({ sources: [1, 4], decidedAt: 3 })
  expect(notes.map(({ seq }) => seq)).toEqual([4])
  expect(facts[0]).toMatchObject({ sources: [4], decidedAt: 4 })
  expect(pads[0]).toMatchObject({ sources: [4], runs: [4], params: [{ spans: [{ seq: 4 }] }] })
  expect(pads[0]?.steps[0]?.arguments[0]?.pieces[0]).toMatchObject({ seq: 4 })
  expect(head?.stubs.map(({ seq }) => seq)).toEqual([3, 4])
})

test('[SYNC4] own messages that come back in order change nothing but the row', async () => {
  const [space, a] = devices()
  await a.append(system('be kind'), user('one'), assistant('two'))
  await space.flush(a)
  const read = await a.store.read(takeQuery('s', space.entries))
  const { writes, outcome } = takeEntries(read, space.entries, {
    session: 's',
    device: 'a',
    now: 1,
    birth: 'x',
  })
  expect(writes.map(({ table }) => table)).toEqual(['sessions'])
  expect(outcome).toMatchObject({ kind: 'taken', added: null, moved: false, headChanged: false })
  await space.deliver(a)
  const sync = (await a.row())?.sync
  expect(sync).toMatchObject({ confirmed: 3, cursor: space.entries.at(-1)?.position, moves: 0 })
})

test('[SYNC2, SYNC7] messages of others follow at the end, and are told', async () => {
  const [space, a, b] = devices()
  await a.append(system('be kind'), user('one'))
  await space.flush(a)
  const taken = await b.take(space.entries)
  expect(taken).toMatchObject({ kind: 'taken', added: { from: 1, to: 2 }, ignored: 0 })
  expect(await b.row()).toMatchObject({ nextSeq: 3, messages: 2, turns: 1, pins: [1], birth: 'b0' })
  expect(await b.problems()).toEqual([])
})

test('[SYNC7] a long end that moves up stays sound without a look at all before it', async () => {
  const [space, a, b] = devices()
  await a.append(user('one'), user('two'))
  await space.settle([a, b])
  await b.append(user('theirs'))
  await space.flush(b)
  await a.append(user('three'), user('four'))
  const entries = space.behind((await a.row())?.sync?.cursor ?? 0)
  const narrow = await a.store.read(takeQuery('s', entries))
  const context = { session: 's', device: 'a', now: 1, birth: 'x' }
  const { outcome } = takeEntries(narrow, entries, context)
  expect(outcome).toMatchObject({ kind: 'needs', query: { range: { from: 3 }, at: [2] } })
  expect(await a.take(entries)).toMatchObject({ moved: true, added: { from: 3, to: 3 } })
  expect(await idsOf(a)).toBe('a1 a2 b1 a3 a4')
  expect(await a.problems()).toEqual([])
})

test('[SYNC3, SYNC26] what others said first by an id of ours is told like a message that has moved', async () => {
  const [space, a, b] = [new SyncSpace(), new SyncDevice('a'), new SyncDevice('b')]
  await a.append({ ...user('as a said it'), id: 'host' })
  await b.append({ ...user('as b said it'), id: 'host' })
  await space.flush(a)
  expect(await b.take(space.behind(0))).toMatchObject({ moved: true, added: { from: 1, to: 1 } })
  expect((await b.row())?.sync?.moves).toBe(1)
  expect(await a.take(space.behind(0))).toMatchObject({ moved: false })
  expect((await a.row())?.sync?.moves).toBe(0)
})
