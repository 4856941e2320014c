import type { NatsConnection } from '@nats-io/nats-core'
import { askServer, type Asked } from './ask-server.ts'

export const JOB_STREAM = 'JOBS'
/** The one reader that all workers share. */
export const JOB_CONSUMER = 'compactors'

export interface JobStreamOptions {
  readonly timeoutMs: number
  /** After so many milliseconds without a word of its worker a job is given to another; 60,000 by default. */
  readonly ackWaitMs?: number
}

export type JobStreamEnsured =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'silent'; readonly reason: string }

const DAY_NS = 24 * 3_600e9
/** A server without a cluster keeps nothing three times; a cluster of fewer than three has no room for it. */
const TOO_MANY_REPLICAS: readonly number[] = [10_005, 10_074]
const NOT_FOUND: readonly number[] = [10_014, 10_059]

/**
 * What makes the queue one in which a session has one place: a second job is refused for as long as one waits or runs, and
 * one that nobody took within a day is forgotten.
 */
const STREAM = {
  name: JOB_STREAM,
  subjects: ['jobs.>'],
  retention: 'workqueue',
  storage: 'file',
  discard: 'new',
  discard_new_per_subject: true,
  max_msgs_per_subject: 1,
  max_age: DAY_NS,
} as const

/** Jobs come again until a worker ends them: one that the server itself no longer gave out would keep its place. */
const CONSUMER = { durable_name: JOB_CONSUMER, ack_policy: 'explicit', max_deliver: -1 } as const

/** Makes sure that the queue is there; it is created where these credentials may. */
export async function ensureJobStream(
  connection: NatsConnection,
  { timeoutMs, ackWaitMs = 60_000 }: JobStreamOptions,
): Promise<JobStreamEnsured> {
  const ask = <T>(subject: string, body?: unknown): Promise<Asked<T>> =>
    askServer<T>(connection, { subject: `$JS.API.${subject}`, body, timeoutMs })
  const reader = `CONSUMER.INFO.${JOB_STREAM}.${JOB_CONSUMER}`
  const found = await ask<{ readonly config: ReaderConfig }>(reader)
  const write = (action: 'create' | 'update', config: ReaderConfig): Promise<Asked<unknown>> =>
    ask(`CONSUMER.CREATE.${JOB_STREAM}.${JOB_CONSUMER}`, {
      stream_name: JOB_STREAM,
      action,
      config,
    })
  if (found.kind === 'answer') {
    const { config } = found.value
    // A worker need not be allowed to change that.
    if ((config.max_deliver ?? -1) < 0) return { kind: 'ready' }
    const changed = await write('update', { ...config, max_deliver: -1 })
    return changed.kind === 'denied' ? { kind: 'refused', reason: FORGETFUL } : judge(changed)
  }
  if (found.kind !== 'error' || !NOT_FOUND.includes(found.code)) return judge(found)
  const stream = await ensureStream(ask)
  if (stream.kind !== 'ready') return stream
  return judge(await write('create', { ...CONSUMER, ack_wait: ackWaitMs * 1e6 }))
}

interface ReaderConfig extends Readonly<Record<string, unknown>> {
  readonly max_deliver?: number
}

const FORGETFUL = `The reader ${JOB_CONSUMER} has a max_deliver: the admin has to run --set-up.`

type Ask = <T>(subject: string, body?: unknown) => Promise<Asked<T>>

async function ensureStream(ask: Ask): Promise<JobStreamEnsured> {
  const found = await ask<{ readonly config: Partial<typeof STREAM> }>(`STREAM.INFO.${JOB_STREAM}`)
  if (found.kind === 'answer') {
    const { config } = found.value
    const names = [
      'retention',
      'discard',
      'discard_new_per_subject',
      'max_msgs_per_subject',
    ] as const
    const wrong = names.find((name) => config[name] !== STREAM[name])
    if (wrong === undefined) return { kind: 'ready' }
    return {
      kind: 'refused',
      reason: `The stream ${JOB_STREAM} has another ${wrong} than ${String(STREAM[wrong])}.`,
    }
  }
  if (found.kind !== 'error' || !NOT_FOUND.includes(found.code)) return judge(found)
  const tripled = await ask(`STREAM.CREATE.${JOB_STREAM}`, { ...STREAM, num_replicas: 3 })
  if (tripled.kind !== 'error' || !TOO_MANY_REPLICAS.includes(tripled.code)) return judge(tripled)
  return judge(await ask(`STREAM.CREATE.${JOB_STREAM}`, { ...STREAM, num_replicas: 1 }))
}

function judge(asked: Asked<unknown>): JobStreamEnsured {
  switch (asked.kind) {
    case 'answer':
      return { kind: 'ready' }
    case 'denied':
      return { kind: 'refused', reason: 'These credentials may not read the queue of jobs.' }
    case 'error':
      return { kind: 'refused', reason: `The server answers: ${asked.description}.` }
    case 'nobody':
      return { kind: 'silent', reason: 'The server has no JetStream, or it is not ready.' }
    case 'silent':
      return asked
  }
}
