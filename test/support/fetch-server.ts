import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { ASIDE_PATH } from './aside-path.ts'
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
  /** What comes behind each piece, the end among it, waits for a {@link FetchServer.step}. */
  readonly isStepped?: boolean
  /** The connection breaks behind the last piece, with a {@link FetchServer.step}: what was written has to arrive first. */
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
  /** Lets answers that wait go on by one piece, or to their end. */
  step(): void
  /** Forgets it all; what came before then counts no more, whenever it ends. */
  clear(): void
  close(): Promise<void>
}

const ASIDE: Reply = {
  headers: { 'content-type': 'text/event-stream' },
  pieces: ['data: a\n\n'],
  staysOpen: true,
}

/** What has come since the server was last cleared. */
interface Epoch {
  readonly replies: Reply[]
  readonly arrived: ArrivedRequest[]
  readonly waiting: (() => void)[]
  left: number
  written: number
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
 * /control/step` and `POST /control/clear` are for what they are named after.
 *
 * @param missing - Paths that are not there: they take no reply, and are not written down.
 */
export async function startFetchServer(missing: RegExp = /^$/): Promise<FetchServer> {
  let epoch = newEpoch()
  const step = (): void => epoch.waiting.splice(0).forEach((goOn) => goOn())
  const clear = (): void => void (epoch = newEpoch())
  const control = (path: string, text: string): unknown => {
    if (path === '/control/plan') epoch.replies.push(...(JSON.parse(text) as readonly Reply[]))
    if (path === '/control/step') step()
    if (path === '/control/clear') clear()
    const { arrived, left, written } = epoch
    return { arrived, left, written }
  }
  const server = createServer((request, response) => {
    const whole = async (bytes: Buffer): Promise<void> => {
      const path = request.url ?? ''
      if (request.method === 'OPTIONS') response.writeHead(204, CORS).end()
      else if (path.startsWith('/control/')) {
        response.writeHead(200, { ...CORS, 'content-type': 'application/json' })
        response.end(JSON.stringify(control(path, bytes.toString('utf8'))))
      } else if (missing.test(path)) response.writeHead(404, CORS).end()
      else if (path === ASIDE_PATH) await answer(ASIDE, response, newEpoch())
      else {
        const own = epoch
        own.arrived.push(write(request, path, bytes))
        response.on('close', () => {
          if (!response.writableFinished) own.left += 1
        })
        const { 'content-type': type = 'application/octet-stream' } = request.headers
        const echo = { headers: { 'content-type': type }, pieces: [bytes.toString('utf8')] }
        await answer(own.replies.shift() ?? echo, response, own)
      }
    }
    // One that is left before it was whole has not come.
    void read(request).then(whole, () => {})
  })
  const origin = await listenOnLoopback(server)
  return {
    origin,
    get arrived() {
      return epoch.arrived
    },
    left: () => epoch.left,
    written: () => epoch.written,
    plan: (...more) => void epoch.replies.push(...more),
    step,
    clear,
    close: () => closeServer(server),
  }
}

function newEpoch(): Epoch {
  return { replies: [], arrived: [], waiting: [], left: 0, written: 0 }
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

async function answer(reply: Reply, response: ServerResponse, epoch: Epoch): Promise<void> {
  const { status = 200, headers = {}, pieces, everyMs = 0, before } = reply
  response.writeHead(status, { ...CORS, ...headers })
  response.socket?.setNoDelay(true)
  response.flushHeaders()
  for (const [at, piece] of pieces.entries()) {
    await before?.(at)
    if (everyMs > 0 && at > 0) await new Promise((resolve) => setTimeout(resolve, everyMs))
    // Before the piece goes out: whoever has it may step.
    const isHeld = reply.isStepped === true || (reply.breaks === true && at === pieces.length - 1)
    const stepped = isHeld && new Promise<void>((resolve) => epoch.waiting.push(resolve))
    if (!response.write(piece)) await drained(response)
    if (response.destroyed) return
    epoch.written += 1
    await stepped
  }
  if (reply.staysOpen === true) return
  if (reply.breaks === true) response.socket?.destroy()
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
