import type { Clock } from '../../core/ports/clock.ts'
import type { JobQueue, TakenFold } from '../../core/ports/job-queue.ts'
import { failureText } from '../../engine/failure-text.ts'
import { createPlainSealer } from '../plain-sealer.ts'
import { openGrant, readGrant } from '../seal/grant.ts'
import type { Sealer } from '../sealer.ts'
import type { FleetMetrics } from './fleet-metrics.ts'
import type { OpenFoldDesk } from './fold-desk.ts'
import { runFold, type FoldOutcome } from './run-fold.ts'

export interface FleetWorkerPorts {
  readonly queue: JobQueue
  readonly openDesk: OpenFoldDesk
  readonly clock: Clock
  readonly metrics: FleetMetrics
  /** What grants are wrapped for; without it sealed sessions are refused. */
  readonly keys?: CryptoKeyPair
  /** Jobs at once. */
  readonly concurrency: number
  /** How often a job says that it goes on, in milliseconds. */
  readonly keepMs: number
  /** A job that lasts longer is handed back, in milliseconds. */
  readonly deadlineMs: number
  readonly tell: (line: string) => void
}

export interface FleetWorker {
  /** Takes no more jobs. Those that run may end for so many milliseconds, and are handed back then. Never rejects. */
  stop(graceMs: number): Promise<void>
}

/** A job that comes more often is ended without being tried: it may have killed those who did. */
const MOST_ATTEMPTS = 5
/** How long to wait after a failure, times the attempts so far. */
const REST_MS = 10_000
const TRY_AGAIN_MS = 2_000

/** Takes jobs and folds their sessions until it is stopped. */
export function startFleetWorker(ports: FleetWorkerPorts): FleetWorker {
  const taking = new AbortController()
  const running = new AbortController()
  const lanes = Array.from({ length: ports.concurrency }, () =>
    work(ports, taking.signal, running.signal),
  )
  return {
    async stop(graceMs) {
      taking.abort()
      const over = new AbortController()
      const grace = ports.clock.delay(graceMs, over.signal).then(
        () => running.abort(),
        () => undefined,
      )
      await Promise.all(lanes)
      over.abort(new Error('all jobs have ended'))
      await grace
    },
  }
}

/** One lane: one job after the other. */
async function work(
  ports: FleetWorkerPorts,
  taking: AbortSignal,
  running: AbortSignal,
): Promise<void> {
  while (!taking.aborted) {
    let taken: TakenFold | undefined
    try {
      taken = await ports.queue.take(taking)
    } catch (failure) {
      ports.tell(`the queue can't be asked: ${failureText(failure)}`)
      await ports.clock.delay(TRY_AGAIN_MS, taking).catch(() => undefined)
    }
    if (taken !== undefined) await handle(ports, taken, running)
  }
}

/** Does one job and says what came of it. Never rejects. */
async function handle(
  ports: FleetWorkerPorts,
  taken: TakenFold,
  running: AbortSignal,
): Promise<void> {
  const { clock, metrics, tell } = ports
  const began = clock.now()
  const over = new AbortController()
  metrics.begun(taken.attempt)
  tell(`job ${taken.n} (${taken.space}/${taken.token}, attempt ${taken.attempt}) begun`)
  void keepAlive(ports, taken, over.signal)
  const outcome = await fold(ports, taken, running).catch((failure: unknown): FoldOutcome => ({
    kind: 'failed',
    reason: failureText(failure),
  }))
  over.abort(new Error('the job is over'))
  metrics.ended(outcome.kind, Math.max(0, clock.now() - began) / 1_000)
  const reason = 'reason' in outcome ? `: ${outcome.reason}` : ''
  tell(`job ${taken.n} ${outcome.kind}${reason}`)
  await conclude(taken, outcome).catch((failure: unknown) =>
    tell(`job ${taken.n} could not be ended: ${failureText(failure)}`),
  )
}

