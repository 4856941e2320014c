import type { NatsConnection } from '@nats-io/nats-core'
import { askServer, type Asked } from './ask-server.ts'
import { createConsumer, deleteConsumer } from './create-consumer.ts'
import { beginIncarnation, readIncarnation } from './incarnation.ts'
import {
  askedConfig,
  findDroppedField,
  findWrongField,
  hasBatches,
  judgeVersion,
  mustDenyPurge,
  type StreamConfig,
} from './stream-config.ts'

/** What a server was found to be. */
export type Ensured =
  | {
      readonly kind: 'ready'
      readonly hasBatches: boolean
      readonly warning?: string
      /** Missing where it can't be read. */
      readonly incarnation?: string
    }
  | { readonly kind: 'refused'; readonly reason: string }
  /** It does not answer yet. */
  | { readonly kind: 'silent'; readonly reason: string }

export interface Wanted {
  readonly stream: string
  readonly space: string
  readonly timeoutMs: number
}

interface StreamAnswer {
  readonly config: Partial<StreamConfig>
}

const CAN_BE_EMPTIED =
  'Whoever may write to this stream can empty it: it is to have deny_purge, or a server of 2.12 or newer.'

const NOT_FOUND = 10_059
/** A server without a cluster keeps nothing three times; a cluster of fewer than three has no room for it. */
const TOO_MANY_REPLICAS: readonly number[] = [10_005, 10_074]
const JETSTREAM_OFF: readonly number[] = [10_039, 10_076]

/**
 * Makes sure that the stream is there and keeps what it is given. It is created where these credentials may; where they may
 * not even look at it, it is enough that it can be read.
 */
export async function ensureStream(connection: NatsConnection, wanted: Wanted): Promise<Ensured> {
  const version = connection.info?.version ?? ''
  const verdict = judgeVersion(version)
  if (verdict.kind === 'too-old') return { kind: 'refused', reason: verdict.reason }
  const found = await ask(connection, wanted, 'INFO')
  const judged =
    found.kind === 'error' && found.code === NOT_FOUND
      ? await create(connection, wanted, version)
      : await judge(connection, wanted, found)
  if (judged.kind !== 'ready') return judged
  const incarnation = await readIncarnation(connection, wanted)
  const ready = { ...judged, ...(incarnation !== undefined && { incarnation }) }
  if (verdict.kind === 'good') return ready
  const warnings = [verdict.warning, judged.warning].filter((text) => text !== undefined)
  return { ...ready, warning: warnings.join(' ') }
}

async function judge(
  connection: NatsConnection,
  wanted: Wanted,
  found: Asked<StreamAnswer>,
): Promise<Ensured> {
  if (found.kind === 'denied') return lookFromOutside(connection, wanted)
  if (found.kind !== 'answer') return explain(found, wanted)
  const { config } = found.value
  const version = connection.info?.version ?? ''
  const wrong = findWrongField(config, wanted.space)
  if (wrong !== undefined) {
    return {
      kind: 'refused',
      reason: `The stream ${wanted.stream} would lose entries: its ${wrong}.`,
    }
  }
  const isOpen = mustDenyPurge(version) && config.deny_purge !== true
  const batches = { hasBatches: config.allow_atomic === true && hasBatches(version) }
  return { kind: 'ready', ...batches, ...(isOpen ? { warning: CAN_BE_EMPTIED } : {}) }
}

async function create(
  connection: NatsConnection,
  wanted: Wanted,
  version: string,
): Promise<Ensured> {
  for (const replicas of [3, 1]) {
    const asked = askedConfig(wanted.stream, version, replicas)
    const created = await ask(connection, wanted, 'CREATE', asked)
    if (created.kind === 'error' && TOO_MANY_REPLICAS.includes(created.code)) continue
    if (created.kind !== 'answer') return explain(created, wanted)
    const dropped = findDroppedField(asked, created.value.config)
    if (dropped === undefined) {
      await beginIncarnation(connection, wanted)
      return { kind: 'ready', hasBatches: asked.allow_atomic === true }
    }
    return { kind: 'refused', reason: `The server does not know what ${dropped} of a stream is.` }
  }
  return { kind: 'refused', reason: `The server has no place for the stream ${wanted.stream}.` }
}

/** Nothing of how the stream is set up can be seen, only whether the space can be read. */
async function lookFromOutside(connection: NatsConnection, wanted: Wanted): Promise<Ensured> {
  const created = await createConsumer(connection, { ...wanted, deliver: 'new' })
  if (created.kind !== 'answer') return explain(created, wanted)
  deleteConsumer(connection, wanted.stream, created.value.name)
  return { kind: 'ready', hasBatches: hasBatches(connection.info?.version ?? '') }
}

function explain(
  asked: Exclude<Asked<unknown>, { readonly kind: 'answer' }>,
  wanted: Wanted,
): Ensured {
  const { stream, space } = wanted
  switch (asked.kind) {
    case 'denied':
      return { kind: 'refused', reason: `These credentials may not read the space ${space}.` }
    case 'nobody':
      return { kind: 'silent', reason: 'The server has no JetStream, or it is not ready.' }
    case 'silent':
      return asked
    case 'error':
      if (asked.code === NOT_FOUND) {
        return {
          kind: 'refused',
          reason: `The server has no stream ${stream}, and these credentials may not create it.`,
        }
      }
      if (JETSTREAM_OFF.includes(asked.code)) {
        return { kind: 'refused', reason: 'JetStream is not switched on for this account.' }
      }
      return { kind: 'silent', reason: `The server answers: ${asked.description}.` }
  }
}

function ask(
  connection: NatsConnection,
  { stream, timeoutMs }: Wanted,
  verb: 'INFO' | 'CREATE',
  body?: StreamConfig,
): Promise<Asked<StreamAnswer>> {
  return askServer(connection, { subject: `$JS.API.STREAM.${verb}.${stream}`, body, timeoutMs })
}
