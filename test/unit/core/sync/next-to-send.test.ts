import { expect, test } from 'vitest'
import type { SyncRecord } from '../../../../src/core/sync/sync-record.ts'
import { nextToSend, sendQuery } from '../../../../src/core/sync/next-to-send.ts'
import { startAnew, startQuery, startSyncing } from '../../../../src/core/sync/start-syncing.ts'
import { NEVER_SYNCED } from '../../../../src/core/sync/sync-state.ts'
import { buildRead } from '../../../support/build-generation.ts'
import { buildSession, system, user } from '../../../support/build-log.ts'
import { SyncDevice } from '../../../support/sync-device.ts'
import { SyncSpace } from '../../../support/sync-space.ts'

async function recordsOf(device: SyncDevice): Promise<readonly SyncRecord[]> {
  const next = await device.next()
  return next.kind === 'nothing' ? [] : next.records
}

function told(records: readonly SyncRecord[]): readonly string[] {
  return records.map((record) => {
    if (record.kind === 'row') return `${record.table} ${record.key}`
    return record.kind === 'branch' ? `branch ${record.after}-${record.through}` : record.id
  })
}

test('[SYNC20] messages and branches are sent in the order in which they were made', async () => {
  const device = new SyncDevice('a')
  await device.append(user('one'), user('two'))
  await device.branch(1)
  await device.append(user('three'))
  expect(told(await recordsOf(device))).toEqual(['a1', 'a2', 'branch a1-a2', 'a4'])
})

test('[SYNC20] of a long log that waits no more is read than is said at once', async () => {
  const device = new SyncDevice('a')
  await device.append(...Array.from({ length: 250 }, (_, n) => user(`${n}`)))
  await device.rule('r')
  const row = await device.row()
  if (!row) throw new Error('it is there')
  const { range } = await device.store.read(sendQuery(row))
  const said = told(await recordsOf(device))
  expect(said).toEqual(range.map(({ id }) => id))
  expect(said).toHaveLength(100)
  await device.branch(200)
  const all = await device.read()
  const piece = told(await recordsOf(device))
  expect(nextToSend(all, 'a')).toEqual(await device.next())
  expect(piece).toEqual(said)
})

test('[SYNC20] a row waits until all that it names is confirmed, all others go', async () => {
  const [space, a] = [new SyncSpace(), new SyncDevice('a')]
  await a.append(user('one'))
  await space.settle([a])
  await a.rule('early')
  await a.append(user('two'))
  await a.rule('late')
  await a.describe('title')
  expect(told(await recordsOf(a))).toEqual(['a3', 'rules early', 'session details'])
  await space.flush(a)
  await space.deliver(a)
  expect(told(await recordsOf(a))).toEqual(['rules late'])
})

test('[SYNC20] a rule waits for the number of the note that it names', async () => {
  const device = new SyncDevice('a')
  await device.begin()
  await device.note('proposed', 'rule-proposal')
  await device.rule('r', { proposal: 1 })
  expect(told(await recordsOf(device))).toEqual(['notes 1'])
})

test('[SYNC20] nothing is sent that is not whole, or was never to be shared', async () => {
  const [space, a] = [new SyncSpace(), new SyncDevice('a')]
  await a.append(user('one'))
  await space.settle([a])
  expect(await a.next()).toEqual({ kind: 'nothing' })
  expect(nextToSend(buildRead({ session: buildSession() }), 'a')).toEqual({ kind: 'nothing' })
  expect(nextToSend(buildRead(), 'a')).toEqual({ kind: 'nothing' })
})

test('[SYNC20] a message whose hash storage has damaged is sent with the right one', async () => {
  const device = new SyncDevice('a')
  await device.append(user('one'))
  const [message] = device.rows.messages.get('s') ?? []
  if (!message) throw new Error('it is there')
  device.rows.messages.set('s', [{ ...message, hash: 'damaged' }])
  const [record] = await recordsOf(device)
  expect(record).toMatchObject({ kind: 'message', message: { hash: message.hash } })
})

test('[SYNC21] a head goes with the rows that wait, behind the newest entry about heads', async () => {
  const [space, a] = [new SyncSpace(), new SyncDevice('a')]
  await a.append(user('one'), user('two'))
  await space.settle([a])
  space.litter('heads')
  await space.deliver(a)
  await a.rule('r')
  await a.fold('confirmed')
  const next = await a.next()
  expect(next).toMatchObject({ kind: 'commit', expected: space.entries.at(-1)?.position })
  expect(told(await recordsOf(a))).toEqual(['rules r', 'a4'])
  const head = (await recordsOf(a)).at(-1)
  expect(head).toMatchObject({ kind: 'generation', parent: '', confirmed: 2, by: 'a' })
  for (const field of ['session', 'n', 'parent', 'status', 'job', 'record']) {
    expect(head).not.toHaveProperty(`generation.${field}`)
  }
})

