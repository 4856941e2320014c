import { connect } from '@nats-io/transport-node'
import type { NatsConnection } from '@nats-io/nats-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobQueue, TakenFold } from '../../src/core/ports/job-queue.ts'
import { createJobQueue, readJobDelivery } from '../../src/sync/nats/job-queue.ts'
import { ensureJobStream } from '../../src/sync/nats/job-stream.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { startNats, type NatsServer } from '../support/nats/start-nats.ts'

const found = await findNats()
const ACK_WAIT_MS = 1_500

let server: NatsServer | undefined
const connections: NatsConnection[] = []

async function join(waitMs = 5_000): Promise<{ queue: JobQueue; connection: NatsConnection }> {
  const connection = await connect({ servers: server?.address ?? '', reconnect: false })
  connections.push(connection)
  return {
    connection,
    queue: createJobQueue(() => Promise.resolve(connection), { waitMs, patienceMs: 5_000 }),
  }
}

const never = new AbortController().signal

async function takeOne(queue: JobQueue): Promise<TakenFold> {
  let taken: TakenFold | undefined
  await expect
    .poll(async () => (taken = await queue.take(never)), { timeout: 20_000 })
    .toBeDefined()
  if (!taken) throw new Error('no job came')
  return taken
}

describe.skipIf(found.missing !== undefined)('the queue on a NATS server', () => {
  beforeAll(async () => {
    server = await startNats({ path: found.path })
    const { connection } = await join()
    const wish = { timeoutMs: 10_000, ackWaitMs: ACK_WAIT_MS }
    expect(await ensureJobStream(connection, wish)).toEqual({ kind: 'ready' })
    expect(await ensureJobStream(connection, wish)).toEqual({ kind: 'ready' })
  }, 60_000)

  afterAll(async () => {
    for (const connection of connections) await connection.close()
    await server?.close()
  })

  test('[FLEET10] a session has one place, while its job waits and while it runs', async () => {
    const { queue } = await join()
    const place = { space: 'home', token: 'one-place' }
    expect(await queue.offer(place, { head: 'g-1' })).toEqual({ kind: 'queued' })
    expect(await queue.offer(place, { head: 'g-2' })).toEqual({ kind: 'already-queued' })
    expect(await queue.depth()).toBe(1)
    const taken = await takeOne(queue)
    expect(taken).toMatchObject({ ...place, attempt: 1, job: { head: 'g-1' } })
    expect(await queue.offer(place, { head: 'g-2' })).toEqual({ kind: 'already-queued' })
    expect(await queue.offer({ ...place, space: 'work' }, { head: '' })).toEqual({ kind: 'queued' })
    await taken.end()
    expect(await queue.offer(place, { head: 'g-2' })).toEqual({ kind: 'queued' })
    for (const _ of [1, 2]) await (await takeOne(queue)).end()
    expect(await queue.depth()).toBe(0)
  })

  test('[FLEET11] a job whose worker is silent goes to another, as the same job', async () => {
    const [silent, other] = [await join(), await join()]
    await silent.queue.offer({ space: 'home', token: 'silent' }, { head: '' })
    const lost = await takeOne(silent.queue)
    await silent.connection.close()
    const taken = await takeOne(other.queue)
    expect(taken).toMatchObject({ n: lost.n, attempt: 2, token: 'silent' })
    await taken.end()
    expect(await other.queue.depth()).toBe(0)
  })

  test('[FLEET11] a job that is kept stays with its worker', async () => {
    const [one, other] = [await join(), await join(3 * ACK_WAIT_MS)]
    await one.queue.offer({ space: 'home', token: 'kept' }, { head: '' })
    const taken = await takeOne(one.queue)
    const keeping = setInterval(() => taken.keep(), ACK_WAIT_MS / 5)
    // The server itself says when the time of this request is over.
    expect(await other.queue.take(never)).toBeUndefined()
    clearInterval(keeping)
    await taken.end()
    expect(await other.queue.depth()).toBe(0)
  })

  test('[FLEET11] a job that is handed back comes again, and one that is given up does not', async () => {
    const { queue } = await join()
    await queue.offer({ space: 'home', token: 'back' }, { head: '' })
    const first = await takeOne(queue)
    await first.handBack(0)
    const second = await takeOne(queue)
    expect(second).toMatchObject({ n: first.n, attempt: 2 })
    await second.giveUp('it can not be done')
    await expect.poll(() => queue.depth()).toBe(0)
    expect(await queue.offer({ space: 'home', token: 'back' }, { head: '' })).toEqual({
      kind: 'queued',
    })
    await (await takeOne(queue)).end()
  })

  test('[FLEET11] who no longer waits loses no job', async () => {
    const { queue } = await join()
    const leaving = new AbortController()
    const waiting = queue.take(leaving.signal)
    leaving.abort()
    expect(await waiting).toBeUndefined()
    await queue.offer({ space: 'home', token: 'left' }, { head: '' })
    const other = await join()
    const taken = await takeOne(other.queue)
    expect(taken.token).toBe('left')
    await taken.end()
  })

  test('[FLEET14] a job comes again until somebody ends it, and frees its place then', async () => {
    const { queue } = await join()
    const place = { space: 'home', token: 'deadly' }
    await queue.offer(place, { head: '' })
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      const taken = await takeOne(queue)
      expect(taken).toMatchObject({ ...place, attempt })
      await taken.handBack(0)
    }
    expect(await queue.offer(place, { head: '' })).toEqual({ kind: 'already-queued' })
    await (await takeOne(queue)).giveUp('nobody is to try it')
    await expect.poll(() => queue.depth()).toBe(0)
    expect(await queue.offer(place, { head: '' })).toEqual({ kind: 'queued' })
    await (await takeOne(queue)).end()
  })

  test('[FLEET14] a queue that would forget jobs by itself is mended by whoever may', async () => {
    const { connection } = await join()
    const ask = async (subject: string, body: object): Promise<unknown> =>
      (await connection.request(subject, JSON.stringify(body))).json()
    const subject = `$JS.API.CONSUMER.CREATE.JOBS.compactors`
    const reader = { durable_name: 'compactors', ack_policy: 'explicit', ack_wait: 1.5e9 }
    const config = { ...reader, max_deliver: 5 }
    const body = { stream_name: 'JOBS', action: 'update', config }
    expect(await ask(subject, body)).toMatchObject({ config: { max_deliver: 5 } })
    expect(await ensureJobStream(connection, { timeoutMs: 10_000 })).toEqual({ kind: 'ready' })
    expect(await ask('$JS.API.CONSUMER.INFO.JOBS.compactors', {})).toMatchObject({
      config: { max_deliver: -1, ack_wait: 1.5e9, ack_policy: 'explicit' },
    })
  })

  test('[FLEET10] what can not be queued is an outcome', async () => {
    const { queue, connection } = await join()
    expect(await queue.offer({ space: 'a.b', token: '*' }, { head: '' })).toMatchObject({
      kind: 'refused',
    })
    await connection.close()
    expect(await queue.offer({ space: 'home', token: 't' }, { head: '' })).toMatchObject({
      kind: 'unsure',
    })
    expect(await queue.depth()).toBeUndefined()
  })
})

test('[FLEET11] which job it is, and how often it came, is read in the form of every server', () => {
  const read = readJobDelivery
  expect(read('$JS.ACK.JOBS.compactors.2.17.5.1700000000000000000.0')).toEqual({
    n: 17,
    attempt: 2,
  })
  expect(read('$JS.ACK._.AAHASH.JOBS.compactors.2.17.5.1700000000000000000.0.x7')).toEqual({
    n: 17,
    attempt: 2,
  })
  for (const reply of ['', '$JS.ACK', 'a.b.c.d.e.f.g.h.i', '$JS.ACK.JOBS.c.x.y.5.6.7']) {
    expect(read(reply)).toBeUndefined()
  }
})
