import { expect, test } from 'vitest'
import { editCandidate } from '../../../../src/core/compaction/edit-candidate.ts'
import { stubCandidate } from '../../../../src/core/compaction/stub-candidate.ts'
import { portable } from '../../../../src/core/sync/next-to-send.ts'
import type { SyncRecord } from '../../../../src/core/sync/sync-record.ts'
import { buildGeneration, buildJob, buildStub } from '../../../support/build-generation.ts'
import { assistant, countCharacters, user } from '../../../support/build-log.ts'
import { SyncDevice } from '../../../support/sync-device.ts'
import { SyncSpace } from '../../../support/sync-space.ts'

async function begun(messages: number = 4): Promise<readonly [SyncSpace, SyncDevice, SyncDevice]> {
  const devices = [new SyncSpace(), new SyncDevice('a'), new SyncDevice('b')] as const
  const [space, a, b] = devices
  await a.append(...Array.from({ length: messages }, (_, n) => user(`message ${n}`)))
  await space.settle([a, b])
  return devices
}

/** A generation of a third device, which covers up to a message. */
async function generationOf(
  device: SyncDevice,
  mark: number,
  fields: Partial<SyncRecord & { kind: 'generation' }> & { readonly stub?: number } = {},
): Promise<SyncRecord> {
  const { range } = await device.read()
  const atMark = range[mark - 1] ?? { seq: mark, chain: 'nowhere' }
  const { stub, ...others } = fields
  const stubs = stub === undefined ? [] : [buildStub({ seq: stub })]
  const generation = portable(buildGeneration(atMark, { stubs }))
  const record = { session: 's', id: 'c1', by: 'c', confirmed: 0, parent: '' }
  return { ...record, kind: 'generation', generation, ...others }
}

test('[SYNC11] a generation of another device is the head here, whole, and ends what was made for the former one', async () => {
  const [space, a, b] = await begun()
  await a.change((_read, session) => [
    { table: 'jobs', row: buildJob() },
    { table: 'sessions', row: { ...session, openJob: 1, lastJob: 1 } },
  ])
  await b.fold('confirmed')
  await space.flush(b)
  const position = space.entries.at(-1)?.position ?? 0
  const taken = await a.take(space.behind((await a.row())?.sync?.cursor ?? 0))
  expect(taken).toMatchObject({ kind: 'taken', headChanged: true })
  const { session, head, openJob } = await a.read()
  expect(session).toMatchObject({ head: 1, mark: 4, openJob: 0, lastGeneration: 1 })
  expect(session?.sync?.head).toMatchObject({ position, generation: 1, id: head?.record })
  expect(head).toMatchObject({ parent: 0, status: 'applied', job: 0, appliedAt: 1 })
  expect(head?.digest).toEqual((await b.read()).head?.digest)
  expect(openJob).toBeUndefined()
  expect(a.rows.jobs.get('s')?.get(1)?.state).toBe('superseded')
  expect(await a.problems()).toEqual([])
})

test.each([
  ['made for another head', 3, { parent: 'other' }],
  ['of messages that are not there', 9, {}],
  ['with a stub of a message that is not there', 3, { stub: 9 }],
])('[SYNC11] a generation %s changes nothing but the position', async (_what, mark, fields) => {
  const [space, a] = await begun()
  space.add(await generationOf(a, mark, fields))
  const before = await a.agreed()
  const taken = await a.take(space.behind((await a.row())?.sync?.cursor ?? 0))
  expect(taken).toMatchObject({ kind: 'taken', ignored: 1, headChanged: false })
  const position = space.entries.at(-1)?.position
  expect(await a.agreed()).toEqual({ ...(before as object), position })
})

test('[SYNC11] what nobody can read moves the position, too', async () => {
  const [space, a, b] = await begun()
  space.litter('heads')
  await a.fold('confirmed')
  expect(await space.flush(a)).toBe(false)
  await space.deliver(a)
  expect(await space.flush(a)).toBe(true)
  await space.settle([a, b])
  expect(await b.row()).toMatchObject({ head: 1 })
})

