import { expect, test } from 'vitest'
import type { Clock } from '../../../../src/core/ports/clock.ts'
import type { JobQueue, TakenFold } from '../../../../src/core/ports/job-queue.ts'
import type { FoldJob } from '../../../../src/core/sync/fold-job.ts'
import { SYNC_OFF } from '../../../../src/protocol/sync.ts'
import { createFleetMetrics } from '../../../../src/sync/fleet/fleet-metrics.ts'
import {
  startFleetWorker,
  type FleetWorker,
  type FleetWorkerPorts,
} from '../../../../src/sync/fleet/fleet-worker.ts'
import type { OpenFoldDesk } from '../../../../src/sync/fleet/fold-desk.ts'
import { nameWorkerKey, newWorkerKeys } from '../../../../src/sync/seal/grant.ts'
import { buildKeyringHome } from '../../../support/sync/build-keyring-home.ts'
import { openTestKeyring } from '../../../support/sync/open-test-keyring.ts'

interface Given {
  readonly n?: number
  readonly attempt?: number
  readonly job?: FoldJob | undefined
  readonly token?: string
}

/** A queue in memory that says what became of each job. */
function buildQueue() {
  const told: string[] = []
  const waiting: TakenFold[] = []
  let wake: () => void = () => undefined
  const queue: JobQueue = {
    offer: () => Promise.resolve({ kind: 'queued' }),
    depth: () => Promise.resolve(waiting.length),
    async take(signal) {
      const next = waiting.shift()
      if (next) return next
      await new Promise<void>((resolve) => {
        wake = resolve
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      return waiting.shift()
    },
  }
  const give = ({ n = 7, attempt = 1, token = 't', ...rest }: Given = {}): void => {
    const tell = (what: string) => async (): Promise<void> => void told.push(`${n} ${what}`)
    waiting.push({
      space: 'home',
      token,
      n,
      attempt,
      job: 'job' in rest ? rest.job : { head: '' },
      keep: () => void told.push(`${n} kept`),
      end: tell('ended'),
      handBack: (delayMs) => tell(`handed back for ${delayMs}`)(),
      giveUp: (reason) => tell(`given up: ${reason}`)(),
    })
    wake()
  }
  return { queue, told, give }
}

/** Delays end when a test says so, by their length. */
function buildDelays(): Clock & { readonly pass: (delayMs: number) => void } {
  const waiting: { readonly delayMs: number; readonly end: () => void }[] = []
  return {
    now: () => 0,
    delay: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        waiting.push({ delayMs, end: resolve })
        if (signal.aborted) reject(new Error('aborted'))
        signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
      }),
    pass(delayMs) {
      for (const one of waiting.filter((wait) => wait.delayMs === delayMs)) one.end()
    },
  }
}

/** Nothing of the session is there: the job is over as soon as all is read. */
const openNothing: OpenFoldDesk = async () => ({
  status: () => ({ ...SYNC_OFF, phase: 'online' }),
  watch: () => () => undefined,
  session: () => Promise.resolve(undefined),
  fold: () => Promise.reject(new Error('there is nothing')),
  close: () => Promise.resolve(),
})

/** It never comes online. */
const openNever: OpenFoldDesk = async (wish) => ({
  ...(await openNothing(wish)),
  status: () => ({ ...SYNC_OFF, phase: 'offline' }),
})

function start(ports: Partial<FleetWorkerPorts> & Pick<FleetWorkerPorts, 'queue'>): FleetWorker {
  return startFleetWorker({
    openDesk: openNothing,
    clock: buildDelays(),
    metrics: createFleetMetrics(),
    concurrency: 1,
    keepMs: 20_000,
    deadlineMs: 600_000,
    tell: () => undefined,
    ...ports,
  })
}

