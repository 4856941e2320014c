import { headers, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/nats-core'
import type { Connected } from '../../../../src/sync/nats/nats-link.ts'

export function buildHeaders(
  fields: Readonly<Record<string, string>>,
  code = 0,
  text = '',
): MsgHdrs {
  const built = headers(code, text)
  for (const [name, value] of Object.entries(fields)) built.set(name, value)
  return built
}

export function buildMessage(message: {
  readonly subject?: string
  readonly reply?: string
  readonly text?: string
  readonly headers?: MsgHdrs
}): Msg {
  const { subject = 'inbox.1', reply, text = '', headers: written } = message
  const built = {
    subject,
    data: new TextEncoder().encode(text),
    json: () => JSON.parse(text) as unknown,
    ...(reply === undefined ? {} : { reply }),
    ...(written ? { headers: written } : {}),
  }
  return built as unknown as Msg
}

/** A request or a message that the server got. */
export interface Sent {
  readonly subject: string
  readonly text: string
  readonly reply?: string | undefined
  readonly headers?: MsgHdrs | undefined
}

/** A server that a test plays: it answers requests, and sends to whoever listens. */
export interface PlayedServer {
  readonly connected: Connected
  readonly sent: readonly Sent[]
  /** What is sent to the newest listener. */
  tell(message: Msg): void
}

export function playServer(
  answer: (sent: Sent) => unknown,
  hasBatches: boolean = true,
): PlayedServer {
  const sent: Sent[] = []
  let listener: (failure: Error | null, message: Msg) => void = () => undefined
  const read = (bytes: Uint8Array | string): string =>
    typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)
  const connection = {
    info: { max_payload: 1_048_576, version: '2.15.1' },
    isClosed: () => false,
    close: async () => undefined,
    publish(subject: string, bytes: Uint8Array | string = '', more?: Partial<Sent>) {
      sent.push({ subject, text: read(bytes), ...more })
    },
    async request(subject: string, bytes: Uint8Array | string, more?: Partial<Sent>) {
      const asked = { subject, text: read(bytes), headers: more?.headers }
      sent.push(asked)
      const answered = answer(asked)
      if (answered instanceof Error) throw answered
      return buildMessage({ text: answered === undefined ? '' : JSON.stringify(answered) })
    },
    subscribe(_: string, { callback }: { readonly callback: typeof listener }) {
      listener = callback
      return { unsubscribe: () => undefined, closed: new Promise(() => undefined) }
    },
  } as unknown as NatsConnection
  return {
    connected: {
      connection,
      inbox: '_INBOX_me',
      hasBatches,
      incarnation: undefined,
      gone: new Promise(() => undefined),
    },
    sent,
    tell: (message) => listener(null, message),
  }
}
