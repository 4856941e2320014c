import { jwtAuthenticator, type NatsConnection } from '@nats-io/nats-core'
import { connect } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { connectNats } from '../../src/sync/nats/connect-nats.ts'
import type { NatsLog } from '../../src/sync/nats/nats-options.ts'
import {
  createAuthority,
  type Authority,
  type UserCredentials,
} from '../support/nats/credentials.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { startNats, waitUntil, type NatsServer } from '../support/nats/start-nats.ts'
import { watchRemoteLog } from '../support/watch-remote-log.ts'
import { buildEntry } from './remote-log-contract.ts'

const found = await findNats()
const note = found.missing ? ` (skipped: ${found.missing})` : ''

describe.skipIf(found.missing)(`attacks${note}`, { timeout: 30_000 }, () => {
  let authority: Authority
  let server: NatsServer
  let victim: NatsLog

  beforeAll(async () => {
    authority = await createAuthority()
    server = await startNats({ ...found, config: authority.config })
    const admin = await open('victim', await authority.admin())
    await admin.close()
    victim = await open('victim', await authority.user('victim'))
    const stored = await victim.append(buildEntry('secret'))
    expect(stored.kind).toBe('stored')
    expect((await victim.commit([buildEntry('head', 'heads')], 0)).kind).toBe('stored')
  })

  afterAll(async () => {
    await victim.close()
    await server.close()
  })

  async function open(space: string, credentials: UserCredentials): Promise<NatsLog> {
    const log = await connectNats(
      { servers: [server.address], space, credentials },
      () => undefined,
    )
    await waitUntil(() => log.state().kind === 'online')
    return log
  }

  /** A connection of someone who speaks the protocol by hand. */
  async function attack(
    { jwt, seed }: UserCredentials,
    prefix: string = `_INBOX_${subjectOfJwt(jwt)}`,
  ): Promise<NatsConnection> {
    const connection = await connect({
      servers: server.address,
      reconnect: false,
      inboxPrefix: prefix,
      authenticator: jwtAuthenticator(jwt, new TextEncoder().encode(seed)),
    })
    onTestFinished(() => connection.close())
    return connection
  }

  async function readVictim(): Promise<readonly string[]> {
    const watched = watchRemoteLog(victim)
    await expect.poll(watched.caughtUp).toBeGreaterThan(0)
    watched.stop()
    return watched.ids()
  }

  const create = (filter: object) =>
    JSON.stringify({
      stream_name: 'BF',
      action: 'create',
      config: { name: 'mine', ...READER, ...filter },
    })

  test.each([
    ['a message in its log', 'bf.victim.session.m', 'x'],
    ['a head', 'bf.victim.session.g', 'x'],
    ['another incarnation of the log', 'bf.incarnation', '{"incarnation":"x"}'],
    [
      'a reader of it',
      '$JS.API.CONSUMER.CREATE.BF.mine.bf.victim.>',
      create({ filter_subject: 'bf.victim.>' }),
    ],
    [
      'a reader of everything',
      '$JS.API.CONSUMER.CREATE.BF.mine.bf.>',
      create({ filter_subject: 'bf.>' }),
    ],
    ['a reader without a filter', '$JS.API.CONSUMER.CREATE.BF.mine', create({})],
    [
      'a reader in the old form',
      '$JS.API.CONSUMER.CREATE.BF',
      create({ filter_subject: 'bf.victim.>' }),
    ],
    [
      'a lasting reader',
      '$JS.API.CONSUMER.DURABLE.CREATE.BF.mine',
      create({ durable_name: 'mine' }),
    ],
    ['an entry by its place', '$JS.API.STREAM.MSG.GET.BF', '{"seq":1}'],
    ['an entry, directly', '$JS.API.DIRECT.GET.BF', '{"seq":1}'],
    ['the newest entry, directly', '$JS.API.DIRECT.GET.BF.bf.victim.session.m', ''],
    ['the stream', '$JS.API.STREAM.INFO.BF', '{"subjects_filter":">"}'],
    ['the names of readers', '$JS.API.CONSUMER.NAMES.BF', ''],
    ['a list of readers', '$JS.API.CONSUMER.LIST.BF', ''],
    ['an emptied stream', '$JS.API.STREAM.PURGE.BF', '{"filter":"bf.victim.>"}'],
    ['a removed entry', '$JS.API.STREAM.MSG.DELETE.BF', '{"seq":1}'],
    ['another stream', '$JS.API.STREAM.CREATE.MINE', '{"name":"MINE","subjects":["mine.>"]}'],
  ])('[RLOG13] a user of another space may not ask for %s', async (_, subject, body) => {
    const connection = await attack(await authority.user('mine'))
    const asked = connection.request(subject, body, { timeout: 5_000 })
    await expect(asked).rejects.toThrow(/permissions violation/i)
    expect(await readVictim()).toEqual(['secret', 'head'])
  })

  test.each([
    ['another filter than its subject says', { filter_subject: 'bf.victim.>' }],
    ['no filter', {}],
    ['two filters', { filter_subjects: ['bf.mine.>', 'bf.victim.>'] }],
    [
      'a filter, and its place in the stream of another',
      { filter_subject: 'bf.mine.>', deliver_subject: 'bf.victim.session.m' },
    ],
  ])('[RLOG13] a reader of the own space with %s is refused', async (_, config) => {
    const connection = await attack(await authority.user('mine'))
    const subject = '$JS.API.CONSUMER.CREATE.BF.mine.bf.mine.>'
    const answer = await connection.request(subject, create(config), { timeout: 5_000 })
    expect(answer.json()).toHaveProperty('error')
    expect(await readVictim()).toEqual(['secret', 'head'])
  })

  test('[RLOG13] a request for the own newest entry can not be made to name another', async () => {
    const connection = await attack(await authority.user('mine'))
    const subject = '$JS.API.DIRECT.GET.BF.bf.mine.session.m'
    const smuggled = JSON.stringify({ last_by_subj: 'bf.victim.session.m', seq: 1 })
    const answer = await connection.request(subject, smuggled, { timeout: 5_000 })
    expect(new TextDecoder().decode(answer.data)).not.toContain('secret')
  })

  test.each(['bf.victim.>', 'bf.>', '_INBOX.>', '>', '$JS.ACK.>', '_INBOX_*.>'])(
    '[RLOG13] a user of another space may not listen to %s',
    async (subject) => {
      const connection = await attack(await authority.user('mine'))
      const heard = await new Promise<unknown>((resolve) => {
        connection.subscribe(subject, {
          callback: (failure, message) => resolve(failure ?? message),
        })
      })
      expect(heard).toBeInstanceOf(Error)
    },
  )

  test('[RLOG13] users of one space do not hear the answers of one another', async () => {
    const [one, other] = [await authority.user('mine'), await authority.user('mine')]
    const connection = await attack(one)
    const inbox = `_INBOX_${subjectOfJwt(other.jwt)}.>`
    const heard = await new Promise<unknown>((resolve) => {
      connection.subscribe(inbox, { callback: (failure, message) => resolve(failure ?? message) })
    })
    expect(heard).toBeInstanceOf(Error)
  })

  test('[RLOG13] another account neither reads nor writes, though it asks for the same', async () => {
    const connection = await attack(await authority.admin('strangers'))
    const asked = connection.request('bf.victim.session.m', 'x', { timeout: 5_000 })
    await expect(asked).rejects.toThrow(/no responders/)
    const info = await connection.request('$JS.API.STREAM.INFO.BF', '', { timeout: 5_000 })
    expect(info.json()).toMatchObject({ error: { err_code: 10_059 } })
    expect(await readVictim()).toEqual(['secret', 'head'])
  })

  test('[RLOG13] credentials that are for web sockets alone are of no use elsewhere', async () => {
    const credentials = await authority.user('mine', { connections: ['WEBSOCKET'] })
    await expect(attack(credentials)).rejects.toThrow(/authorization/i)
  })

  test('[RLOG13] expired credentials are cut off', async () => {
    const connection = await attack(await authority.user('mine', { seconds: 2 }))
    await expect.poll(() => connection.isClosed()).toBe(true)
  })

  test('[RLOG14] an answer that another sends into a log is delivered as one that says nothing', async () => {
    const mine = await authority.user('mine')
    const log = await open('other-victim', await authority.user('other-victim'))
    onTestFinished(() => log.close())
    const watched = watchRemoteLog(log)
    const connection = await attack(mine)
    // The server does not ask whether who wants an answer may write where it is sent.
    connection.publish('bf.mine.session.m', 'x', { reply: 'bf.other-victim.session.g' })
    await expect.poll(() => watched.entries.length).toBe(1)
    expect(watched.ids()).toEqual([''])
    expect(await log.commit([buildEntry('h', 'heads')], 0)).toEqual({ kind: 'moved' })
    const expected = watched.entries[0]?.position ?? 0
    expect((await log.commit([buildEntry('h', 'heads')], expected)).kind).toBe('stored')
  })

  test('[RLOG14] an answer that another sends to what manages the stream changes nothing', async () => {
    const connection = await attack(await authority.user('mine'))
    for (const verb of ['PURGE', 'DELETE', 'UPDATE', 'MSG.DELETE']) {
      connection.publish('bf.mine.session.m', 'x', { reply: `$JS.API.STREAM.${verb}.BF` })
    }
    await connection.flush()
    // Whatever it did would be done by the time that a later write is stored.
    await connection.request('bf.mine.session.m', 'x', { timeout: 5_000 })
    expect(await readVictim()).toEqual(['secret', 'head'])
  })

  test('[RLOG14, RLOG19] an answer that another sends to where the incarnation stands begins none', async () => {
    const credentials = await authority.user('mine')
    const log = await open('mine', credentials)
    onTestFinished(() => log.close())
    await expect.poll(() => log.state()).toHaveProperty('incarnation')
    const connection = await attack(credentials)
    connection.publish('bf.mine.session.m', 'x', { reply: 'bf.incarnation' })
    await connection.request('bf.mine.session.m', 'x', { timeout: 5_000 })
    const later = await open('mine', await authority.user('mine'))
    onTestFinished(() => later.close())
    await expect.poll(() => later.state().kind).toBe('online')
    expect(later.state()).not.toHaveProperty('incarnation')
  })

  test('[RLOG14] what is sent to an inbox by another is not taken for a delivery', async () => {
    const credentials = await authority.user('listening')
    const log = await open('listening', credentials)
    onTestFinished(() => log.close())
    const watched = watchRemoteLog(log)
    await expect.poll(watched.caughtUp).toBe(1)
    const admin = await attack(await authority.admin(), '_INBOX')
    let inbox = ''
    admin.subscribe('$JS.API.CONSUMER.MSG.NEXT.BF.*', {
      callback: (_, { reply = '' }) => {
        inbox = reply
      },
    })
    await admin.flush()
    // The next request tells where answers are expected.
    await log.append(buildEntry('first'))
    const again = watchRemoteLog(log)
    await waitUntil(() => inbox !== '')
    admin.publish(inbox, 'forged', { reply: '$JS.ACK.BF.mine.1.999.1.1.0' })
    admin.publish(inbox, 'forged', { reply: 'bf.listening.session.m' })
    await log.append(buildEntry('second'))
    await expect.poll(again.ids).toEqual(['first', 'second'])
    await expect.poll(watched.ids).toEqual(['first', 'second'])
  })
})

const READER = { ack_policy: 'none', deliver_policy: 'all', inactive_threshold: 5e9 }

function subjectOfJwt(jwt: string): string {
  const [, payload = ''] = jwt.split('.')
  const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
    readonly sub: string
  }
  return sub
}
