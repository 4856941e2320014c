import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { connect } from '@nats-io/transport-node'
import type { JobQueue } from '../../../src/core/ports/job-queue.ts'
import { createJobQueue } from '../../../src/sync/nats/job-queue.ts'
import { createPlainSealer } from '../../../src/sync/plain-sealer.ts'
import { findNats } from '../../support/nats/find-nats.ts'
import { startNats } from '../../support/nats/start-nats.ts'
import { fillSpace } from './fill-space.ts'
import { readProcess } from './process-figures.ts'
import { say } from './say.ts'

export interface FleetWish {
  /** The worker as it is published. */
  readonly program: string
  /** How many workers there are in each round. */
  readonly rounds: readonly number[]
  /** Sessions of a round, each of which is folded once. */
  readonly sessions: number
  readonly messages: number
  readonly bytes: number
}

const POLICY = { budget: { tokens: 8_000 }, retainedTail: { messages: 4 } }
/** Jobs of each worker before anything is measured: what runs for the first time is compiled first. */
const WARM_UP = 5

/** Rounds of workers that fold sessions; what each took. */
export async function loadFleet(wish: FleetWish): Promise<void> {
  const { path, missing } = await findNats()
  if (missing !== undefined) throw new Error(missing)
  const server = await startNats({ path })
  await once(
    spawn(process.execPath, [wish.program, '--set-up', '--servers', server.address]),
    'exit',
  )
  const connection = await connect({ servers: server.address })
  const queue = createJobQueue(async () => connection)
  for (const [round, workers] of wish.rounds.entries()) {
    const space = `round-${round}`
    const sessions = wish.sessions + workers * WARM_UP
    const { bytes } = wish
    await fillSpace(server.address, { space, sessions, messages: sessions * wish.messages, bytes })
    const figures = await measure({ ...wish, space, workers, queue }, server)
    say({ workers, ...figures })
  }
  await connection.close()
  await server.close()
}

interface Round extends FleetWish {
  readonly space: string
  readonly workers: number
  readonly queue: JobQueue
}

async function measure(
  { program, space, workers, sessions, queue }: Round,
  server: { readonly address: string; pid(): number | undefined },
) {
  const fleet = await Promise.all(
    Array.from({ length: workers }, () => startWorker(program, server.address)),
  )
  const pids = fleet.map(({ pid }) => pid)
  const pidOfServer = server.pid() ?? 0
  const cpu = (): number => pids.reduce((sum, pid) => sum + readProcess(pid).cpuSeconds, 0)
  const startCpuSeconds = cpu() / workers
  const warm = workers * WARM_UP
  await fold(queue, space, 0, warm)
  const [cpuBefore, serverBefore] = [cpu(), readProcess(pidOfServer).cpuSeconds]
  const startedMs = performance.now()
  await fold(queue, space, warm, warm + sessions)
  const seconds = (performance.now() - startedMs) / 1_000
  const figures = {
    jobsPerSecond: sessions / seconds,
    cpuShare: (cpu() - cpuBefore) / seconds,
    serverShare: (readProcess(pidOfServer).cpuSeconds - serverBefore) / seconds,
    startMs: Math.max(...fleet.map(({ ms }) => ms)),
    startCpuSeconds,
    peakMB: Math.max(...pids.map((pid) => readProcess(pid).peakMB)),
  }
  await Promise.all(fleet.map((worker) => worker.end()))
  return figures
}

/** Queues sessions from one up to another, and waits until none is left. */
async function fold(queue: JobQueue, space: string, from: number, to: number): Promise<void> {
  const sealer = createPlainSealer()
  const offers = Array.from({ length: to - from }, async (_, n) => {
    const token = await sealer.token(`s${from + n}`)
    const offered = await queue.offer({ space, token }, { head: '', policy: POLICY })
    if (offered.kind !== 'queued') throw new Error(JSON.stringify(offered))
  })
  await Promise.all(offers)
  while ((await queue.depth()) !== 0) await new Promise((resolve) => setTimeout(resolve, 20))
}

async function startWorker(program: string, server: string) {
  const startedMs = performance.now()
  const child = spawn(process.execPath, [program, '--servers', server], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const failures: string[] = []
  await new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'ready') resolve()
      if (/refused|failed/.test(line)) failures.push(line)
    })
  })
  const ended = once(child, 'exit')
  return {
    pid: child.pid ?? 0,
    ms: performance.now() - startedMs,
    async end() {
      child.kill('SIGTERM')
      await ended
      process.off('exit', kill)
      if (failures.length > 0) throw new Error(failures.join('; '))
    },
  }
}