test('[FLEET3] each job is ended once, with so many at once as were asked for', async () => {
  const { queue, told, give } = buildQueue()
  const devices: string[] = []
  let open = 0
  let most = 0
  const openDesk: OpenFoldDesk = async (wish) => {
    devices.push(wish.device)
    open += 1
    most = Math.max(most, open)
    const desk = await openNothing(wish)
    return { ...desk, close: async () => void (open -= 1) }
  }
  for (let n = 1; n <= 6; n += 1) give({ n })
  const worker = start({ queue, openDesk, concurrency: 2 })
  await expect.poll(() => told.length).toBe(6)
  await worker.stop(0)
  expect(told.toSorted()).toEqual([1, 2, 3, 4, 5, 6].map((n) => `${n} ended`))
  // The same job is the same device whoever does it, and claims of one device don't wait for each other.
  expect(devices.toSorted()).toEqual([1, 2, 3, 4, 5, 6].map((n) => `job-${n}`))
  expect(most).toBeLessThanOrEqual(2)
  expect(open).toBe(0)
})

test('[FLEET5] sealed jobs are refused without a key, with another one, and with what is no grant', async () => {
  const keyring = await openTestKeyring(buildKeyringHome())
  const [keys, others] = [await newWorkerKeys(false), await newWorkerKeys(false)]
  const token = await keyring.sealer.token('s')
  const grant = { ...(await keyring.grant('s', await nameWorkerKey(keys.publicKey))) }
  const cases = [
    { keys: undefined, job: { head: '', grant }, says: /no key/ },
    { keys: others, job: { head: '', grant }, says: /another worker/ },
    { keys, job: { head: '', grant: { kind: 'else' } }, says: /does not know/ },
    { keys, job: undefined, says: /does not know/ },
    { keys, job: { head: '', grant }, says: /ended/ },
  ]
  for (const { keys: own, job, says } of cases) {
    const { queue, told, give } = buildQueue()
    give({ job, token })
    const worker = start({ queue, ...(own && { keys: own }) })
    await expect.poll(() => told.length).toBe(1)
    await worker.stop(0)
    expect(told[0]).toMatch(says)
  }
})

test('[FLEET5] an entry of a later epoch ends the job: it is not folded in part', async () => {
  const keyring = await openTestKeyring(buildKeyringHome())
  const keys = await newWorkerKeys(false)
  const token = await keyring.sealer.token('s')
  const grant = { ...(await keyring.grant('s', await nameWorkerKey(keys.publicKey))) }
  await keyring.rotate()
  const place = { token, channel: 'log' } as const
  const sealed = await keyring.sealer.seal(place, 'm', new Uint8Array(3))
  const { queue, told, give } = buildQueue()
  give({ job: { head: '', grant }, token })
  const worker = start({
    queue,
    keys,
    openDesk: async (wish) => {
      wish.sealer.open(place, 'm', sealed).catch(() => undefined)
      return openNever(wish)
    },
  })
  await expect.poll(() => told.length).toBe(1)
  await worker.stop(0)
  expect(told[0]).toMatch(/given up: the grant has no key of epoch 2/)
})

test('[FLEET6] what fails comes again later, and is given up at the fifth time', async () => {
  const openDesk: OpenFoldDesk = () => Promise.reject(new Error('no connection'))
  const { queue, told, give } = buildQueue()
  give({ n: 1 })
  give({ n: 2, attempt: 3 })
  give({ n: 3, attempt: 5 })
  const metrics = createFleetMetrics()
  const worker = start({ queue, openDesk, metrics })
  await expect.poll(() => told.length).toBe(3)
  await worker.stop(0)
  expect(told).toEqual([
    '1 handed back for 10000',
    '2 handed back for 30000',
    '3 given up: no connection',
  ])
  expect(metrics.write(4)).toMatch(/taken_over_total 2\n/)
})

