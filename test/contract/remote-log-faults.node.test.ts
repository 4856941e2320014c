import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { connectNats } from '../../src/sync/nats/connect-nats.ts'
import type { NatsLog, NatsOptions, NatsState } from '../../src/sync/nats/nats-options.ts'
import { createAuthority } from '../support/nats/credentials.ts'
import { startFaultProxy, type FaultProxy } from '../support/nats/fault-proxy.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { askRaw, publishRaw } from '../support/nats/publish-raw.ts'
import { startNats, type NatsServer } from '../support/nats/start-nats.ts'
import { watchRemoteLog, type Watched } from '../support/watch-remote-log.ts'
import { buildEntry } from './remote-log-contract.ts'

const found = await findNats()
const note = found.missing ? ` (skipped: ${found.missing})` : ''

describe.skipIf(found.missing)(`a remote log on NATS${note}`, { timeout: 30_000 }, () => {
  let server: NatsServer
  let spaces = 0

  beforeAll(async () => {
    server = await startNats(found)
  })

  afterAll(async () => {
    await server.close()
  })

  async function open(options: Partial<NatsOptions>): Promise<NatsLog> {
    const settings = {
      servers: [server.address],
      space: 'faults',
      beatMs: 200,
      patienceMs: 1_500,
      restMs: 40,
    }
    const log = await connectNats({ ...settings, ...options }, () => undefined)
    onTestFinished(() => log.close())
    return log
  }

  async function openThrough(space: string): Promise<{ log: NatsLog; proxy: FaultProxy }> {
    const proxy = await startFaultProxy(server.port)
    onTestFinished(() => proxy.close())
    const log = await open({ servers: [proxy.address], space })
    await expectState(log, { kind: 'online' })
    return { log, proxy }
  }

  function newSpace(): string {
    spaces += 1
    return `faults-${spaces}`
  }

  test('[RLOG7, RLOG10] where the answer gets lost a write is unsure, and following tells that it was made', async () => {
    const { log, proxy } = await openThrough(newSpace())
    const watched = watchRemoteLog(log)
    await expect.poll(watched.caughtUp).toBe(1)
    proxy.onPass((direction, bytes) => {
      if (direction === 'up' && bytes.includes('#lost')) proxy.drop('down')
    })
    const outcome = await log.append(buildEntry('lost'))
    expect(outcome.kind).toBe('unsure')
    proxy.onPass(() => undefined)
    proxy.heal()
    proxy.cutOnce()
    await expect.poll(watched.ids).toEqual(['lost'])
    expect(await log.append(buildEntry('lost'))).toMatchObject({
      kind: 'stored',
      position: watched.entries[0]?.position,
    })
  })

  test('[RLOG3] after an unsure write it is looked anew, on the same connection too', async () => {
    const { log, proxy } = await openThrough(newSpace())
    const watched = watchRemoteLog(log)
    await expect.poll(watched.caughtUp).toBe(1)
    proxy.slow(1_200)
    expect((await log.append(buildEntry('slow'))).kind).toBe('unsure')
    proxy.slow(0)
    await expect.poll(watched.ids).toEqual(['slow'])
    await expect.poll(watched.caughtUp).toBeGreaterThan(1)
  })

  test.each(['up', 'down'] as const)(
    '[RLOG10] a connection on which nothing goes %s any more is replaced',
    async (direction) => {
      const space = newSpace()
      const { log, proxy } = await openThrough(space)
      const other = await open({ space })
      const watched = watchRemoteLog(log)
      await expect.poll(watched.caughtUp).toBe(1)
      proxy.drop(direction)
      await expectState(other, { kind: 'online' })
      await other.append(buildEntry('meanwhile'))
      await expect.poll(() => log.state().kind).not.toBe('online')
      proxy.heal()
      log.retry()
      await expect.poll(watched.ids).toEqual(['meanwhile'])
    },
  )

  test('[RLOG10] of a connection that never came about nothing stays open, also where the server says nothing at first and all later', async () => {
    const proxy = await startFaultProxy(server.port)
    onTestFinished(() => proxy.close())
    proxy.stall('down')
    const patience = { servers: [proxy.address], patienceMs: 300 }
    const log = await open({ ...patience, space: newSpace() })
    await expectState(log, { kind: 'offline' })
    await log.close()
    await expect.poll(proxy.connections).toBe(0)
    const later = await open({ ...patience, space: newSpace() })
    await expectState(later, { kind: 'offline' })
    proxy.heal()
    later.retry()
    await expectState(later, { kind: 'online' })
    await expect.poll(proxy.connections).toBe(1)
  })

  test('[RLOG10] nothing is lost or doubled, and order is kept, however often the connection breaks', async () => {
    const space = newSpace()
    const devices = await Promise.all([openThrough(space), openThrough(space)])
    const ids = devices.map((_, device) =>
      Array.from({ length: 40 }, (__, at) => `d${device}-${at}`),
    )
    const watched = devices.map(({ log }) => watchRemoteLog(log))
    const cuts = devices.map(({ proxy }, device) => breakAt(proxy, ids[device] ?? []))
    await Promise.all(
      devices.map(async ({ log }, device) => {
        const [own] = watched.slice(device)
        if (own) await sayAll(log, own, ids[device] ?? [])
      }),
    )
    // Ten messages never came to the server, and of ten the answer was lost.
    for (const times of cuts) expect(times()).toBe(20)
    for (const { proxy } of devices) proxy.onPass(() => undefined)
    const late = watchRemoteLog(await open({ space }))
    await expect.poll(() => late.entries.length).toBe(80)
    for (const [device, said] of ids.entries()) {
      expect(late.ids().filter((id) => id.startsWith(`d${device}-`))).toEqual(said)
    }
    for (const { entries } of watched) {
      await expect.poll(() => entries.length).toBe(80)
      expect(entries).toEqual(late.entries)
    }
  })

  test('[RLOG10] a server that dies and comes back is followed further', async () => {
    const own = await startNats(found)
    onTestFinished(() => own.close())
    const log = await open({ servers: [own.address], space: 'dying' })
    const watched = watchRemoteLog(log)
    await expect.poll(watched.caughtUp).toBe(1)
    await log.append(buildEntry('before'))
    await own.kill()
    await expectState(log, { kind: 'offline' })
    expect((await log.append(buildEntry('meanwhile'))).kind).toBe('unsure')
    await own.start()
    log.retry()
    await expectState(log, { kind: 'online' })
    expect((await log.append(buildEntry('after'))).kind).toBe('stored')
    await expect.poll(watched.ids).toEqual(['before', 'after'])
  })

  test('[RLOG10] where nobody listens yet, it is offline, and online once somebody does', async () => {
    const states: NatsState[] = []
    const own = await startNats(found)
    onTestFinished(() => own.close())
    await own.kill()
    const settings = { servers: [own.address], space: 'early' }
    const log = await connectNats(settings, (state) => void states.push(state))
    onTestFinished(() => log.close())
    await expect.poll(() => states.map(({ kind }) => kind)).toEqual(['offline'])
    await own.start()
    log.retry()
    await expect.poll(() => states.map(({ kind }) => kind)).toEqual(['offline', 'online'])
    await log.close()
    expect(log.state()).toEqual({ kind: 'closed' })
  })

  test('[RLOG12] large entries come whole, wherever following begins', async () => {
    const space = newSpace()
    const [log, other] = await Promise.all([open({ space }), open({ space })])
    await expectState(log, { kind: 'online' })
    await expectState(other, { kind: 'online' })
    const bytes = Uint8Array.from({ length: 2_000_001 }, (_, at) => (at * 31) % 251)
    const large = log.append({ ...buildEntry('large'), bytes })
    const small = await other.append(buildEntry('small'))
    expect((await large).kind).toBe('stored')
    const head = await log.commit(
      [{ ...buildEntry('rows', 'rows'), bytes }, buildEntry('h', 'heads')],
      0,
    )
    expect(head.kind).toBe('stored')
    // From the first on, and from between the parts and what they are parts of.
    for (const after of [0, small.kind === 'stored' ? small.position : 0]) {
      const watched = watchRemoteLog(other, after)
      await expect.poll(() => watched.ids().at(-1)).toBe('h')
      const whole = watched.entries.filter(({ id }) => id === 'large' || id === 'rows')
      for (const entry of whole) expect(Buffer.from(entry.bytes).equals(bytes)).toBe(true)
      expect(watched.ids()).toContain('rows')
    }
  })

  test('[RLOG12] an entry that lacks its parts says nothing, and what comes behind it is delivered', async () => {
    const space = newSpace()
    const log = await open({ space })
    await expectState(log, { kind: 'online' })
    const subject = `bf.${space}.session.m`
    const headers = { 'Nats-Msg-Id': `${subject}#a`, 'Bf-Parts': '2', 'Bf-From': '1' }
    await publishRaw(server.address, subject, 'rest', headers)
    await log.append(buildEntry('b'))
    const watched = watchRemoteLog(log)
    await expect.poll(watched.ids).toEqual(['', 'b'])
  })

  test('[RLOG12] an entry that no server keeps is refused', async () => {
    const log = await open({ space: newSpace() })
    await expectState(log, { kind: 'online' })
    const bytes = new Uint8Array(40 * 1024 * 1024)
    const refused = { kind: 'refused', reason: 'too-large' }
    expect(await log.append({ ...buildEntry('huge'), bytes })).toMatchObject(refused)
    expect(await log.commit([{ ...buildEntry('huge', 'heads'), bytes }], 0)).toMatchObject(refused)
  })

  test('[RLOG15] a server that lacks what was seen before is told of, and nothing is said to be caught up', async () => {
    const log = await open({ space: newSpace() })
    await expectState(log, { kind: 'online' })
    const watched = watchRemoteLog(log, 1_000_000)
    await expect
      .poll(() => log.state(), { timeout: 25_000 })
      .toMatchObject({
        kind: 'refused',
        reason: expect.stringContaining('lacks entries') as string,
      })
    expect(watched.caughtUp()).toBe(0)
  })

  test('[RLOG15] where the newest entry that was seen was removed, following goes on behind it', async () => {
    const space = newSpace()
    const log = await open({ space })
    await expectState(log, { kind: 'online' })
    await log.append(buildEntry('kept', 'log', 'other'))
    const stored = await log.append(buildEntry('removed'))
    const after = stored.kind === 'stored' ? stored.position : 0
    const filter = JSON.stringify({ filter: `bf.${space}.session.>` })
    await askRaw(server.address, '$JS.API.STREAM.PURGE.BF', filter)
    const watched = watchRemoteLog(log, after)
    await expect.poll(watched.caughtUp).toBe(1)
    await log.append(buildEntry('new'))
    await expect.poll(watched.ids).toEqual(['new'])
  })

  test('[RLOG16] credentials that expire are replaced by those that were given since', async () => {
    const authority = await createAuthority()
    const own = await startNats({ ...found, config: authority.config })
    onTestFinished(() => own.close())
    const admin = await open({ servers: [own.address], credentials: await authority.admin() })
    await expectState(admin, { kind: 'online' })
    const space = 'renewed'
    const credentials = await authority.user(space, { seconds: 4 })
    const log = await open({ servers: [own.address], space, credentials })
    const watched = watchRemoteLog(log)
    await expectState(log, { kind: 'online' })
    await expectState(log, { kind: 'refused' })
    log.renew(await authority.user(space))
    await expectState(log, { kind: 'online' })
    await log.append(buildEntry('a'))
    await expect.poll(watched.ids).toEqual(['a'])
  })

  test('[RLOG11] a write that these credentials may not make is denied', async () => {
    const authority = await createAuthority()
    const own = await startNats({ ...found, config: authority.config })
    onTestFinished(() => own.close())
    const strict = await open({
      servers: [own.address],
      space: 'mine',
      credentials: await authority.user('mine'),
    })
    await expectState(strict, {
      kind: 'refused',
      reason: 'The server has no stream BF, and these credentials may not create it.',
    })
    const admin = await open({
      servers: [own.address],
      space: 'mine',
      credentials: await authority.admin(),
    })
    await expectState(admin, { kind: 'online' })
    const elsewhere = await open({
      servers: [own.address],
      space: 'theirs',
      credentials: await authority.user('mine'),
    })
    await expectState(elsewhere, {
      kind: 'refused',
      reason: 'These credentials may not read the space theirs.',
    })
  })
})

