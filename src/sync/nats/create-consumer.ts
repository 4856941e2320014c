import type { NatsConnection } from '@nats-io/nats-core'
import { askServer, type Asked } from './ask-server.ts'
import { spaceFilter } from './space-subjects.ts'

export interface ConsumerWish {
  readonly stream: string
  readonly space: string
  /** `bf.<space>.>` by default. */
  readonly filter?: string
  /** The first position, or only what comes from now on. */
  readonly deliver: number | 'new'
  readonly timeoutMs: number
}

export interface CreatedConsumer {
  readonly name: string
  /** Entries that are there and were not delivered. */
  readonly num_pending: number
  /** With `new`, the newest position of the whole stream, as the server that answers has it. */
  readonly delivered: { readonly stream_seq: number }
}

/** How long the server keeps a reader that nobody reads from, in nanoseconds. */
const FORGOTTEN_AFTER_NS = 60e9

/**
 * Creates a reader of one space on the server. Its name is its only protection from others in the account, so nobody can guess
 * it; it acknowledges nothing, since what was taken in is known here alone.
 */
export function createConsumer(
  connection: NatsConnection,
  { stream, space, filter = spaceFilter(space), deliver, timeoutMs }: ConsumerWish,
): Promise<Asked<CreatedConsumer>> {
  const name = newSecretName()
  const config = {
    name,
    ack_policy: 'none',
    replay_policy: 'instant',
    filter_subject: filter,
    inactive_threshold: FORGOTTEN_AFTER_NS,
    mem_storage: true,
    num_replicas: 1,
    ...(deliver === 'new'
      ? { deliver_policy: 'new' }
      : { deliver_policy: 'by_start_sequence', opt_start_seq: deliver }),
  }
  const subject = `$JS.API.CONSUMER.CREATE.${stream}.${name}.${filter}`
  return askServer(connection, {
    subject,
    body: { stream_name: stream, action: 'create', config },
    timeoutMs,
  })
}

/** Lets go of a reader; the server would by itself a minute later. */
export function deleteConsumer(connection: NatsConnection, stream: string, name: string): void {
  if (!connection.isClosed()) connection.publish(`$JS.API.CONSUMER.DELETE.${stream}.${name}`)
}

/** 128 random bits, as a part of a subject. */
export function newSecretName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