test('[FLEET14] a job that was begun five times and never ended is ended without being tried, and told', async () => {
  const { queue, told, give } = buildQueue()
  const lines: string[] = []
  let opened = 0
  const openDesk: OpenFoldDesk = async (wish) => {
    opened += 1
    return openNothing(wish)
  }
  give({ attempt: 6 })
  const metrics = createFleetMetrics()
  const worker = start({ queue, openDesk, metrics, tell: (line) => void lines.push(line) })
  await expect.poll(() => told).toEqual(['7 given up: it was begun 5 times and never ended'])
  give({ n: 8, attempt: 5 })
  await expect.poll(() => told.at(-1)).toBe('8 ended')
  await worker.stop(0)
  expect(opened).toBe(1)
  expect(lines).toContain('job 7 abandoned: it was begun 5 times and never ended')
  expect(metrics.write(0)).toMatch(/^backfold_worker_jobs_total\{outcome="abandoned"\} 1$/m)
})

test('[FLEET6] a job that goes on says so, and one that takes too long is handed back', async () => {
  const { queue, told, give } = buildQueue()
  const clock = buildDelays()
  give()
  const worker = start({ queue, clock, openDesk: openNever })
  await expect
    .poll(() => {
      clock.pass(20_000)
      return told
    })
    .toContain('7 kept')
  clock.pass(600_000)
  await expect.poll(() => told.at(-1)).toBe('7 handed back for 10000')
  await worker.stop(0)
})

test('[FLEET7] asked to stop it takes nothing more, and hands back what does not end in time', async () => {
  const { queue, told, give } = buildQueue()
  const clock = buildDelays()
  let opened = 0
  const openDesk: OpenFoldDesk = async (wish) => {
    opened += 1
    return openNever(wish)
  }
  give()
  const worker = start({ queue, clock, openDesk })
  await expect.poll(() => opened).toBe(1)
  const stopped = worker.stop(5_000)
  give({ n: 8 })
  await Promise.resolve()
  expect(told).toEqual([])
  clock.pass(5_000)
  await stopped
  expect(told).toEqual(['7 handed back for 0'])
})

test('[FLEET6] a queue that can not be asked is asked again', async () => {
  const { queue, told, give } = buildQueue()
  const clock = buildDelays()
  let asked = 0
  const lines: string[] = []
  const worker = start({
    queue: {
      ...queue,
      take: (signal) => {
        asked += 1
        return asked === 1 ? Promise.reject(new Error('away')) : queue.take(signal)
      },
    },
    clock,
    tell: (line) => void lines.push(line),
  })
  give()
  await expect
    .poll(() => {
      clock.pass(2_000)
      return told
    })
    .toEqual(['7 ended'])
  expect(lines[0]).toMatch(/away/)
  await worker.stop(0)
})

test('[FLEET8] figures tell what came of jobs, how long they took, and how long the queue is', () => {
  const metrics = createFleetMetrics()
  metrics.begun(1)
  metrics.begun(2)
  metrics.begun(1)
  metrics.ended('folded', 0.7)
  metrics.ended('failed', 700)
  const text = metrics.write(12)
  expect(text).toMatch(/^backfold_worker_jobs_total\{outcome="folded"\} 1$/m)
  expect(text).toMatch(/^backfold_worker_jobs_total\{outcome="moved"\} 0$/m)
  expect(text).toMatch(/^backfold_worker_jobs_running 1$/m)
  expect(text).toMatch(/^backfold_worker_jobs_taken_over_total 1$/m)
  expect(text).toMatch(/^backfold_worker_job_seconds_bucket\{le="0.5"\} 0$/m)
  expect(text).toMatch(/^backfold_worker_job_seconds_bucket\{le="1"\} 1$/m)
  expect(text).toMatch(/^backfold_worker_job_seconds_bucket\{le="\+Inf"\} 2$/m)
  expect(text).toMatch(/^backfold_worker_job_seconds_sum 700.7$/m)
  expect(text).toMatch(/^backfold_queue_jobs 12$/m)
  expect(metrics.write(undefined)).not.toMatch(/backfold_queue_jobs/)
  for (const line of text.trimEnd().split('\n')) {
    expect(line).toMatch(/^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="[^"]+"\})? -?[\d.]+)$/)
  }
})
