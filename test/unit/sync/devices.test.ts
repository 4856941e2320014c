import { expect, test } from 'vitest'
import { appendToLog, stampDraft } from '../../../src/core/session/append.ts'
import { newSession } from '../../../src/core/session/new-session.ts'
import { resolvePolicy } from '../../../src/core/session/policy.ts'
import { NO_DETAILS } from '../../../src/core/session/session-details.ts'
import { createJournalMemory } from '../../../src/store/memory-sync-journal.ts'
import { NO_REMOTE_FAULTS } from '../../support/remote-log-model.ts'
import { watchBursts } from '../../sim/sync/burst-watch.ts'
import { createSyncLab } from '../../sim/sync/sync-lab.ts'
import { say, session, statusOf, texts, twoDevices } from '../../support/two-devices.ts'

test('[PUMP2, PUMP4] what one device says is on the other, and settled on both', async () => {
  const { a, b, lab, here } = await twoDevices()
  expect(await texts(b)).toEqual(['first', 'second'])
  await lab.until(() => statusOf(here)?.pending === 0)
  for (const device of [a, b]) {
    const { session: row } = await device.store.read({ session })
    expect(row?.sync).toMatchObject({ confirmed: 2, unsent: [] })
  }
})

test('[PUMP2] a session that was there before sync began is sent as a whole', async () => {
  const lab = createSyncLab()
  const [a, b] = [lab.device('a'), lab.device('b')]
  const draft = { role: 'user', parts: [{ type: 'text', text: 'before' }] } as const
  const message = stampDraft(draft, { id: 'm', at: 1, count: () => 1 })
  await a.store.commit({ session }, () => {
    const row = newSession(session, resolvePolicy(), 1)
    const appended = appendToLog({ ...row, details: { ...NO_DETAILS, title: 'Old' } }, [message])
    const messages = appended.messages.map((one) => ({ ...one, session }))
    return {
      writes: [
        ...messages.map((one) => ({ table: 'messages', row: one }) as const),
        { table: 'sessions', row: appended.session },
      ],
      outcome: undefined,
    }
  })
  a.openTab()
  b.openTab()
  await lab.until(async () => {
    const { session: row } = await b.store.read({ session })
    return row?.details?.title === 'Old' && row.nextSeq === 2
  })
})

test('[PUMP5] a write without an answer is made once', async () => {
  const { lab, a, b, here } = await twoDevices()
  lab.server.faults = { ...lab.server.faults, lostAnswers: 1 }
  void say(here, 'third')
  await lab.until(async () => (await texts(b)).length === 3)
  lab.server.faults = { ...lab.server.faults, lostAnswers: 0 }
  await lab.until(() => statusOf(here)?.pending === 0)
  expect(await texts(a)).toEqual(['first', 'second', 'third'])
  expect(lab.server.entries.filter(({ channel }) => channel === 'log')).toHaveLength(3)
})

test('[PUMP6] who is refused says why, and sends once there is room', async () => {
  const { lab, b, here } = await twoDevices()
  lab.server.faults = { ...lab.server.faults, refusals: 1 }
  void say(here, 'third')
  await lab.until(() => statusOf(here)?.lastError !== undefined)
  expect(statusOf(here)).toMatchObject({
    pending: 1,
    lastError: { detail: 'The server has no room.' },
  })
  lab.server.faults = { ...lab.server.faults, refusals: 0 }
  await lab.until(async () => (await texts(b)).length === 3)
})

test('[PUMP7] nonsense is ignored and counted', async () => {
  const { lab, b, here } = await twoDevices()
  const [first] = lab.server.entries
  if (!first) throw new Error('nothing was said')
  lab.server.inject({ token: first.token, channel: 'log' }, new TextEncoder().encode('{}'))
  lab.server.inject({ token: 'another', channel: 'log' }, first.bytes, first.id)
  lab.server.inject({ token: first.token, channel: 'heads' }, first.bytes, first.id)
  lab.server.inject({ token: first.token, channel: 'log' }, first.bytes, 'other-id')
  await lab.until(() => statusOf(here)?.ignored === 4)
  expect(await texts(b)).toEqual(['first', 'second'])
})

test('[PUMP7] what a space says of itself is no nonsense', async () => {
  const { lab, b, here, there } = await twoDevices()
  for (const channel of ['rows', 'heads'] as const) {
    lab.server.inject({ token: '_space', channel }, new TextEncoder().encode('{}'))
  }
  void say(here, 'third')
  await lab.until(async () => (await texts(b)).length === 3)
  for (const tab of [here, there]) expect(statusOf(tab)).toMatchObject({ ignored: 0 })
})

test('[PUMP8] an open session hears which messages to read again', async () => {
  const { lab, b, here, there } = await twoDevices()
  await lab.answer(there.engine.handle('open', { session }))
  void say(here, 'third')
  await lab.until(async () => (await texts(b)).length === 3)
  await lab.until(() => there.events.some(({ type }) => type === 'synced'))
  expect(there.events.find(({ type }) => type === 'synced')).toMatchObject({
    from: 3,
    to: 3,
    moved: false,
  })
  await lab.rest()
  const state = await lab.answer(there.engine.handle('state', { session }))
  expect(state.sync).toMatchObject({ confirmed: 3, pending: 0 })
})

