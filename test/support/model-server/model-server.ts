import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ProtocolShape } from './protocol-shape.ts'
import { PROTOCOLS, protocolOf } from './protocols.ts'
import type { Protocol, RecordedRequest, Script } from './script.ts'

/** A server on this machine that speaks the vendors' protocols and Ollama's and does as it was told. */
export interface ModelServer {
  /** Without a slash at its end. */
  readonly origin: string
  /** Every request that came, in order, whatever was answered. */
  readonly requests: readonly RecordedRequest[]
  /** Adds the answer to the next request that has none yet; without one, requests are refused with 500. */
  plan(...scripts: readonly Script[]): void
  /** Answers every request that has no script with this. */
  planAlways(script: Script | null): void
  /** The key that is accepted; every one is if null. */
  acceptKey(key: string | null): void
  /** Resolves when so many requests in all have arrived. */
  arrived(count: number): Promise<void>
  /** Most requests that were open at the same time. */
  peak(): number
  close(): Promise<void>
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'access-control-allow-methods': 'POST',
}

/** Starts the server on a free port of the loopback interface. */
export async function startModelServer(): Promise<ModelServer> {
  const state = createState()
  const server = createServer((request, response) => {
    if (request.method === 'OPTIONS') {
      response.writeHead(204, CORS).end()
      return
    }
    void readBody(request).then((body) => state.take(request, response, body))
  })
  server.keepAliveTimeout = 1_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    ...state.handle,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

type State = Omit<ModelServer, 'origin' | 'close'>

function createState(): {
  readonly handle: State
  readonly take: (request: IncomingMessage, response: ServerResponse, body: string) => Promise<void>
} {
  const scripts: Script[] = []
  const requests: RecordedRequest[] = []
  let always: Script | null = null
  let key: string | null = null
  let open = 0
  let peak = 0
  let waiting: { readonly count: number; readonly resolve: () => void }[] = []

  const handle: State = {
    requests,
    plan: (...next) => void scripts.push(...next),
    planAlways: (script) => void (always = script),
    acceptKey: (next) => void (key = next),
    arrived: (count) =>
      new Promise((resolve) => {
        if (requests.length >= count) resolve()
        else waiting.push({ count, resolve })
      }),
    peak: () => peak,
  }
  return {
    handle,
    async take(request, response, body) {
      const recorded = record(request, response, body)
      requests.push(recorded)
      open += 1
      peak = Math.max(peak, open)
      response.on('close', () => void (open -= 1))
      const ready = waiting.filter(({ count }) => requests.length >= count)
      waiting = waiting.filter(({ count }) => requests.length < count)
      for (const { resolve } of ready) resolve()
      await answer(recorded, response, () => scripts.shift() ?? always, key)
    },
  }
}

function record(request: IncomingMessage, response: ServerResponse, body: string): RecordedRequest {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
  return {
    protocol: protocolOf(request.url?.replace(/\?.*$/, '') ?? ''),
    method: request.method ?? '',
    path: request.url ?? '',
    headers: Object.fromEntries(headers) as Record<string, string>,
    body,
    json: parse(body),
    left: new Promise((resolve) => {
      response.on('close', () => response.writableFinished || resolve())
    }),
  }
}

async function answer(
  request: RecordedRequest,
  response: ServerResponse,
  nextScript: () => Script | null,
  key: string | null,
): Promise<void> {
  const { protocol, path, headers, json } = request
  if (protocol === null || request.method !== 'POST') {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found')
    return
  }
  const shape = PROTOCOLS[protocol]
  const objection =
    key !== null && keyOf(protocol, headers) !== key
      ? { status: protocol === 'gemini' ? 400 : 401, message: wrongKey(protocol, headers) }
      : shape.judge(path, headers, json)
  if (objection !== null) {
    const { status, message } = objection
    const more =
      'param' in objection && objection.param !== undefined ? { param: objection.param } : {}
    sendJson(response, status, shape.errorBody(status, message, undefined, more))
    return
  }
  const script = nextScript() ?? { kind: 'refuse' as const, status: 500, message: 'no script' }
  await perform(script, shape, request, response)
}

function keyOf(protocol: Protocol, headers: Readonly<Record<string, string>>): string {
  if (protocol === 'openai' || protocol === 'ollama')
    return (headers['authorization'] ?? '').replace(/^Bearer /, '')
  return headers[protocol === 'anthropic' ? 'x-api-key' : 'x-goog-api-key'] ?? ''
}

/** Servers do quote the key. */
function wrongKey(protocol: Protocol, headers: Readonly<Record<string, string>>): string {
  if (protocol === 'gemini') return 'API key not valid. Please pass a valid API key.'
  if (protocol === 'anthropic') return 'invalid x-api-key'
  return `Incorrect API key provided: ${keyOf(protocol, headers)}.`
}

async function perform(
  script: Script,
  shape: ProtocolShape,
  request: RecordedRequest,
  response: ServerResponse,
): Promise<void> {
  const { json: body } = request
  switch (script.kind) {
    case 'refuse':
      sendJson(
        response,
        script.status,
        shape.errorBody(script.status, script.message, script.type, script.more),
        script.headers,
      )
      return
    case 'raw':
      response.writeHead(script.status, { ...CORS, 'content-type': script.type, ...script.headers })
      response.end(script.body)
      return
    case 'answer':
      await sendAnswer(script, shape, request, response)
      return
    case 'break':
      startStream(response, shape)
      response.write(streamText(script.text, shape, body))
      response.end(shape.errorEvent(script.type, script.message))
      return
    case 'hang':
      if (script.text === undefined) return
      startStream(response, shape)
      response.write(streamText(script.text, shape, body))
      return
    case 'close':
      if (script.text === undefined) {
        response.socket?.destroy()
        return
      }
      startStream(response, shape)
      response.write(streamText(script.text, shape, body), () => response.socket?.destroy())
      return
    case 'flood':
      await flood(script, shape, body, response)
      return
  }
}

function startStream(response: ServerResponse, shape: ProtocolShape): void {
  const type =
    shape === PROTOCOLS.ollama ? 'application/x-ndjson' : 'text/event-stream; charset=utf-8'
  response.writeHead(200, { ...CORS, 'content-type': type })
  response.socket?.setNoDelay(true)
}

/** The events of a text without those that end a stream. */
function streamText(
  text: string,
  shape: ProtocolShape,
  body: Readonly<Record<string, unknown>>,
): string {
  const usage = { input: 1, output: 1 }
  return shape
    .events({ pieces: cut(text), usage, stop: 'whole', ends: 'without-stop' }, body)
    .join('')
}

async function sendAnswer(
  script: Extract<Script, { kind: 'answer' }>,
  shape: ProtocolShape,
  request: RecordedRequest,
  response: ServerResponse,
): Promise<void> {
  const { json: body } = request
  const streamed = {
    pieces: cut(script.text),
    calls: script.calls ?? [],
    usage: script.usage ?? { input: 11, output: 7 },
    stop: script.stop ?? 'whole',
    ends: script.ends ?? 'as-usual',
  }
  const isAsked = asksForWhole(request, body)
  if (script.isWhole ?? isAsked) {
    const whole = shape.whole(streamed, body)
    // Gemini sends a list of events to who asks for a stream and for no events.
    sendJson(response, 200, isAsked && Array.isArray(whole) ? whole[0] : whole)
    return
  }
  startStream(response, shape)
  const bytes = Buffer.from(shape.events(streamed, body).join(''), 'utf8')
  const step = script.pieceBytes ?? bytes.length
  for (let at = 0; at < bytes.length; at += step) {
    response.write(bytes.subarray(at, at + step))
    if (step < bytes.length) await new Promise((resolve) => setImmediate(resolve))
  }
  response.end()
}

/** Whether a request asks for one JSON document, as each protocol has it. */
function asksForWhole(
  { protocol, path }: RecordedRequest,
  body: Readonly<Record<string, unknown>>,
): boolean {
  if (protocol === 'gemini') return path.endsWith(':generateContent')
  return protocol === 'ollama' ? body['stream'] === false : body['stream'] !== true
}

/** A text in a few pieces, in words where there are some, never within a character. */
function cut(text: string): readonly string[] {
  return text.match(/[^ ]{0,4000} ?/gu)?.filter((piece) => piece !== '') ?? []
}

async function flood(
  script: Extract<Script, { kind: 'flood' }>,
  shape: ProtocolShape,
  body: Readonly<Record<string, unknown>>,
  response: ServerResponse,
): Promise<void> {
  startStream(response, shape)
  const piece = script.isOneLine
    ? 'data: '.padEnd(64_000, 'x')
    : streamText('word '.repeat(400), shape, body)
  let isGone = false
  let goOn = (): void => {}
  response.on('close', () => {
    isGone = true
    goOn()
  })
  response.on('drain', () => goOn())
  for (let sent = 0; sent < script.bytes && !isGone; sent += piece.length) {
    const drained = new Promise<void>((resolve) => (goOn = resolve))
    if (!response.write(piece)) await drained
  }
  response.end()
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...CORS, 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8')
}
