import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '@nats-io/transport-node'
import type { NatsConnection } from '@nats-io/nats-core'
import { connectNats } from '../../src/sync/nats/connect-nats.ts'
import type { NatsLog, NatsState } from '../../src/sync/nats/nats-options.ts'
import { createJobQueue } from '../../src/sync/nats/job-queue.ts'
import { ensureJobStream } from '../../src/sync/nats/job-stream.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { startNats, type NatsServer } from '../support/nats/start-nats.ts'

const DEPLOY = join(import.meta.dirname, '../../src/sync/deploy')
const found = await findNats()
const hasOpenssl = spawnSync('openssl', ['version']).status === 0

const PASSWORDS = {
  BACKFOLD_ADMIN_PASSWORD: 'for-the-admin',
  BACKFOLD_ANNA_PASSWORD: 'for-anna',
  BACKFOLD_WORKER_PASSWORD: 'for-the-worker',
  BACKFOLD_SYS_PASSWORD: 'for-the-system',
}

const folder = mkdtempSync(join(tmpdir(), 'backfold-deploy-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A configuration as it is published, with certificates and storage in the test's folder. */
function writeHere(name: string): string {
  const text = readFileSync(join(DEPLOY, name), 'utf8')
    .replaceAll('/etc/nats/tls', folder)
    .replaceAll('/var/lib/nats', folder)
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

describe.skipIf(found.missing !== undefined || !hasOpenssl)('published configurations', () => {
  beforeAll(() => {
    const key = join(folder, 'privkey.pem')
    const certificate = join(folder, 'fullchain.pem')
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const kind = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2']
    execFileSync('openssl', ['req', ...kind, '-keyout', key, '-out', certificate, ...subject], {
      stdio: 'ignore',
    })
    copyFileSync(key, join(folder, 'node-key.pem'))
    for (const name of ['node.pem', 'nodes-ca.pem']) copyFileSync(certificate, join(folder, name))
    writeHere('users.conf')
  })

  test.each(['single-node.conf', 'cluster-node.conf'])('[FLEET12] a server takes %s', (name) => {
    const path = writeHere(name)
    const { status, stderr } = spawnSync(found.path, ['-t', '-c', path], {
      encoding: 'utf8',
      env: PASSWORDS,
    })
    expect(stderr).toContain('is valid')
    expect(status).toBe(0)
    const text = readFileSync(path, 'utf8')
    expect(text).toMatch(/sync_interval: always/)
    expect(text).toMatch(/allowed_origins: \["https:/)
  })
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
    const users = Object.entries(PASSWORDS).reduce(
      (text, [name, password]) => text.replaceAll(`$${name}`, password),
      readFileSync(join(DEPLOY, 'users.conf'), 'utf8'),
    )
    server = await startNats({ path: found.path, config: users })
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
