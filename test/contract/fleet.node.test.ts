import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@nats-io/transport-node'
import type { NatsConnection } from '@nats-io/nats-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { RemoteEntry } from '../../src/core/ports/remote-log.ts'
import { stampDraft } from '../../src/core/session/append.ts'
import { readRecord } from '../../src/core/sync/read-record.ts'
import { writeRecord } from '../../src/core/sync/write-record.ts'
import { openEngine } from '../../src/client/open-engine.ts'
import { connectNats } from '../../src/sync/nats/connect-nats.ts'
import { createJobQueue } from '../../src/sync/nats/job-queue.ts'
import type { NatsLog } from '../../src/sync/nats/nats-options.ts'
import { createPlainSealer } from '../../src/sync/plain-sealer.ts'
import type { Sealer } from '../../src/sync/sealer.ts'
import { buildWorker } from '../support/nats/build-worker.ts'
import { startFaultProxy, type FaultProxy } from '../support/nats/fault-proxy.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { startNats, waitUntil, type NatsServer } from '../support/nats/start-nats.ts'
import { startWorker, type RunningWorker } from '../support/nats/start-worker.ts'
import { buildKeyringHome } from '../support/sync/build-keyring-home.ts'
import { openTestKeyring } from '../support/sync/open-test-keyring.ts'

const found = await findNats()
/** Seconds after which a silent worker's job goes to another. */
const ACK_WAIT = '2'
const POLICY = { budget: { tokens: 2_000 }, retainedTail: { messages: 2 } }

/** Ends the id under which the head of a session is said to the server, behind the name of its subject. */
const HEAD = '.g#'

const folder = mkdtempSync(join(tmpdir(), 'backfold-fleet-'))

