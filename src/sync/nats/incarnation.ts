import type { NatsConnection } from '@nats-io/nats-core'
import { askServer, type Question } from './ask-server.ts'
import { newSecretName } from './create-consumer.ts'

/** Outside of every space: no device may write there. */
const SUBJECT = 'bf.incarnation'

export interface IncarnationWish {
  readonly stream: string
  readonly timeoutMs: number
}

interface Written {
  readonly incarnation?: unknown
}

/**
 * The incarnation of a stream: it is another one in a stream that was made anew, and in one that was put back. Undefined where
 * there is none, where these credentials may not read it, and where what stands there is none.
 */
export async function readIncarnation(
  connection: NatsConnection,
  { stream, timeoutMs }: IncarnationWish,
): Promise<string | undefined> {
  const subject = `$JS.API.DIRECT.GET.${stream}.${SUBJECT}`
  const found = await askServer<Written>(connection, { subject, timeoutMs })
  const incarnation = found.kind === 'answer' ? found.value.incarnation : undefined
  return typeof incarnation === 'string' && /^[\da-f]{32}$/.test(incarnation)
    ? incarnation
    : undefined
}

/** Begins the first incarnation of a stream. Of several that do so at once the first one does. */
export async function beginIncarnation(
  connection: NatsConnection,
  wish: IncarnationWish,
): Promise<void> {
  const { headers } = await import('@nats-io/nats-core')
  const first = headers()
  first.set('Nats-Expected-Last-Subject-Sequence', '0')
  await askServer(connection, { ...question(wish), headers: first })
}

/** Begins another incarnation of a stream that was put back; false if the server did not take it. */
export async function beginAnotherIncarnation(
  connection: NatsConnection,
  wish: IncarnationWish,
): Promise<boolean> {
  return (await askServer(connection, question(wish))).kind === 'answer'
}

function question({ timeoutMs }: IncarnationWish): Question {
  const bytes = new TextEncoder().encode(JSON.stringify({ incarnation: newSecretName() }))
  return { subject: SUBJECT, bytes, timeoutMs }
}