function conclude(taken: TakenFold, outcome: FoldOutcome): Promise<void> {
  switch (outcome.kind) {
    case 'folded':
    case 'moved':
    case 'needless':
      return taken.end()
    case 'refused':
    case 'abandoned':
      return taken.giveUp(outcome.reason)
    case 'stopped':
      return taken.handBack(0)
    case 'failed':
      return taken.attempt >= MOST_ATTEMPTS
        ? taken.giveUp(outcome.reason)
        : taken.handBack(REST_MS * taken.attempt)
  }
}

async function keepAlive(
  { clock, keepMs }: FleetWorkerPorts,
  taken: TakenFold,
  over: AbortSignal,
): Promise<void> {
  while (!over.aborted) {
    await clock.delay(keepMs, over).catch(() => undefined)
    if (!over.aborted) taken.keep()
  }
}

async function fold(
  ports: FleetWorkerPorts,
  taken: TakenFold,
  running: AbortSignal,
): Promise<FoldOutcome> {
  const { job, space, token } = taken
  if (taken.attempt > MOST_ATTEMPTS) return ABANDONED
  if (job === undefined) return { kind: 'refused', reason: 'this release does not know such jobs' }
  const chosen = await chooseSealer(ports, taken)
  if (chosen.kind === 'refused') return chosen
  const ending = new AbortController()
  const end = (): void => ending.abort()
  running.addEventListener('abort', end, { once: true })
  if (running.aborted) end()
  const watched = watchSealer(chosen.sealer)
  const late = lateness(ports, ending.signal)
  // Two workers that are given the same job are one device, so that the second needs not wait for the first one's claim.
  const desk = await ports.openDesk({
    place: { space, token },
    sealer: watched.sealer,
    device: `job-${taken.n}`,
  })
  try {
    return await Promise.race([runFold(desk, job, ending.signal), watched.refused, late])
  } finally {
    end()
    running.removeEventListener('abort', end)
    await desk.close()
  }
}

const ABANDONED: FoldOutcome = {
  kind: 'abandoned',
  reason: `it was begun ${MOST_ATTEMPTS} times and never ended`,
}

async function lateness(
  { clock, deadlineMs }: FleetWorkerPorts,
  ended: AbortSignal,
): Promise<FoldOutcome> {
  try {
    await clock.delay(deadlineMs, ended)
    return { kind: 'failed', reason: `it took longer than ${deadlineMs / 1_000} s` }
  } catch {
    return { kind: 'stopped' }
  }
}

type Chosen =
  { readonly kind: 'sealer'; readonly sealer: Sealer } | Extract<FoldOutcome, { kind: 'refused' }>

async function chooseSealer({ keys }: FleetWorkerPorts, taken: TakenFold): Promise<Chosen> {
  const wrapped = taken.job?.grant
  if (wrapped === undefined) return { kind: 'sealer', sealer: createPlainSealer() }
  if (!keys) return { kind: 'refused', reason: 'the job has a grant, and this worker has no key' }
  const grant = readGrant(wrapped)
  if (!grant) return { kind: 'refused', reason: 'this release does not know such grants' }
  const opened = await openGrant(grant, keys, taken)
  return opened.kind === 'open'
    ? { kind: 'sealer', sealer: opened.sealer }
    : { kind: 'refused', reason: opened.detail }
}

/** The same sealer, with word of an entry that it has no key for: then a session can only be read in part. */
function watchSealer(sealer: Sealer): {
  readonly sealer: Sealer
  readonly refused: Promise<FoldOutcome>
} {
  let refuse: (outcome: FoldOutcome) => void = () => undefined
  const refused = new Promise<FoldOutcome>((resolve) => {
    refuse = resolve
  })
  return {
    refused,
    sealer: {
      ...sealer,
      async open(place, id, bytes) {
        try {
          return await sealer.open(place, id, bytes)
        } catch (failure) {
          refuse({ kind: 'refused', reason: failureText(failure) })
          throw failure
        }
      },
    },
  }
}
