import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { connect } from '@nats-io/transport-node'
import type { NatsConnection } from '@nats-io/nats-core'
import { connectNats } from '../../src/sync/nats/connect-nats.ts'
import type { NatsLog, NatsState } from '../../src/sync/nats/nats-options.ts'
import type { NatsTransport } from '../../src/sync/nats/open-connection.ts'
import { createJobQueue } from '../../src/sync/nats/job-queue.ts'
import { ensureJobStream } from '../../src/sync/nats/job-stream.ts'
import { buildWorker } from '../support/nats/build-worker.ts'
import { findNats } from '../support/nats/find-nats.ts'
import {
  hasOpenssl,
  makeCertificates,
  type Certificates,
} from '../support/nats/make-certificates.ts'
import { findFreePorts, runNats, startNats, type NatsServer } from '../support/nats/start-nats.ts'
import { startWorker } from '../support/nats/start-worker.ts'
import { buildEntry } from './remote-log-contract.ts'

const DEPLOY = join(import.meta.dirname, '../../src/sync/deploy')
const found = await findNats()
const PASSWORDS = {
  BACKFOLD_ADMIN_PASSWORD: 'for-the-admin',
  BACKFOLD_ANNA_PASSWORD: 'for-anna',
  BACKFOLD_WORKER_PASSWORD: 'for-the-worker',
  BACKFOLD_SYS_PASSWORD: 'for-the-system',
}

/** A file as it is published, with the passwords in it. */
function readPublished(name: string): string {
  const text = readFileSync(join(DEPLOY, name), 'utf8')
  return Object.entries(PASSWORDS).reduce(
    (filled, [variable, password]) => filled.replaceAll(`$${variable}`, password),
    text,
  )
}