describe.skipIf(found.missing !== undefined)('a fleet on a NATS server', () => {
  let program = ''
  let server: NatsServer
  let connection: NatsConnection
  let log: NatsLog
  const workers: RunningWorker[] = []
  const entries: RemoteEntry[] = []

  const queue = () => createJobQueue(() => Promise.resolve(connection), { patienceMs: 5_000 })

  async function startWay(): Promise<FaultProxy> {
    const way = await startFaultProxy(server.port)
    onTestFinished(() => way.close())
    return way
  }

  async function startReady(...args: readonly string[]): Promise<RunningWorker> {
    const own = ['--servers', server.address, '--ack-wait', ACK_WAIT, '--concurrency', '1']
    const worker = startWorker(program, [...own, ...args])
    workers.push(worker)
    await expect.poll(() => worker.lines(), { timeout: 30_000 }).toContain('ready')
    return worker
  }

  /** Says a session as a device would, and returns what stands for it. */
  async function say(session: string, sealer: Sealer = createPlainSealer()): Promise<string> {
    const token = await sealer.token(session)
    const place = { token, channel: 'log' } as const
    for (let n = 1; n <= 24; n += 1) {
      const text = `${session} ${n}: ${'the build failed in step seven and was started again. '.repeat(8)}`
      const message = stampDraft(
        { role: n % 2 === 1 ? 'user' : 'assistant', parts: [{ type: 'text', text }] },
        { id: `${session}-${n}`, at: n, count: (of) => Math.ceil(of.length / 4) },
      )
      const fields = { session, id: message.id, by: 'device-1', confirmed: n - 1 }
      const id = await sealer.nameEntry(place, message.id)
      const bytes = writeRecord({ ...fields, kind: 'message', message })
      const stored = await log.append({ ...place, id, bytes: await sealer.seal(place, id, bytes) })
      expect(stored.kind).toBe('stored')
    }
    return token
  }

  const headsOf = (token: string): readonly RemoteEntry[] =>
    entries.filter((entry) => entry.token === token && entry.channel === 'heads')

  async function isEmpty(): Promise<void> {
    await expect.poll(() => queue().depth(), { timeout: 60_000 }).toBe(0)
  }

  beforeAll(async () => {
    program = await buildWorker()
    server = await startNats({ path: found.path })
    const setUp = startWorker(program, [
      '--set-up',
      '--servers',
      server.address,
      '--ack-wait',
      ACK_WAIT,
    ])
    expect(await setUp.ended).toBe(0)
    connection = await connect({ servers: server.address })
    log = await connectNats({ servers: [server.address], space: 'home' }, () => undefined)
    await waitUntil(() => log.state().kind === 'online')
    log.follow(0, async (batch) => void entries.push(...batch.entries))
  }, 120_000)

  afterAll(async () => {
    for (const worker of workers) {
      worker.signal('SIGCONT')
      worker.signal('SIGKILL')
    }
    await log.close()
    await connection.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('[FLEET3, FLEET4, FLEET11] one worker dies and one stands still in mid-job: every job makes one generation', async () => {
    const sessions = Array.from({ length: 6 }, (_, n) => `session-${n}`)
    const tokens = await Promise.all(sessions.map((session) => say(session)))
    const ways = [await startWay(), await startWay()] as const
    const dying = await startReady('--servers', ways[0].address)
    const frozen = await startReady('--servers', ways[1].address)
    let hasDied = false
    let isFrozen = false
    // The commit of a head is on its way, and the server does not have it yet.
    ways[0].onText(HEAD, () => {
      hasDied = true
      ways[0].drop('up')
      dying.signal('SIGKILL')
    })
    ways[1].onText(HEAD, () => {
      isFrozen = true
      ways[1].stall('up')
      frozen.signal('SIGSTOP')
    })
    for (const token of tokens) {
      const place = { space: 'home', token }
      expect(await queue().offer(place, { head: '', policy: POLICY })).toEqual({ kind: 'queued' })
    }
    await expect.poll(() => [hasDied, isFrozen], { timeout: 30_000 }).toEqual([true, true])
    expect(await dying.ended).toBe('SIGKILL')
    const last = await startReady()
    await isEmpty()
    await expect
      .poll(() => tokens.map((token) => headsOf(token).length))
      .toEqual(tokens.map(() => 1))
    frozen.signal('SIGCONT')
    // Its commit arrives now; what it had begun it ends, one way or the other.
    ways[1].heal()
    await expect
      .poll(() => frozen.lines().some((line) => /^job \d+ (?!\()/.test(line)), { timeout: 60_000 })
      .toBe(true)
    await expect
      .poll(() => tokens.map((token) => headsOf(token).length))
      .toEqual(tokens.map(() => 1))
    const takenOver = last.lines().filter((line) => /attempt [2-9]\d*\) begun/.test(line))
    expect(takenOver.length).toBeGreaterThanOrEqual(1)
    for (const token of tokens) {
      const read = readRecord(headsOf(token)[0]?.bytes ?? new Uint8Array())
      expect(read).toMatchObject({ kind: 'record', record: { kind: 'generation', parent: '' } })
    }
    for (const worker of [frozen, last]) {
      worker.signal('SIGTERM')
      expect(await worker.ended).toBe(0)
    }
    expect(tokens.map((token) => headsOf(token).length)).toEqual(tokens.map(() => 1))
  }, 180_000)

  test('[FLEET4] a job that comes again for a head that is there already makes no second one', async () => {
    const token = await say('again')
    const worker = await startReady()
    const place = { space: 'home', token }
    await queue().offer(place, { head: '', policy: POLICY })
    await isEmpty()
    await queue().offer(place, { head: '', policy: POLICY })
    await isEmpty()
    expect(headsOf(token)).toHaveLength(1)
    expect(worker.lines().at(-1)).toMatch(/needless: the session was folded since/)
    worker.signal('SIGTERM')
    expect(await worker.ended).toBe(0)
  }, 90_000)

  test('[FLEET2, FLEET5] a sealed session is refused without a grant, and folded and sealed with one', async () => {
    const keyFile = join(folder, 'worker.key')
    const asked = startWorker(program, ['--key', keyFile, '--print-key'])
    expect(await asked.ended).toBe(0)
    const key = asked.lines()[0] ?? ''
    const { sealer, grant } = await openTestKeyring(buildKeyringHome()).then((keyring) => ({
      sealer: keyring.sealer,
      grant: (session: string) => keyring.grant(session, key),
    }))
    const token = await say('sealed', sealer)
    const worker = await startReady('--key', keyFile)
    const place = { space: 'home', token }
    await queue().offer(place, { head: '', policy: POLICY })
    await isEmpty()
    expect(worker.lines().at(-1)).toMatch(
      /refused: the session is sealed, and the job has no grant/,
    )
    expect(headsOf(token)).toEqual([])
    const job = { head: '', policy: POLICY, grant: { ...(await grant('sealed')) } }
    await queue().offer(place, job)
    await isEmpty()
    await expect.poll(() => headsOf(token).length).toBe(1)
    const [head] = headsOf(token)
    if (!head) throw new Error('there is no head')
    expect(Buffer.from(head.bytes).includes('build')).toBe(false)
    const opened = await sealer.open(head, head.id, head.bytes)
    expect(readRecord(opened ?? new Uint8Array())).toMatchObject({
      record: { kind: 'generation', session: 'sealed' },
    })
    worker.signal('SIGTERM')
    expect(await worker.ended).toBe(0)
  }, 90_000)

  test('[FLEET7] asked to end in the middle of a job it hands that back, and another does it at once', async () => {
    const token = await say('stopped')
    const leaving = await startReady('--grace', '0')
    leaving.onLine((line) => {
      if (line.endsWith('begun')) leaving.signal('SIGTERM')
    })
    await queue().offer({ space: 'home', token }, { head: '', policy: POLICY })
    expect(await leaving.ended).toBe(0)
    expect(leaving.lines().at(-1)).toBe('ended')
    const other = await startReady()
    await isEmpty()
    await expect.poll(() => headsOf(token).length).toBe(1)
    other.signal('SIGTERM')
    expect(await other.ended).toBe(0)
  }, 90_000)

  test('[FLEET8] figures are served on this machine', async () => {
    const token = await say('counted')
    const worker = await startReady('--metrics-port', '0')
    await queue().offer({ space: 'home', token }, { head: '', policy: POLICY })
    await isEmpty()
    const url =
      worker
        .lines()
        .find((line) => line.startsWith('metrics: '))
        ?.slice(9) ?? ''
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
    await expect
      .poll(async () => (await fetch(url)).text())
      .toMatch(/^backfold_worker_jobs_total\{outcome="folded"\} 1$/m)
    expect(await (await fetch(url)).text()).toMatch(/^backfold_queue_jobs 0$/m)
    expect((await fetch(new URL('/', url))).status).toBe(404)
    worker.signal('SIGINT')
    expect(await worker.ended).toBe(0)
  }, 90_000)

  test('[FLEET9] a wrong call ends with 2, a server that refuses with 1, and both say why', async () => {
    const wrong = startWorker(program, [])
    expect(await wrong.ended).toBe(2)
    expect(wrong.lines()[0]).toMatch(/--servers needs addresses/)
    const nobody = startWorker(program, ['--servers', 'nats://127.0.0.1:1'])
    expect(await nobody.ended).toBe(1)
    expect(nobody.lines().join('')).toMatch(/refused/i)
  }, 60_000)

  test('[FLEET13] a device leaves the fold of a session that grows to a worker, and has what it made', async () => {
    await startReady()
    const device = await openEngine({
      sync: { servers: server.address, space: 'home', fold: 'fleet', deviceName: 'phone' },
    })
    const session = await device.session('grown', POLICY)
    const { status } = await device.sync()
    await expect.poll(() => status.get().phase, { timeout: 30_000 }).toBe('online')
    const text = 'the build failed in step seven and was started again. '.repeat(8)
    for (let n = 0; session.state.get().tokens.context < session.state.get().budget.soft; n += 1) {
      const role = n % 2 === 0 ? 'user' : 'assistant'
      await session.append({ role, parts: [{ type: 'text', text: `${n}: ${text}` }] })
    }
    await expect.poll(() => session.state.get().generation, { timeout: 60_000 }).toBe(1)
    expect(headsOf(await createPlainSealer().token('grown'))).toHaveLength(1)
    // It was made elsewhere: no job ran here.
    expect(await session.jobs()).toEqual([])
    await device.close()
  })
})
