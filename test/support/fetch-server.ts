import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { closeServer, listenOnLoopback } from './loopback.ts'

/** A request as it arrived, to the byte. */
export interface ArrivedRequest {
  readonly method: string
  readonly path: string
  /** Names and values in turn, as they were sent, without those that the connection needs. */
  readonly headers: readonly (readonly [string, string])[]
  readonly bytes: readonly number[]
  /** The bytes as text. */
  readonly text: string
}

/** How one request is answered. */
export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Written one by one. */
  readonly pieces: readonly string[]
  /** Time between them, in milliseconds; none by default. */
  readonly everyMs?: number
  /** What is awaited before a piece; only where the server is in the same process. */
  readonly before?: (piece: number) => Promise<unknown> | undefined
  /** The connection breaks behind the last piece. */
  readonly breaks?: boolean
  /** The answer stays open behind the last piece. */
  readonly staysOpen?: boolean
}

/** A server on this machine that writes down what comes and answers as it was told, else with what it was sent. */
export interface FetchServer {
  readonly origin: string
  readonly arrived: readonly ArrivedRequest[]
  /** Answers of which the client left before they were whole. */
  left(): number
  /** Pieces of answers that went out: a client that does not read holds the others back. */
  written(): number
  plan(...replies: readonly Reply[]): void
  clear(): void
  close(): Promise<void>
}

/** What tells of the connection, and of the browser that made it. */
const UNTOLD = new Set(['host', 'connection', 'origin', 'referer', 'user-agent'])

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*, authorization',
  'access-control-allow-methods': '*',
  'access-control-expose-headers': '*',
}

/**
 * Starts the server on a free port of the loopback interface. A page steers it by `POST /control/plan` with a list
 * of replies, and reads what arrived, how many left and how much was written by `GET /control/arrived`; `POST
 * /control/clear` forgets it all.
 *
 * @param missing - Paths that are not there: they take no reply, and are not written down.
 */
export async function startFetchServer(missing: RegExp = /^$/): Promise<FetchServer> {
  let replies: Reply[] = []
  let arrived: ArrivedRequest[] = []
  let left = 0
  let written = 0
  const clear = (): void => {
    replies = []
    arrived = []
    left = 0
    written = 0
  }
  const control = (path: string, text: string): unknown => {
    if (path === '/control/plan') replies.push(...(JSON.parse(text) as readonly Reply[]))
    if (path === '/control/clear') clear()
    return { arrived, left, written }
  }
  const server = createServer((request, response) => {
    void read(request).then(async (bytes) => {
      const path = request.url ?? ''
      if (request.method === 'OPTIONS') response.writeHead(204, CORS).end()
      else if (path.startsWith('/control/')) {
        response.writeHead(200, { ...CORS, 'content-type': 'application/json' })
        response.end(JSON.stringify(control(path, bytes.toString('utf8'))))
      } else if (missing.test(path)) response.writeHead(404, CORS).end()
      else {
        arrived.push(write(request, path, bytes))
        response.on('close', () => {
          if (!response.writableFinished) left += 1
        })
        const { 'content-type': type = 'application/octet-stream' } = request.headers
        const echo = { headers: { 'content-type': type }, pieces: [bytes.toString('utf8')] }
        await answer(replies.shift() ?? echo, response, () => (written += 1))
      }
    })
  })
  const origin = await listenOnLoopback(server)
  return {
    origin,
    get arrived() {
      return arrived
    },
    left: () => left,
    written: () => written,
    plan: (...more) => void replies.push(...more),
    clear,
    close: () => closeServer(server),
  }
}

function write(request: IncomingMessage, path: string, bytes: Buffer): ArrivedRequest {
  const { rawHeaders, method = '' } = request
  const headers = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 && !UNTOLD.has(name.toLowerCase()) && !/^sec-/i.test(name)
      ? [[name, rawHeaders[at + 1] ?? ''] as const]
      : [],
  )
  return { method, path, headers, bytes: [...bytes], text: bytes.toString('utf8') }
}

async function answer(reply: Reply, response: ServerResponse, wrote: () => void): Promise<void> {
  const { status = 200, headers = {}, pieces, everyMs = 0, before } = reply
  response.writeHead(status, { ...CORS, ...headers })
  response.socket?.setNoDelay(true)
  response.flushHeaders()
  for (const [at, piece] of pieces.entries()) {
    await before?.(at)
    if (everyMs > 0 && at > 0) await new Promise((resolve) => setTimeout(resolve, everyMs))
    if (!response.write(piece)) await drained(response)
    if (response.destroyed) return
    wrote()
  }
  if (reply.staysOpen === true) return
  // What was written has to arrive first.
  if (reply.breaks === true) setTimeout(() => response.socket?.destroy(), 50)
  else response.end()
}

/** Until there is room for more, or nobody who wants it. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}
