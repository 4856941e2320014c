import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { connect } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openEngine } from '../../src/client/open-engine.ts'
import { connectNats } from '../../src/sync/nats/connect-nats.ts'
import type { NatsLog } from '../../src/sync/nats/nats-options.ts'
import type { NatsTransport } from '../../src/sync/nats/open-connection.ts'
import { buildWorker } from '../support/nats/build-worker.ts'
import { findNats } from '../support/nats/find-nats.ts'
import {
  hasOpenssl,
  makeCertificates,
  type Certificates,
} from '../support/nats/make-certificates.ts'
import { startNats, type NatsServer } from '../support/nats/start-nats.ts'
import { startWorker, type RunningWorker } from '../support/nats/start-worker.ts'
import { watchRemoteLog } from '../support/watch-remote-log.ts'
import { buildEntry } from './remote-log-contract.ts'

const found = await findNats()
const note = found.missing ? ` (skipped: ${found.missing})` : hasOpenssl ? '' : ' (no openssl)'
const PASSWORD = { kind: 'password', user: 'anna', password: 'not-for-everybody' } as const

async function open(servers: readonly string[], transport?: NatsTransport): Promise<NatsLog> {
  const log = await connectNats(
    { servers, space: 's', credentials: PASSWORD, ...(transport && { transport }) },
    () => undefined,
  )
  onTestFinished(() => log.close())
  return log
}

describe.skipIf(found.missing !== undefined || !hasOpenssl)(`a server with TLS${note}`, () => {
  let certificates: Certificates
  let server: NatsServer
  let elsewhere: NatsServer
  let program = ''

  const startFor = (name: string): Promise<NatsServer> => {
    const { certificate, key } = certificates.make(name)
    const tls = `tls { cert_file: "${certificate}", key_file: "${key}" }`
    const { user, password } = PASSWORD
    const users = `authorization { users: [{ user: ${user}, password: "${password}" }] }`
    return startNats({ path: found.path, config: `${tls}\n${users}`, webSocket: tls })
  }

  beforeAll(async () => {
    certificates = makeCertificates()
    server = await startFor('localhost')
    elsewhere = await startFor('elsewhere.example')
    program = await buildWorker()
  })

  afterAll(async () => {
    await server.close()
    await elsewhere.close()
    certificates.remove()
  })

  /** Runs the program that creates the streams, as it is published. */
  const setUp = async (
    address: string,
    env: Readonly<Record<string, string>>,
  ): Promise<{ readonly code: number | string; readonly lines: RunningWorker['lines'] }> => {
    const { user, password: BACKFOLD_PASSWORD } = PASSWORD
    const args = ['--set-up', '--servers', address, '--user', user]
    const running = startWorker(program, args, { BACKFOLD_PASSWORD, ...env })
    return { code: await running.ended, lines: running.lines }
  }

  test('[RLOG17] is believed where its authority is known, and all goes over TLS', async () => {
    const ca = readFileSync(certificates.authority, 'utf8')
    const ways: boolean[] = []
    const log = await open([`tls://localhost:${server.port}`], async (options) => {
      const connection = await connect({ ...options, tls: { ...options.tls, ca } })
      ways.push(connection.info?.tls_required === true)
      return connection
    })
    await expect.poll(() => log.state().kind).toBe('online')
    expect((await log.append(buildEntry('b'))).kind).toBe('stored')
    const watched = watchRemoteLog(log)
    await expect.poll(watched.ids).toEqual(['b'])
    expect(ways).toEqual([true])
  })

  test('[RLOG17] is believed by a process that is told of its authority by NODE_EXTRA_CA_CERTS, and by no other', async () => {
    const address = `tls://localhost:${server.port}`
    const told = await setUp(address, { NODE_EXTRA_CA_CERTS: certificates.authority })
    expect(told.code).toBe(0)
    const untold = await setUp(address, {})
    expect(untold.code).toBe(1)
    const reason = /^The TLS certificate of the server is not trusted \(.+\): NODE_EXTRA_CA_CERTS/
    expect(untold.lines().join('\n')).toMatch(reason)
    const lied = await setUp(`tls://localhost:${elsewhere.port}`, {
      NODE_EXTRA_CA_CERTS: certificates.authority,
    })
    expect(lied.code).toBe(1)
    expect(lied.lines().join('\n')).toMatch(/certificate of the server is for another name/)
  })

  test.each(['tls', 'nats'])(
    '[RLOG17] a device is refused at %s:// with a reason where it does not know the authority',
    async (scheme) => {
      const servers = `${scheme}://localhost:${server.port}`
      const backfold = await openEngine({ sync: { servers, credentials: PASSWORD } })
      onTestFinished(() => backfold.close())
      const { status } = await backfold.sync()
      await expect
        .poll(() => status.get())
        .toMatchObject({
          phase: 'refused',
          reason: expect.stringMatching(/^The TLS certificate .* is not trusted/) as string,
        })
    },
  )
})

/** Says what it is, in the clear, and keeps all that it is told. */
async function startPlain(): Promise<{ readonly address: string; readonly told: () => string }> {
  let told = ''
  const info = { server_id: 'a', version: '2.15.1', proto: 1, max_payload: 1_000, headers: true }
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.setEncoding('utf8').on('data', (text: string) => void (told += text))
    socket.write(`INFO ${JSON.stringify(info)}\r\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it has no port')
  return { address: `127.0.0.1:${address.port}`, told: () => told }
}

test('[RLOG17] where TLS is asked for, a server without it is refused and told nothing', async () => {
  const { address, told } = await startPlain()
  const log = await open([`tls://${address}`])
  await expect
    .poll(() => log.state())
    .toEqual({
      kind: 'refused',
      reason: 'The server has no TLS at this port, and nothing is sent to it without.',
    })
  expect(told()).toBe('')
  await open([`nats://${address}`])
  await expect.poll(told).toContain(PASSWORD.password)
})

test('[RLOG17] where no web socket can be made, that is said instead of waiting for ever', async () => {
  const kept = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')
  Object.defineProperty(globalThis, 'WebSocket', { configurable: true, value: undefined })
  onTestFinished(() => {
    if (kept) Object.defineProperty(globalThis, 'WebSocket', kept)
    else Reflect.deleteProperty(globalThis, 'WebSocket')
  })
  const log = await open(['ws://127.0.0.1:9'])
  await expect
    .poll(() => log.state())
    .toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/^A web socket can't be made here/) as string,
    })
})