test('[PUMP8] messages that change places are said to have moved', async () => {
  const { lab, a, b, here, there } = await twoDevices()
  await lab.answer(there.engine.handle('open', { session }))
  there.connection?.cut()
  void say(there, 'mine')
  await lab.rest()
  void say(here, 'theirs')
  await lab.until(async () => (await a.store.read({ session })).session?.sync?.confirmed === 3)
  there.connection?.heal()
  await lab.until(() => there.events.some((event) => event.type === 'synced' && event.moved))
  expect(await texts(b)).toEqual(['first', 'second', 'theirs', 'mine'])
})

test('[PUMP9] a device without its journal reads all again, and nothing changes', async () => {
  const { lab, a, here } = await twoDevices()
  a.kill(here)
  a.journal = createJournalMemory()
  const before = await a.store.read({ session, range: { from: 1, to: Infinity } })
  const again = a.openTab()
  await lab.until(() => statusOf(again)?.phase === 'online')
  expect(await a.store.read({ session, range: { from: 1, to: Infinity } })).toEqual(before)
})

test('[PUMP3, PUMP10] a deletion reaches the other device, also where that was said more meanwhile', async () => {
  const { lab, a, b, here, there } = await twoDevices()
  here.connection?.cut()
  void here.engine.handle('delete', { session })
  await lab.until(async () => (await a.store.listSessions()).length === 0)
  void say(there, 'third')
  await lab.until(() => statusOf(there)?.pending === 0)
  here.connection?.heal()
  await lab.until(async () => (await b.store.listSessions()).length === 0)
  await lab.until(() => a.journal.departures.size === 0)
  expect(await a.store.listSessions()).toEqual([])
})

test('[PUMP11] messages that others never saw begin a deleted session anew', async () => {
  const { lab, a, b, here, there } = await twoDevices()
  there.connection?.cut()
  void say(there, 'unseen')
  await lab.rest()
  await lab.answer(here.engine.handle('delete', { session }))
  await lab.until(() => a.journal.departures.size === 0)
  there.connection?.heal()
  await lab.until(async () => (await texts(a)).length === 1)
  expect([await texts(a), await texts(b)]).toEqual([['unseen'], ['unseen']])
})

test('[PUMP11] wherever it dies while it begins anew, the messages are there afterwards', async () => {
  for (let steps = 0; steps < 40; steps += 1) {
    const { lab, a, b, here, there } = await twoDevices(steps)
    there.connection?.cut()
    void say(there, 'unseen')
    await lab.rest()
    await lab.answer(here.engine.handle('delete', { session }))
    await lab.until(() => a.journal.departures.size === 0)
    there.connection?.heal()
    for (let step = 0; step < steps; step += 1) await lab.world.advance()
    b.kill(there)
    b.openTab()
    await lab.until(async () => (await texts(a)).join() === 'unseen')
    expect(await texts(b)).toEqual(['unseen'])
  }
})

test('[PUMP12] a deletion that is stored twice does not take what came between', async () => {
  const { lab, a, b, here, there } = await twoDevices()
  await lab.answer(here.engine.handle('delete', { session }))
  await lab.until(() => a.journal.departures.size === 0 && b.journal.deletions.size === 1)
  const deletion = lab.server.entries.at(-1)
  if (!deletion) throw new Error('nothing was said')
  await lab.answer(there.engine.handle('open', { session }))
  void say(there, 'new')
  await lab.until(async () => (await texts(a)).length === 1)
  lab.server.inject(deletion, deletion.bytes, deletion.id)
  await lab.until(() => (a.journal.state?.cursor ?? 0) === lab.server.entries.at(-1)?.position)
  expect([await texts(a), await texts(b)]).toEqual([['new'], ['new']])
})

test('[PUMP13, PUMP17] while one device folds, another waits until that lets go', async () => {
  const { lab, here, there } = await twoDevices()
  const mine = here.acquire(session)
  await lab.until(() => mine.lease !== undefined)
  const theirs = there.acquire(session)
  await lab.until(() => (statusOf(there)?.jobsElsewhere.length ?? 0) > 0)
  await lab.rest()
  expect(theirs.lease).toBeUndefined()
  expect(statusOf(there)?.jobsElsewhere).toEqual([{ session, device: 'a' }])
  expect(await lab.answer(there.sync.leases.isFree(session))).toBe(false)
  mine.lease?.release()
  await lab.until(() => theirs.lease !== undefined)
})

test('[SYNC14, PUMP13] a claim that is not renewed is taken after 60 s, and not before', async () => {
  const { lab, a, here, there } = await twoDevices()
  const mine = here.acquire(session)
  await lab.until(() => mine.lease !== undefined)
  await lab.rest()
  const theirs = there.acquire(session)
  await lab.rest()
  a.kill(here)
  const since = lab.world.elapsed
  await lab.until(() => theirs.lease !== undefined)
  expect(lab.world.elapsed - since).toBeGreaterThanOrEqual(60_000)
  expect(lab.world.elapsed - since).toBeLessThan(90_000)
})