test('[SYNC11] what nobody can read counts also where it came by before anything told of its session', async () => {
  const [space, a, b] = await begun()
  space.litter('heads')
  space.litter('claims')
  const [heads, claims] = space.entries.slice(-2).map(({ position }) => position)
  await a.append(user('more'))
  await space.settle([a, b])
  const late = new SyncDevice('late')
  // It began to follow anew behind them.
  await late.take(space.entries.filter((entry) => 'record' in entry))
  await late.fold('confirmed')
  expect(await space.flush(late)).toBe(false)
  const taken = await late.take(space.entries)
  expect(taken).toMatchObject({ kind: 'taken', added: null, moved: false, headChanged: false })
  expect((await late.row())?.sync).toMatchObject({ head: { position: heads }, claimedAt: claims })
  expect(await space.flush(late)).toBe(true)
  await space.settle([a, b, late])
  expect(await b.row()).toMatchObject({ head: 1 })
})

test('[SYNC11] a rollback makes the earlier head that everybody knows the head again', async () => {
  const [space, a, b] = await begun()
  await a.fold('confirmed')
  await space.settle([a, b])
  await b.append(user('more'))
  await space.settle([a, b])
  await b.fold('confirmed')
  await space.settle([a, b])
  const first = (await a.read()).generations.find(({ n }) => n === 1)
  await a.rollBack(1)
  await space.settle([a, b])
  for (const device of [a, b]) {
    const { head, session } = await device.read()
    expect(head?.record).toBe(first?.record)
    expect(session?.mark).toBe(4)
  }
  // No job starts at once on the other device.
  expect((await b.row())?.holdUntil).toBeGreaterThan(0)
  await b.rollBack(0)
  await space.settle([a, b])
  expect(await a.row()).toMatchObject({ head: 0, mark: 0 })
})

test('[SYNC12] a head on its way gives way to one that was said before', async () => {
  const [space, a, b] = await begun()
  await a.fold('confirmed')
  await b.fold('confirmed')
  await space.flush(b)
  await space.deliver(a)
  expect(await a.row()).toMatchObject({ sync: { conflicts: 1, unsent: [] } })
  await space.settle([a, b])
  expect((await a.read()).head?.digest).toEqual((await b.read()).head?.digest)
})

test('[SYNC12] an older head of the same device does not displace what it has become since', async () => {
  const [space, a, b] = await begun()
  await a.fold('confirmed')
  await space.flush(a)
  await a.rollBack(0)
  await space.deliver(a)
  expect(await a.row()).toMatchObject({ head: 0, sync: { conflicts: 0, head: { generation: 1 } } })
  await space.settle([a, b])
  for (const device of [a, b]) expect(await device.row()).toMatchObject({ head: 0 })
})

test('[SYNC12] of two workers that are one device by name one head stands, and the other adds none behind it', async () => {
  const [space, a] = await begun()
  const workers = [new SyncDevice('job-1'), new SyncDevice('job-1')] as const
  const [quick, late] = workers
  for (const worker of workers) await space.deliver(worker)
  // No two of them say anything under one id.
  for (let n = 0; n < 9; n += 1) late.newId()
  await late.fold('confirmed')
  await quick.fold('confirmed')
  await space.flush(quick)
  await space.deliver(late)
  expect(await late.row()).toMatchObject({ sync: { conflicts: 1, unsent: [] } })
  await space.settle([a, quick, late])
  const heads = space.entries.filter((entry) => 'record' in entry && 'generation' in entry.record)
  expect(heads).toHaveLength(1)
})

test('[SYNC13] a branch moves the head of all to the newest that covers nothing of what was left', async () => {
  const [space, a, b] = await begun(3)
  await a.fold('confirmed')
  await space.settle([a, b])
  await a.append(user('four'), user('five'))
  await space.settle([a, b])
  await b.fold('confirmed')
  await space.settle([a, b])
  await a.branch(4)
  // Nothing is said of the head: it follows.
  expect((await a.row())?.sync?.unsent.map(({ kind }) => kind)).toEqual(['branch'])
  await space.settle([a, b])
  for (const device of [a, b]) {
    expect(await device.row()).toMatchObject({
      head: 1,
      mark: 3,
      sync: { head: { generation: 1 } },
    })
    expect(await device.problems()).toEqual([])
  }
})

