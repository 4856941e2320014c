#!/usr/bin/env node
/** The program `backfold-worker`: takes fold jobs from a queue. */
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { hostname } from 'node:os'
import { NatsConnectionImpl, setTransportFactory } from '@nats-io/transport-node'
import { nodeResolveHost, NodeTransport } from '@nats-io/transport-node/lib/node_transport.js'
import type { NatsConnection } from '@nats-io/nats-core'
import { createFoldDesks } from './client/open-fold-desk.ts'
import { createProcessSummarisers } from './client/process-summarisers.ts'
import { noPage } from './client/summarisers.ts'
import { isBackfoldError } from './core/backfold-error.ts'
import type { LadderEvent } from './core/gate/ladder.ts'
import type { JobQueue } from './core/ports/job-queue.ts'
import { createEstimatingTokeniser } from './models/estimating-tokeniser.ts'
import type { SummariserDesk } from './protocol/summariser-desk.ts'
import type { SyncCredentials } from './protocol/sync.ts'
import { createFleetMetrics, type FleetMetrics } from './sync/fleet/fleet-metrics.ts'
import { startFleetWorker } from './sync/fleet/fleet-worker.ts'
import {
  readWorkerOptions,
  WORKER_HELP,
  type WorkerOptions,
  type WorkerSummariser,
} from './sync/fleet/read-worker-options.ts'
import { readCreds } from './sync/fleet/read-creds.ts'
import { ensureStream } from './sync/nats/ensure-stream.ts'
import { beginAnotherIncarnation } from './sync/nats/incarnation.ts'
import { connectNode } from './sync/nats/connect-node.ts'
import { createJobQueue, type Reach } from './sync/nats/job-queue.ts'
import { ensureJobStream } from './sync/nats/job-stream.ts'
import { chooseInbox, openConnection, type NatsTransport } from './sync/nats/open-connection.ts'
import { nameWorkerKey, newWorkerKeys } from './sync/seal/grant.ts'
import { systemClock } from './tabs/system-clock.ts'

const TIMEOUT_MS = 8_000

const transport: NatsTransport = (options) =>
  connectNode({ NatsConnectionImpl, setTransportFactory, NodeTransport, nodeResolveHost }, options)

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** The connection that the queue is asked over, made anew when it has ended. */
function reachServer(
  { servers }: WorkerOptions,
  credentials: SyncCredentials | undefined,
): Reach & { close(): Promise<void> } {
  let opening: Promise<NatsConnection> | undefined
  const reach: Reach = () => {
    const now = opening ?? open()
    opening = now
    return now
  }
  const forget = (): void => void (opening = undefined)
  const open = async (): Promise<NatsConnection> => {
    try {
      const inbox = chooseInbox(credentials)
      const timeoutMs = TIMEOUT_MS
      const connection = await openConnection({
        servers,
        inbox,
        timeoutMs,
        credentials,
        transport,
      })
      connection.closed().then(forget, forget)
      return connection
    } catch (failure) {
      forget()
      throw failure
    }
  }
  return Object.assign(reach, {
    close: async () => (await opening?.catch(() => undefined))?.close(),
  })
}

/** The worker's own keys, made where the file is missing. */
async function openKeys(file: string): Promise<CryptoKeyPair> {
  const curve = { name: 'ECDH', namedCurve: 'P-256' }
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) {
    const made = await newWorkerKeys(true)
    const jwk = await crypto.subtle.exportKey('jwk', made.privateKey)
    // Fails where another worker has made one meanwhile, and leaves that one as it is.
    await writeFile(file, JSON.stringify(jwk), { mode: 0o600, flag: 'wx' })
    return made
  }
  const jwk = JSON.parse(text) as JsonWebKey
  const { d: _, ...open } = jwk
  return {
    privateKey: await crypto.subtle.importKey('jwk', jwk, curve, false, ['deriveBits']),
    publicKey: await crypto.subtle.importKey('jwk', { ...open, key_ops: [] }, curve, true, []),
  }
}

async function readCredentials(options: WorkerOptions): Promise<SyncCredentials | undefined> {
  const { creds, user, password, token } = options
  if (creds !== undefined) return readCreds(await readFile(creds, 'utf8'))
  if (user !== undefined) return { kind: 'password', user, password: password ?? '' }
  return token === undefined ? undefined : { kind: 'token', token }
}

