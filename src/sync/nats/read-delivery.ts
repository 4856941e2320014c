import type { Msg } from '@nats-io/nats-core'

/** What the server sends to whoever reads. */
export type Delivery =
  | {
      readonly kind: 'message'
      readonly position: number
      /** Counts what this reader was sent, from 1 on. */
      readonly turn: number
      /** How many more are there. */
      readonly pending: number
    }
  /** Nothing new; so many were sent until now. */
  | { readonly kind: 'beat'; readonly sent: number | undefined }
  /** What was asked for was sent, or does not come: it has to be asked for again. */
  | { readonly kind: 'done' }
  | { readonly kind: 'broken'; readonly reason: string }
  /** From somebody else. */
  | { readonly kind: 'stranger' }

/** After these the same reader may be asked again; after any other refusal it is of no use. */
const HARMLESS = /batch completed|maxbytes/i

/** Reads what arrived at a reader's inbox. The name of the reader, which nobody else knows, tells it from what others send there. */
export function readDelivery(
  { reply = '', headers, data }: Msg,
  stream: string,
  name: string,
): Delivery {
  const place = readReply(reply, stream, name)
  if (place) return { kind: 'message', ...place }
  if (!headers || headers.code === 0 || data.length > 0) return { kind: 'stranger' }
  const { code, description } = headers
  if (code === 100) return { kind: 'beat', sent: readCount(headers.get('Nats-Last-Consumer')) }
  if (code === 404 || code === 408) return { kind: 'done' }
  if (code === 409 && HARMLESS.test(description)) return { kind: 'done' }
  return { kind: 'broken', reason: `${code} ${description}`.trim() }
}

/**
 * `$JS.ACK.<stream>.<reader>.<times>.<position>.<turn>.<time>.<pending>`; newer servers may put a domain and an account before
 * the stream, and something random behind.
 */
function readReply(
  reply: string,
  stream: string,
  name: string,
): { readonly position: number; readonly turn: number; readonly pending: number } | undefined {
  const tokens = reply.split('.')
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK') return undefined
  const at = tokens.length === 9 ? 2 : 4
  if (tokens[at] !== stream || tokens[at + 1] !== name) return undefined
  const [, position, turn, , pending] = tokens.slice(at + 2).map(readCount)
  if (position === undefined || turn === undefined || pending === undefined) return undefined
  return { position, turn, pending }
}

function readCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : undefined
}
