import type { Msg, NatsConnection } from '@nats-io/nats-core'
import type { AbortSignalLike } from '../../core/ports/abort-signal-like.ts'
import type { FoldPlace, JobQueue, Offered, TakenFold } from '../../core/ports/job-queue.ts'
import { readFoldJob, writeFoldJob, type FoldJob } from '../../core/sync/fold-job.ts'
import { failureText } from '../../engine/failure-text.ts'
import { askServer } from './ask-server.ts'
import { isSubjectToken } from './space-subjects.ts'
import { JOB_CONSUMER, JOB_STREAM } from './job-stream.ts'

export interface JobQueueOptions {
  /** How long an answer is waited for, in milliseconds; 8,000 by default. */
  readonly patienceMs?: number
  /** How long one call of `take` waits for a job, in milliseconds; 20,000 by default. */
  readonly waitMs?: number
}

/** The number by which the server says that one of that session is there. */
const ONE_IS_THERE = 10_077
/** A request outlives what the server was told by so much, so that no job is sent to nobody. */
const MARGIN_MS = 5_000

/** The connection that there is now; another one where that has ended. Rejects where there is none to be had. */
export type Reach = () => Promise<NatsConnection>

/**
 * The queue of fold jobs on a NATS server. Connections may come and go: a job that was taken on one can be ended on the
 * next.
 */
export function createJobQueue(
  reach: Reach,
  { patienceMs = 8_000, waitMs = 20_000 }: JobQueueOptions = {},
): JobQueue {
  return {
    async offer(place, job) {
      try {
        return await offer(await reach(), place, job, patienceMs)
      } catch (failure) {
        return { kind: 'unsure', reason: failureText(failure) }
      }
    },
    take: (signal) => take(reach, waitMs, patienceMs, signal),
    async depth() {
      const connection = await reach().catch(() => undefined)
      if (!connection) return undefined
      const subject = `$JS.API.CONSUMER.INFO.${JOB_STREAM}.${JOB_CONSUMER}`
      const asked = await askServer<ConsumerCounts>(connection, { subject, timeoutMs: patienceMs })
      if (asked.kind !== 'answer') return undefined
      return (asked.value.num_pending ?? 0) + (asked.value.num_ack_pending ?? 0)
    },
  }
}

interface ConsumerCounts {
  readonly num_pending?: number
  readonly num_ack_pending?: number
}

async function offer(
  connection: NatsConnection,
  { space, token }: FoldPlace,
  job: FoldJob,
  timeoutMs: number,
): Promise<Offered> {
  if (!isSubjectToken(space) || !isSubjectToken(token)) {
    return { kind: 'refused', detail: 'the session has no place in the queue' }
  }
  const subject = `jobs.compact.${space}.${token}`
  const bytes = new TextEncoder().encode(writeFoldJob(job))
  const asked = await askServer(connection, { subject, bytes, timeoutMs })
  switch (asked.kind) {
    case 'answer':
      return { kind: 'queued' }
    case 'error':
      return asked.code === ONE_IS_THERE
        ? { kind: 'already-queued' }
        : { kind: 'refused', detail: asked.description }
    case 'denied':
      return { kind: 'refused', detail: 'these credentials may not queue jobs' }
    case 'nobody':
      return { kind: 'refused', detail: `the server has no stream ${JOB_STREAM}` }
    case 'silent':
      return { kind: 'unsure', reason: asked.reason }
  }
}

async function take(
  reach: Reach,
  waitMs: number,
  timeoutMs: number,
  signal: AbortSignalLike,
): Promise<TakenFold | undefined> {
  if (signal.aborted) return undefined
  const subject = `$JS.API.CONSUMER.MSG.NEXT.${JOB_STREAM}.${JOB_CONSUMER}`
  const wish = JSON.stringify({ batch: 1, expires: waitMs * 1e6 })
  const connection = await reach()
  // A job comes under its own subject, by which a shared inbox could not tell whose it is.
  const answered = connection.request(subject, wish, { timeout: waitMs + MARGIN_MS, noMux: true })
  const message = await unlessAborted(answered, signal)
  if (message === undefined) {
    // What comes all the same goes back at once instead of waiting until it counts as lost.
    answered.then(
      (late) => takenOf(reach, late, timeoutMs)?.handBack(0),
      () => undefined,
    )
    return undefined
  }
  return takenOf(reach, message, timeoutMs)
}

/** What it comes to; undefined as soon as the signal is aborted. */
async function unlessAborted<T>(
  coming: Promise<T>,
  signal: AbortSignalLike,
): Promise<T | undefined> {
  let end: () => void = () => undefined
  const aborted = new Promise<undefined>((resolve) => {
    end = () => resolve(undefined)
    signal.addEventListener('abort', end)
  })
  try {
    return await Promise.race([coming, aborted])
  } finally {
    signal.removeEventListener('abort', end)
  }
}

/** The job of a message; undefined for what is none, such as the server's word that none came. */
function takenOf(reach: Reach, message: Msg, timeoutMs: number): TakenFold | undefined {
  const [jobs, compact, space, token] = message.subject.split('.')
  const { reply } = message
  const delivery = reply === undefined ? undefined : readJobDelivery(reply)
  if (jobs !== 'jobs' || compact !== 'compact' || !space || !token || !reply || !delivery) {
    return undefined
  }
  // The server answers, so that the connection may be closed right behind it.
  const tell = async (what: string): Promise<void> => {
    const connection = await reach().catch(() => undefined)
    if (!connection) return
    const bytes = new TextEncoder().encode(what)
    await askServer(connection, { subject: reply, bytes, timeoutMs })
  }
  return {
    space,
    token,
    ...delivery,
    job: readFoldJob(new TextDecoder().decode(message.data)),
    keep: () => void tell('+WPI'),
    end: () => tell('+ACK'),
    handBack: (delayMs) => tell(`-NAK ${JSON.stringify({ delay: delayMs * 1e6 })}`),
    giveUp: (reason) => tell(`+TERM ${reason}`),
  }
}

/**
 * What a server says of a delivery in the subject that it is acknowledged at: `$JS.ACK.<stream>.<consumer>.<deliveries>.
 * <position>…`, on newer ones with domain and account before the stream.
 */
export function readJobDelivery(
  reply: string,
): { readonly n: number; readonly attempt: number } | undefined {
  const parts = reply.split('.')
  if (parts[0] !== '$JS' || parts[1] !== 'ACK' || parts.length < 9) return undefined
  const at = parts.length >= 11 ? 6 : 4
  const attempt = Number(parts[at])
  const n = Number(parts[at + 1])
  return Number.isSafeInteger(attempt) && Number.isSafeInteger(n) ? { n, attempt } : undefined
}