/** Shows the figures, on this machine only. */
async function serveMetrics(port: number, metrics: FleetMetrics, queue: JobQueue): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end()
    void queue.depth().then((depth) => {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
      response.end(metrics.write(depth))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (typeof address === 'object') say(`metrics: http://127.0.0.1:${address?.port}/metrics`)
  return server
}

async function setUp(reach: Reach, ackWaitMs: number): Promise<void> {
  const wanted = { stream: 'BF', space: 'default', timeoutMs: TIMEOUT_MS }
  const connection = await reach()
  const log = await ensureStream(connection, wanted)
  if (log.kind !== 'ready') throw new Error(log.reason)
  if (log.warning !== undefined) say(`warning: ${log.warning}`)
  const jobs = await ensureJobStream(connection, { timeoutMs: TIMEOUT_MS, ackWaitMs })
  if (jobs.kind !== 'ready') throw new Error(jobs.reason)
  say('the streams BF and JOBS are there')
}

async function tellRestored(reach: Reach): Promise<void> {
  const wish = { stream: 'BF', timeoutMs: TIMEOUT_MS }
  const isTold = await beginAnotherIncarnation(await reach(), wish)
  if (!isTold)
    throw new Error('the server did not take it: is the stream BF there, and is this its admin?')
  say('devices say again what the log lacks, each when it connects next')
}

/** A ladder of one step for all jobs of this process; behind it stands code. */
async function openSummariser(asked: WorkerSummariser): Promise<SummariserDesk> {
  const { kind, model, baseUrl, apiKeyFile } = asked
  const key = apiKeyFile === undefined ? asked.apiKey : (await readFile(apiKeyFile, 'utf8')).trim()
  const apiKey = key === undefined ? {} : { apiKey: key }
  const desk = createProcessSummarisers(createEstimatingTokeniser(), noPage(), systemClock)
  await desk.choose(
    kind === 'openai-compatible'
      ? [{ kind, model, baseUrl: baseUrl ?? '', ...apiKey }]
      : [{ kind, model, ...(baseUrl !== undefined && { baseUrl }), ...apiKey }],
  )
  say(`summariser: ${kind}, ${model}${baseUrl === undefined ? '' : ` at ${baseUrl}`}`)
  let told: LadderEvent | undefined
  desk.watch(() => {
    void desk.status().then(({ events }) => {
      const event = events.at(-1)
      if (event && event !== told)
        say(`summariser: ${event.to} after ${event.from}: ${event.reason}`)
      told = event
    })
  })
  return desk
}

async function run(options: WorkerOptions): Promise<void> {
  const credentials = await readCredentials(options)
  const summariser = options.summariser && (await openSummariser(options.summariser))
  const reach = reachServer(options, credentials)
  const ensured = await ensureJobStream(await reach(), {
    timeoutMs: TIMEOUT_MS,
    ackWaitMs: options.ackWaitMs,
  })
  if (ensured.kind !== 'ready') throw new Error(ensured.reason)
  const metrics = createFleetMetrics()
  const queue = createJobQueue(reach)
  const worker = startFleetWorker({
    queue,
    openDesk: createFoldDesks({
      servers: options.servers,
      ...(credentials && { credentials }),
      transport,
      ...(summariser && { summariser }),
      name: `worker on ${hostname()}`.slice(0, 100),
    }),
    clock: systemClock,
    metrics,
    ...(options.keyFile !== undefined && { keys: await openKeys(options.keyFile) }),
    concurrency: options.concurrency,
    keepMs: options.ackWaitMs / 3,
    deadlineMs: options.deadlineMs,
    tell: say,
  })
  const { metricsPort } = options
  const server =
    metricsPort === undefined ? undefined : await serveMetrics(metricsPort, metrics, queue)
  say('ready')
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
  say('ending')
  await worker.stop(options.graceMs)
  server?.close()
  server?.closeAllConnections()
  await summariser?.close()
  await reach.close()
  say('ended')
}

async function main(): Promise<number> {
  const asked = readWorkerOptions(process.argv.slice(2), process.env)
  try {
    if (asked.kind === 'help') process.stdout.write(WORKER_HELP)
    else if (asked.kind === 'wrong') {
      process.stderr.write(`${asked.reason}; --help says more\n`)
      return 2
    } else if (asked.kind === 'print-key') {
      say(await nameWorkerKey((await openKeys(asked.keyFile)).publicKey))
    } else if (asked.kind !== 'run') {
      const { kind, options } = asked
      const reach = reachServer(options, await readCredentials(options))
      await (kind === 'set-up' ? setUp(reach, options.ackWaitMs) : tellRestored(reach))
      await reach.close()
    } else await run(asked.options)
    return 0
  } catch (failure) {
    process.stderr.write(`${failure instanceof Error ? failure.message : String(failure)}\n`)
    return isBackfoldError(failure) && failure.code === 'INVALID_INPUT' ? 2 : 1
  }
}

// What a closed connection still waits for is of no use any more.
process.exit(await main())