test('[SYNC21] a head waits for the messages that its stubs are of', async () => {
  const [space, a] = [new SyncSpace(), new SyncDevice('a')]
  await a.append(user('one'))
  await space.settle([a])
  await a.append(user('two'))
  await a.fold('confirmed')
  expect(await a.row()).toMatchObject({ mark: 1 })
  expect(told(await recordsOf(a))).toEqual(['a2'])
  await space.flush(a)
  await space.deliver(a)
  expect(await a.next()).toMatchObject({ kind: 'commit' })
})

test('[SYNC22] a session that was here before is unsent as a whole', async () => {
  const [space, a, b] = [new SyncSpace(), new SyncDevice('a'), new SyncDevice('b')]
  await a.append(system('be kind'), user('one'), user('two'), user('three'))
  await a.branch(2)
  await a.append(user('four'))
  await a.branch(2)
  await a.append(user('five'))
  await a.describe('title')
  await a.note('proposed', 'rule-proposal')
  await a.rule('r', { proposal: 1 })
  await a.fact('f', 'text')
  await a.pad('p')
  await a.fold('anything')
  const { sync: _, ...never } = (await a.row()) ?? buildSession()
  a.rows.sessions.set('s', never)
  const before = await a.agreed()
  const start = (): Promise<void> =>
    a.store.commit(startQuery('s'), (read) => ({
      writes: startSyncing(read, () => a.newId()),
      outcome: undefined,
    }))
  await start()
  const started = await a.row()
  await start()
  expect(await a.row()).toEqual(started)
  await space.settle([a, b])
  for (const device of [a, b]) expect(await device.problems()).toEqual([])
  expect(await b.agreed()).toEqual(await a.agreed())
  const { rules, facts, pads, session, range } = await b.read()
  expect({ rules, facts, pads, turns: session?.turns }).toMatchObject(
    pick(before as Record<string, unknown>),
  )
  expect(range.map(({ active }) => active)).toEqual([true, true, false, false, false, true])
  expect(session).toMatchObject({ details: { title: 'title' }, mark: 6 })
})

function pick({
  rules,
  facts,
  pads,
  turns,
}: Record<string, unknown>): Record<'rules' | 'facts' | 'pads' | 'turns', unknown> {
  return { rules, facts, pads, turns }
}

test('[SYNC22] a session that is not whole yet, or is synchronised, is left as it is', () => {
  const arriving = { ...buildSession(), arriving: 'import' }
  expect(startSyncing(buildRead({ session: arriving }), () => 'id')).toEqual([])
  expect(startSyncing(buildRead(), () => 'id')).toEqual([])
})

test('[SYNC31] a session that another log is to have is unsent as a whole, and stands there as it stood', async () => {
  const [first, second] = [new SyncSpace(), new SyncSpace()]
  const [a, b, c] = [new SyncDevice('a'), new SyncDevice('b'), new SyncDevice('c')]
  await a.append(system('be kind'), user('one'), user('two'))
  await first.settle([a, b])
  await b.append(user('three'))
  await a.branch(2)
  await a.append(user('four'))
  await a.rule('r')
  await a.fold('anything')
  await first.settle([a, b])
  const whole = JSON.stringify((await a.read()).range.map(({ id, active }) => [id, active]))
  for (const device of [a, b]) {
    await device.store.commit(startQuery('s'), (read) => ({
      writes: startAnew(read, () => device.newId()),
      outcome: undefined,
    }))
    expect((await device.row())?.sync).toMatchObject({ cursor: 0, confirmed: 0 })
  }
  await a.append(user('five'))
  await second.settle([a, b, c])
  for (const device of [a, b, c]) expect(await device.problems()).toEqual([])
  expect(await b.agreed()).toEqual(await a.agreed())
  expect(await c.agreed()).toEqual(await a.agreed())
  const { range, rules } = await c.read()
  expect(JSON.stringify(range.slice(0, -1).map(({ id, active }) => [id, active]))).toBe(whole)
  expect(rules).toHaveLength(1)
})

test('[SYNC31] one that was never synchronised, or is not whole yet, is left as it is', () => {
  const { sync: _, ...never } = buildSession()
  expect(startAnew(buildRead({ session: never }), () => 'id')).toEqual([])
  const arriving = { ...buildSession(), sync: NEVER_SYNCED, arriving: 'import' }
  expect(startAnew(buildRead({ session: arriving }), () => 'id')).toEqual([])
})