test('[PUMP14] cut off, a device goes on alone, and loses the lease when it comes back too late', async () => {
  const { lab, here, there } = await twoDevices()
  there.connection?.cut()
  const alone = there.acquire(session)
  await lab.until(() => alone.lease !== undefined)
  const mine = here.acquire(session)
  await lab.until(() => mine.lease !== undefined)
  await lab.rest()
  expect(alone.isLost).toBe(false)
  there.connection?.heal()
  await lab.until(() => alone.isLost)
})

test('[PUMP15] a tab that does not sync gets its claims from the one that does', async () => {
  const { lab, a, here, there } = await twoDevices()
  const second = a.openTab()
  await lab.rest()
  const mine = second.acquire(session)
  await lab.until(() => mine.lease !== undefined)
  await lab.until(() => statusOf(there)?.jobsElsewhere[0]?.device === 'a')
  a.kill(second)
  const theirs = there.acquire(session)
  await lab.until(() => theirs.lease !== undefined)
  await lab.until(() => statusOf(here)?.jobsElsewhere[0]?.device === 'b')
})

test('[PUMP16] what the server has lost is said again, for whoever comes later', async () => {
  const { lab, a, b, here } = await twoDevices()
  void say(here, 'third')
  await lab.until(() => statusOf(here)?.pending === 0)
  await lab.rest()
  void say(here, 'fourth')
  await lab.until(() => statusOf(here)?.pending === 0)
  const lost = lab.server.entries.filter(({ channel }) => channel === 'log')[2]
  lab.server.lose((entry) => entry === lost)
  const late = lab.device('c')
  const tab = late.openTab()
  await lab.until(async () => (await texts(late)).length === 4)
  for (const device of [a, b, late]) {
    expect(await texts(device)).toEqual(['first', 'second', 'third', 'fourth'])
  }
  await lab.until(() => statusOf(tab)?.lacking === 0)
})

/** Loses a message of a burst in the moment in which the next one, which names it, is stored. */
function loseInBursts({ server }: ReturnType<typeof createSyncLab>, text: string): void {
  const isNamed = watchBursts(server)
  server.mayLose = (entry, isGone) => {
    return new TextDecoder().decode(entry.bytes).includes(text) && isNamed(entry, isGone)
  }
}

test('[PUMP22] what the server has lost inside of a burst is in its place on all devices', async () => {
  const { lab, a, b, here } = await twoDevices()
  loseInBursts(lab, 'fourth')
  lab.server.faults = { ...NO_REMOTE_FAULTS, losses: 1 }
  void say(here, 'third', 'fourth', 'fifth')
  const late = lab.device('c')
  late.openTab()
  const said = ['first', 'second', 'third', 'fourth', 'fifth']
  for (const device of [a, b, late]) {
    await lab.until(async () => (await texts(device)).join() === said.join())
  }
  expect(lab.server.entries.length).toBeLessThan(lab.server.whole.length)
})

test('[PUMP22] who was not shown a message before those of others puts it in its place later', async () => {
  const { lab, a, b, here, there } = await twoDevices()
  loseInBursts(lab, 'third')
  there.connection?.cut()
  void say(here, 'third', 'fourth')
  await lab.until(async () => (await a.store.read({ session })).session?.sync?.confirmed === 4)
  lab.server.faults = { ...NO_REMOTE_FAULTS, holes: 1 }
  there.connection?.heal()
  const said = ['first', 'second', 'third', 'fourth']
  // The other device says it again, and so it is there, though the copy never shows it.
  await lab.until(async () => (await texts(b)).join() === said.join())
  await lab.until(() => statusOf(there)?.lacking === 0)
  expect(await texts(a)).toEqual(said)
})

test('[PUMP22] nothing is sent behind a message that the server says to have had all along', async () => {
  const { lab, a, b, here } = await twoDevices()
  const { range } = await b.store.read({ session, range: { from: 1, to: 2 } })
  const [first] = range
  if (!first) throw new Error('it is there')
  // The session as it would be if it had begun anew with a message that was said before.
  await a.store.commit({ session }, ({ session: row }) => {
    if (!row?.sync) return { writes: [], outcome: undefined }
    const sync = { ...row.sync, confirmed: 0 }
    return { writes: [{ table: 'sessions', row: { ...row, sync } }], outcome: undefined }
  })
  void say(here, 'third')
  await lab.until(async () => (await texts(a)).length === 3)
  await lab.rest()
  expect(await texts(b)).toEqual(['first', 'second'])
})

test('[PUMP17] the status says what is pending while the server can not be reached', async () => {
  const { lab, here } = await twoDevices()
  here.connection?.cut()
  void say(here, 'third', 'fourth')
  await lab.until(() => statusOf(here)?.pending === 2)
  expect(statusOf(here)).toMatchObject({ sessionsPending: 1, device: { name: 'a' } })
  here.connection?.heal()
  await lab.until(() => statusOf(here)?.pending === 0 && statusOf(here)?.phase === 'online')
})