test('[SYNC13] a fold of provisional messages is taken back when they move up', async () => {
  const [space, a, b] = await begun()
  await a.fold('confirmed')
  await space.settle([a, b])
  await a.append(user('five'), user('six'))
  await a.fold('anything')
  expect(await a.row()).toMatchObject({ head: 2, mark: 6 })
  await b.append(user('theirs'))
  await space.flush(b)
  await space.deliver(a)
  expect(await a.row()).toMatchObject({ head: 1, mark: 4, sync: { conflicts: 1, unsent: [] } })
  expect(await a.problems()).toEqual([])
})

test('[SYNC13] it stays when they come back in their places, and is sent then', async () => {
  const [space, a, b] = await begun()
  await a.append(user('five'))
  await a.fold('anything')
  expect(await a.next()).toMatchObject({ kind: 'append', records: [{ kind: 'message' }] })
  await space.flush(a)
  await space.deliver(a)
  expect(await a.next()).toMatchObject({ kind: 'commit', records: [{ kind: 'generation' }] })
  await space.settle([a, b])
  expect(await b.row()).toMatchObject({ head: 1, mark: 5 })
})

test('[SYNC13] a job that covers messages which change places ends', async () => {
  const [space, a, b] = await begun()
  await a.append(user('five'))
  await a.change((_read, session) => [
    { table: 'jobs', row: buildJob({ mark: 5 }) },
    { table: 'sessions', row: { ...session, openJob: 1, lastJob: 1 } },
  ])
  await b.append(user('theirs'))
  await space.flush(b)
  await space.deliver(a)
  expect(a.rows.jobs.get('s')?.get(1)?.state).toBe('superseded')
  expect(await a.row()).toMatchObject({ openJob: 0 })
})

test('[SYNC3, SYNC11] what a generation of others names stays as they named it, though ours move up at once', async () => {
  const [space, a, b] = await begun(1)
  await a.append(user('two'))
  await a.fold('confirmed')
  await space.settle([a])
  await b.append(user('ours'))
  await space.deliver(b)
  expect((await b.read()).head?.stubs.map(({ seq }) => seq)).toEqual([2])
  expect(await b.problems()).toEqual([])
})

test.each(['edited', 'stubbed'] as const)(
  '[SYNC11] a head that everybody has and that is %s here is a new one for all',
  async (how) => {
    const [space, a, b] = await begun(3)
    await a.fold('confirmed')
    await space.settle([a, b])
    await b.rule('r', { quote: 'Use tabs.', sources: [1] })
    await b.append(user('much more'))
    await space.settle([a, b])
    await b.change((read) =>
      how === 'edited'
        ? editCandidate(read, 'b', 'a rule', countCharacters, 5).writes
        : stubCandidate(read, [buildStub({ seq: 4 })], 'b', 5).writes,
    )
    await b.apply()
    const { head } = await b.read()
    expect(head).toMatchObject({ n: 2, parent: 1 })
    await space.settle([a, b])
    const now = (await a.read()).head
    expect(now?.digest).toEqual(head?.digest)
    expect(now?.stubs).toEqual(head?.stubs)
    expect((await b.row())?.head).toBe(2)
    expect(await a.agreed()).toEqual(await b.agreed())
  },
)

test('[SYNC29] a generation of another device is on probation here, for the turns behind it', async () => {
  const [space, a, b] = await begun(3)
  await b.fold('confirmed')
  await space.settle([a, b])
  const row = await a.row()
  const { turns } = row?.policy.probation ?? { turns: 0 }
  expect(turns).toBeGreaterThan(1)
  expect(row?.probation).toEqual({ generation: 1, until: 3 + turns, evidence: [] })
  const late = new SyncDevice('c')
  await b.append(user('a turn'), assistant('an answer'), user('another turn'))
  await space.settle([a, b, late])
  // Whoever hears of all of it at once has as many turns to go.
  expect((await late.row())?.probation).toEqual(row?.probation)
  expect(await late.row()).toMatchObject({ head: 1, turns: 5 })
  await a.fold('confirmed')
  await space.settle([a, b, late])
  expect((await b.row())?.probation).toMatchObject({ generation: 2, until: 5 + turns })
  await b.rollBack(1)
  await space.settle([a, b, late])
  for (const device of [a, b, late]) expect((await device.row())?.probation).toBeNull()
})