describe.skipIf(found.missing !== undefined || !hasOpenssl)('published configurations', () => {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-deploy-'))
  let certificates: Certificates
  let tls: readonly (readonly [string, string])[] = []

  /** Writes a configuration as it is published into a folder, with certificates and storage of the test, and what else differs. */
  const write = (
    into: string,
    name: string,
    changes: readonly (readonly [string, string])[] = [],
  ): string => {
    const text = [...tls, ['/var/lib/nats', into] as const, ...changes].reduce(
      (changed, [from, to]) => {
        if (!changed.includes(from) && !tls.some(([file]) => file === from)) {
          throw new Error(`${name} does not say ${from}`)
        }
        return changed.replaceAll(from, to)
      },
      readFileSync(join(DEPLOY, name), 'utf8'),
    )
    mkdirSync(into, { recursive: true })
    writeFileSync(join(into, name), text)
    writeFileSync(join(into, 'users.conf'), readPublished('users.conf'))
    return join(into, name)
  }

  beforeAll(() => {
    certificates = makeCertificates()
    const [server, node] = [certificates.make('localhost'), certificates.make('localhost')]
    tls = [
      ['/etc/nats/tls/fullchain.pem', server.certificate],
      ['/etc/nats/tls/privkey.pem', server.key],
      ['/etc/nats/tls/node.pem', node.certificate],
      ['/etc/nats/tls/node-key.pem', node.key],
      ['/etc/nats/tls/nodes-ca.pem', certificates.authority],
    ]
  })

  afterAll(() => {
    certificates.remove()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  })

  test.each(['single-node.conf', 'cluster-node.conf'])('[FLEET12] a server takes %s', (name) => {
    const path = write(join(folder, 'taken'), name)
    const { status, stderr } = spawnSync(found.path, ['-t', '-c', path], { encoding: 'utf8' })
    expect(stderr).toContain('is valid')
    expect(status).toBe(0)
    const text = readFileSync(path, 'utf8')
    expect(text).toMatch(/sync_interval: always/)
    expect(text).toMatch(/allowed_origins: \["https:/)
  })

  test('[FLEET12] three nodes of cluster-node.conf keep everything three times, and speak TLS to all and to each other', async () => {
    const ports = await findFreePorts(12)
    const port = (node: number, use: number): number => ports[4 * node + use] ?? 0
    const nodes = await Promise.all(
      [0, 1, 2].map(async (node) => {
        const into = join(folder, `node-${node}`)
        const log = join(into, 'log')
        const path = write(into, 'cluster-node.conf', [
          ['server_name: backfold-1', `server_name: backfold-${node + 1}\nlog_file: "${log}"`],
          ['"0.0.0.0:4222"', `"127.0.0.1:${port(node, 0)}"`],
          ['"0.0.0.0:443"', `"127.0.0.1:${port(node, 1)}"`],
          ['"0.0.0.0:6222"', `"127.0.0.1:${port(node, 2)}"`],
          ['"127.0.0.1:8222"', `"127.0.0.1:${port(node, 3)}"`],
          ...[0, 1, 2].map(
            (other) =>
              [
                `tls://backfold-${other + 1}.internal:6222`,
                `tls://localhost:${port(other, 2)}`,
              ] as const,
          ),
        ])
        return runNats(found.path, path)
      }),
    )
    onTestFinished(async () => void (await Promise.all(nodes.map((node) => node.end()))))
    const program = await buildWorker()
    const addresses = [0, 1, 2].map((node) => `tls://localhost:${port(node, 0)}`)
    const setUp = async (): Promise<number | string> => {
      const args = ['--set-up', '--servers', addresses.join(','), '--user', 'admin']
      return startWorker(program, args, {
        BACKFOLD_PASSWORD: PASSWORDS.BACKFOLD_ADMIN_PASSWORD,
        NODE_EXTRA_CA_CERTS: certificates.authority,
      }).ended
    }
    // The nodes have to find each other first.
    await expect.poll(setUp, { timeout: 60_000 }).toBe(0)
    const tell = { ca: readFileSync(certificates.authority, 'utf8') }
    const transport: NatsTransport = (options) => connect({ ...options, tls: tell })
    const credentials = { user: 'anna', password: PASSWORDS.BACKFOLD_ANNA_PASSWORD }
    const logs = await Promise.all(
      addresses.slice(0, 2).map((address) =>
        connectNats(
          {
            servers: [address],
            space: 'anna',
            credentials: { kind: 'password', ...credentials },
            transport,
          },
          () => undefined,
        ),
      ),
    )
    onTestFinished(async () => void (await Promise.all(logs.map((log) => log.close()))))
    const [one, other] = logs
    await expect.poll(() => logs.map((log) => log.state().kind)).toEqual(['online', 'online'])
    await expect.poll(async () => (await one?.append(buildEntry('a')))?.kind).toBe('stored')
    const seen: string[] = []
    other?.follow(0, async ({ entries }) => void seen.push(...entries.map(({ id }) => id)))
    await expect.poll(() => seen).toEqual(['a'])
    const admin = await connect({
      servers: addresses,
      user: 'admin',
      pass: PASSWORDS.BACKFOLD_ADMIN_PASSWORD,
      tls: tell,
    })
    onTestFinished(() => admin.close())
    for (const stream of ['BF', 'JOBS']) {
      const info = await admin.request(`$JS.API.STREAM.INFO.${stream}`, '', { timeout: 10_000 })
      expect(info.json()).toMatchObject({ config: { num_replicas: 3 } })
    }
  }, 180_000)
})

describe.skipIf(found.missing !== undefined)('published permissions', () => {
  let server: NatsServer
  const connections: NatsConnection[] = []
  const logs: NatsLog[] = []

  const enter = async (user: string, pass: string): Promise<NatsConnection> => {
    const connection = await connect({
      servers: server.address,
      user,
      pass,
      inboxPrefix: `_INBOX_${user}`,
      reconnect: false,
    })
    connections.push(connection)
    return connection
  }

  const queueOf = (connection: NatsConnection) =>
    createJobQueue(() => Promise.resolve(connection), { waitMs: 2_000, patienceMs: 2_000 })

  beforeAll(async () => {
    server = await startNats({ path: found.path, config: readPublished('users.conf') })
  }, 60_000)

  afterAll(async () => {
    for (const log of logs) await log.close()
    for (const connection of connections) await connection.close()
    await server.close()
  })

  const reach = async (user: string, password: string, space: string) => {
    const states: NatsState[] = []
    const log = await connectNats(
      {
        servers: [server.address],
        space,
        credentials: { kind: 'password', user, password },
        patienceMs: 5_000,
      },
      (state) => void states.push(state),
    )
    logs.push(log)
    return { log, states }
  }

  test('[FLEET12] a person reads and writes their own space, once the admin made the stream', async () => {
    const admin = await reach('admin', PASSWORDS.BACKFOLD_ADMIN_PASSWORD, 'anna')
    await expect.poll(() => admin.states.at(-1)?.kind).toBe('online')
    const anna = await reach('anna', PASSWORDS.BACKFOLD_ANNA_PASSWORD, 'anna')
    await expect.poll(() => anna.states.at(-1)?.kind).toBe('online')
    const place = { token: 't'.repeat(22), channel: 'heads' } as const
    const entry = { ...place, id: 'e-1', bytes: new Uint8Array([1]) }
    expect(await anna.log.commit([entry], 0)).toMatchObject({ kind: 'stored' })
    const seen: string[] = []
    anna.log.follow(0, async ({ entries }) => void seen.push(...entries.map(({ id }) => id)))
    await expect.poll(() => seen).toEqual(['e-1'])
    const stranger = await reach('anna', PASSWORDS.BACKFOLD_ANNA_PASSWORD, 'ben')
    await expect.poll(() => stranger.states.at(-1)?.kind).toBe('refused')
  })

  test('[FLEET12] the admin makes the queue, a person fills it, and a worker empties it', async () => {
    const admin = await enter('admin', PASSWORDS.BACKFOLD_ADMIN_PASSWORD)
    expect(await ensureJobStream(admin, { timeoutMs: 5_000 })).toEqual({ kind: 'ready' })
    const anna = await enter('anna', PASSWORDS.BACKFOLD_ANNA_PASSWORD)
    const worker = await enter('worker', PASSWORDS.BACKFOLD_WORKER_PASSWORD)
    expect(await ensureJobStream(worker, { timeoutMs: 5_000 })).toEqual({ kind: 'ready' })
    expect(await ensureJobStream(anna, { timeoutMs: 5_000 })).toMatchObject({ kind: 'refused' })
    const place = { space: 'anna', token: 't' }
    expect(await queueOf(anna).offer(place, { head: '' })).toEqual({ kind: 'queued' })
    expect(await queueOf(anna).offer({ ...place, space: 'ben' }, { head: '' })).toMatchObject({
      kind: 'refused',
    })
    expect(await queueOf(worker).offer(place, { head: '' })).toMatchObject({ kind: 'refused' })
    const never = new AbortController().signal
    await expect(queueOf(anna).take(never)).rejects.toMatchObject({
      message: expect.stringMatching(/permission/i) as string,
    })
    const taken = await queueOf(worker).take(never)
    expect(taken).toMatchObject(place)
    await taken?.end()
    expect(await queueOf(worker).depth()).toBe(0)
  })
})
