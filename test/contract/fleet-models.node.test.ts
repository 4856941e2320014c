import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@nats-io/transport-node'
import type { NatsConnection } from '@nats-io/nats-core'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { openEngine } from '../../src/client/open-engine.ts'
import type { Session } from '../../src/client/session.ts'
import { createJobQueue } from '../../src/sync/nats/job-queue.ts'
import { startModelServer, type ModelServer } from '../support/model-server/model-server.ts'
import { buildWorker } from '../support/nats/build-worker.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { startNats, type NatsServer } from '../support/nats/start-nats.ts'
import { startWorker, type RunningWorker } from '../support/nats/start-worker.ts'

const found = await findNats()
const note = found.missing === undefined ? '' : ` (skipped: ${found.missing})`

const POLICY = { budget: { tokens: 2_000 }, retainedTail: { messages: 2 } }
const KEY = 'sk-test-0123456789abcdef0123456789abcdef'
const SAID = 'Login fails after ten seconds. My guess is the proxy between them.'
const SUSPICION = 'The user suspected that the proxy broke the login.'
const NOTE = JSON.stringify({ add: [{ text: SUSPICION, sources: [1] }] })

describe.skipIf(found.missing !== undefined)(`a worker with a language model${note}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-fleet-models-'))
  let program = ''
  let server: NatsServer
  let models: ModelServer
  let connection: NatsConnection

  beforeAll(async () => {
    program = await buildWorker()
    server = await startNats({ path: found.path })
    models = await startModelServer()
    expect(await startWorker(program, ['--set-up', '--servers', server.address]).ended).toBe(0)
    connection = await connect({ servers: server.address })
  })

  beforeEach(() => models.planAlways({ kind: 'answer', text: NOTE }))

  afterAll(async () => {
    await connection.close()
    await Promise.all([models.close(), server.close()])
    rmSync(folder, { recursive: true, force: true })
  })

  async function startReady(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<RunningWorker> {
    const worker = startWorker(program, ['--servers', server.address, ...args], env)
    onTestFinished(async () => {
      // What it does it ends.
      worker.signal('SIGTERM')
      await worker.ended
    })
    await expect.poll(() => worker.lines()).toContain('ready')
    return worker
  }

  /** A session of a device of the fleet that grows until a worker has folded it. */
  async function growFolded(id: string, policy: object = POLICY): Promise<Session> {
    const device = await openEngine({
      sync: { servers: server.address, space: 'home', fold: 'fleet', deviceName: 'phone' },
    })
    onTestFinished(() => device.close())
    const session = await device.session(id, policy)
    const { status } = await device.sync()
    await expect.poll(() => status.get().phase).toBe('online')
    await session.append({ role: 'user', content: SAID })
    const { soft } = session.state.get().budget
    for (let n = 0; session.state.get().tokens.context < soft; n += 1) {
      const content = `${n}: ${'the build failed in step seven and was started again. '.repeat(8)}`
      await session.append({ role: n % 2 === 0 ? 'assistant' : 'user', content })
    }
    await expect.poll(() => session.state.get().generation, { timeout: 60_000 }).toBe(1)
    expect(await session.jobs()).toEqual([])
    return session
  }

  const KINDS = [
    { kind: 'openai-compatible', path: '/v1' },
    { kind: 'anthropic', path: '' },
    { kind: 'gemini', path: '' },
  ] as const

  test.each(KINDS)(
    '[FLEET15] it asks a server of the kind $kind, with a key of the environment or of a file',
    async ({ kind, path }) => {
      const asked = models.requests.length
      const keyFile = join(folder, kind)
      writeFileSync(keyFile, `${KEY}\n`, { mode: 0o600 })
      const isFile = kind === 'anthropic'
      const worker = await startReady(
        ['--summariser', kind, '--base-url', `${models.origin}${path}`, '--model', 'small'],
        isFile ? { BACKFOLD_API_KEY_FILE: keyFile } : { BACKFOLD_API_KEY: KEY },
      )
      const session = await growFolded(`by ${kind}`)
      const { digest, summariser } = await session.generation(1)
      expect(digest.map(({ text }) => text)).toContain(SUSPICION)
      expect(summariser).toContain('small')
      const requests = models.requests.slice(asked)
      expect(requests.length).toBeGreaterThan(0)
      for (const { headers } of requests) expect(JSON.stringify(headers)).toContain(KEY)
      expect(worker.lines().join('\n')).not.toContain(KEY)
    },
    120_000,
  )

  test('[FLEET15] where the model fails, code folds, and the worker says why', async () => {
    models.planAlways({ kind: 'refuse', status: 401, message: 'not with that key' })
    const asked = models.requests.length
    const worker = await startReady([
      ...['--summariser', 'openai-compatible', '--base-url', `${models.origin}/v1`],
      ...['--model', 'small'],
    ])
    const session = await growFolded('by code')
    expect(models.requests.length).toBeGreaterThan(asked)
    const { digest } = await session.generation(1)
    expect(digest.length).toBeGreaterThan(0)
    expect(digest.map(({ text }) => text)).not.toContain(SUSPICION)
    await expect
      .poll(() => worker.lines().join('\n'))
      .toMatch(/^summariser: built-in after .*status 401/m)
  }, 120_000)

  test('[FLEET15] a session that is not to be shown to models is not, and is folded', async () => {
    await startReady([
      ...['--summariser', 'openai-compatible', '--base-url', `${models.origin}/v1`],
      ...['--model', 'small'],
    ])
    const asked = models.requests.length
    const session = await growFolded('kept', { ...POLICY, summarisers: [] })
    expect(models.requests.length).toBe(asked)
    expect((await session.generation(1)).digest.length).toBeGreaterThan(0)
  }, 120_000)

  test('[FLEET9, FLEET15] a summariser that can not be is a wrong call', async () => {
    const args = ['--servers', server.address, '--summariser', 'gemini', '--model', 'small']
    const worker = startWorker(program, args)
    expect(await worker.ended).toBe(2)
    expect(worker.lines().join('\n')).toMatch(/apiKey/)
  })

  test('[FLEET14] a job that was begun five times and never ended frees its place, and the worker says so', async () => {
    const queue = createJobQueue(() => Promise.resolve(connection), { patienceMs: 5_000 })
    const place = { space: 'home', token: 'deadly' }
    expect(await queue.offer(place, { head: '' })).toEqual({ kind: 'queued' })
    const never = new AbortController().signal
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const taken = await queue.take(never)
      expect(taken).toMatchObject({ ...place, attempt })
      await taken?.handBack(0)
    }
    const worker = await startReady(['--metrics-port', '0'])
    const said = /^job \d+ abandoned: it was begun 5 times and never ended$/
    await expect.poll(() => worker.lines().filter((line) => said.test(line))).toHaveLength(1)
    await expect.poll(() => queue.depth()).toBe(0)
    const [, url = ''] = /^metrics: (\S+)$/m.exec(worker.lines().join('\n')) ?? []
    const figures = await (await fetch(url)).text()
    expect(figures).toMatch(/^backfold_worker_jobs_total\{outcome="abandoned"\} 1$/m)
    expect(await queue.offer(place, { head: '' })).toEqual({ kind: 'queued' })
    await expect.poll(() => queue.depth()).toBe(0)
  })
})