async function expectState(log: NatsLog, state: Partial<NatsState>): Promise<void> {
  await expect.poll(() => log.state()).toMatchObject(state)
}

/** Says each thing once, in order: what is unsure is looked for, and said again where it is not there. */
async function sayAll(log: NatsLog, watched: Watched, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    while (!watched.ids().includes(id)) {
      const before = watched.caughtUp()
      const { kind } = await log.append(buildEntry(id))
      if (kind === 'stored') break
      log.retry()
      await expect.poll(watched.caughtUp).toBeGreaterThan(before)
    }
  }
}

/** Cuts the connection at every second message of a device when it is first passed on, and says how often it did. */
function breakAt(proxy: FaultProxy, ids: readonly string[]): () => number {
  const left = ids.filter((_, at) => at % 2 === 1)
  let cuts = 0
  let isAnswerNext = false
  proxy.onPass((direction, bytes) => {
    const isPassing = left[0] !== undefined && bytes.includes(`#${left[0]}\r`)
    if (direction === 'up' ? !isPassing : !isAnswerNext) return
    if (direction === 'up') left.shift()
    // In turn: what the server never gets, and what it gets and whose answer is lost.
    isAnswerNext = direction === 'up' && left.length % 2 === 1
    if (isAnswerNext) return
    cuts += 1
    proxy.cutOnce()
  })
  return () => cuts
}
