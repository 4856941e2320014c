import { describe, expect, onTestFinished, test } from 'vitest'
import { connectNats } from '../../src/sync/nats/connect-nats.ts'
import type { NatsLog } from '../../src/sync/nats/nats-options.ts'
import { findNats, type FoundNats } from '../support/nats/find-nats.ts'
import { askRaw } from '../support/nats/publish-raw.ts'
import { startNats, type NatsServer } from '../support/nats/start-nats.ts'
import { watchRemoteLog } from '../support/watch-remote-log.ts'
import { buildEntry } from './remote-log-contract.ts'

const newest = await findNats()
const older = await findNats('2.10.27')
const oldest = await findNats('2.9.10')

const noteOf = ({ missing }: FoundNats): string => (missing ? ` (skipped: ${missing})` : '')

async function start(path: string): Promise<NatsServer> {
  const server = await startNats({ path })
  onTestFinished(() => server.close())
  return server
}

async function open({ address }: NatsServer): Promise<NatsLog> {
  const log = await connectNats({ servers: [address], space: 's', beatMs: 200 }, () => undefined)
  onTestFinished(() => log.close())
  return log
}

test.skipIf(oldest.missing)(
  '[RLOG11] a server before 2.10 is refused, and nothing is written to it',
  async () => {
    const server = await start(oldest.path)
    const log = await open(server)
    await expect
      .poll(() => log.state())
      .toEqual({
        kind: 'refused',
        reason:
          'The server is too old (NATS 2.9.10): it must be 2.10 or newer, best 2.15 or newer.',
        version: '2.9.10',
      })
    expect((await log.append(buildEntry('a'))).kind).toBe('unsure')
    expect(await askRaw(server.address, '$JS.API.STREAM.INFO.BF')).toHaveProperty('error')
  },
)

describe.skipIf(older.missing)(
  `on a server without batches${noteOf(older)}`,
  { timeout: 30_000 },
  () => {
    test('[RLOG6, RLOG11] it is used with a warning, and the head of a commit comes last', async () => {
      const log = await open(await start(older.path))
      await expect
        .poll(() => log.state())
        .toMatchObject({
          kind: 'online',
          version: '2.10.27',
          warning: expect.stringContaining('2.12.3 or newer') as string,
        })
      const entries = [
        buildEntry('row1', 'rows'),
        buildEntry('row2', 'rows'),
        buildEntry('h', 'heads'),
      ]
      expect((await log.commit(entries, 0)).kind).toBe('stored')
      const late = [buildEntry('row3', 'rows'), buildEntry('h2', 'heads')]
      expect(await log.commit(late, 0)).toEqual({ kind: 'moved' })
      const watched = watchRemoteLog(log)
      await expect.poll(watched.ids).toEqual(['row1', 'row2', 'h', 'row3'])
    })

    test('[RLOG14] an answer that is sent to what empties the stream changes nothing', async () => {
      const server = await start(older.path)
      const log = await open(server)
      await expect.poll(() => log.state().kind).toBe('online')
      await log.append(buildEntry('kept'))
      const purged = await askRaw(
        server.address,
        '$JS.API.STREAM.PURGE.BF',
        '{"stream":"BF","seq":2}',
      )
      expect(purged).toHaveProperty('error')
      const watched = watchRemoteLog(log)
      await expect.poll(watched.ids).toEqual(['kept'])
    })

    test('[RLOG11] a stream there that anyone could empty is warned of', async () => {
      const server = await start(older.path)
      await create(server, {})
      const log = await open(server)
      await expect
        .poll(() => log.state())
        .toMatchObject({
          kind: 'online',
          warning: expect.stringContaining('deny_purge') as string,
        })
    })
  },
)

async function create(server: NatsServer, fields: object): Promise<void> {
  const right = { name: 'BF', subjects: ['bf.>'], storage: 'file', discard: 'new' }
  const config = {
    ...right,
    retention: 'limits',
    duplicate_window: 600e9,
    num_replicas: 1,
    ...fields,
  }
  const created = await askRaw(server.address, '$JS.API.STREAM.CREATE.BF', JSON.stringify(config))
  expect(created).not.toHaveProperty('error')
}

describe.skipIf(newest.missing)(
  `a stream that somebody else has set up${noteOf(newest)}`,
  { timeout: 30_000 },
  () => {
    test.each([
      ['max_age', { max_age: 3_600e9 }],
      ['max_msgs', { max_msgs: 1_000 }],
      ['max_msgs_per_subject', { max_msgs_per_subject: 1 }],
      ['discard', { discard: 'old' }],
      ['storage', { storage: 'memory' }],
      ['subjects', { subjects: ['bf.another.>'] }],
      ['retention', { retention: 'interest' }],
      ['duplicate_window', { duplicate_window: 5e9 }],
    ])('[RLOG11] is refused where its %s would lose entries', async (field, fields) => {
      const server = await start(newest.path)
      await create(server, fields)
      const log = await open(server)
      await expect
        .poll(() => log.state())
        .toMatchObject({
          kind: 'refused',
          reason: expect.stringContaining(`its ${field} (`) as string,
        })
    })

    test('[RLOG6, RLOG11] is used without batches where it takes none', async () => {
      const server = await start(newest.path)
      await create(server, {})
      const log = await open(server)
      await expect.poll(() => log.state()).toEqual({ kind: 'online', version: '2.15.1' })
      const entries = [buildEntry('row', 'rows'), buildEntry('h', 'heads')]
      expect((await log.commit(entries, 0)).kind).toBe('stored')
      const watched = watchRemoteLog(log)
      await expect.poll(watched.ids).toEqual(['row', 'h'])
    })
  },
)
