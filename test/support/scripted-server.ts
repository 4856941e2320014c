import type { ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { closeServer, listenOnLoopback, readBody } from './loopback.ts'

/** What a page asked of the server. */
export interface RecordedRequest {
  readonly path: string
  readonly authorization: string | undefined
  readonly body: {
    readonly model: string
    readonly stream: boolean
    readonly messages: readonly { readonly role: string; readonly content: unknown }[]
  }
  /** Resolves when the page has left before the answer was whole. */
  readonly left: Promise<void>
}

/** How the server answers one request. */
export type Script =
  | { readonly kind: 'refuse'; readonly status: number; readonly error: string }
  /** Streams the text in tiny pieces of bytes, then usage and the end mark. */
  | { readonly kind: 'answer'; readonly text: string; readonly inputTokens: number }
  /** Streams the text and leaves the answer open until the page leaves. */
  | { readonly kind: 'hold'; readonly text: string }

/** An OpenAI-compatible server that does as it was told, one script per request. */
export interface ScriptedServer {
  /** Base URL, ending in `/v1`. */
  readonly baseUrl: string
  readonly requests: readonly RecordedRequest[]
  /** Adds the answer to the next request that has none yet. */
  plan(script: Script): void
  close(): Promise<void>
}

/** Bytes per piece of a stream: odd and small, so that characters of all lengths are cut in two. */
const PIECE_BYTES = 7

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, content-type',
  'access-control-allow-methods': 'POST',
}

/** Starts the server on a free port of the loopback interface. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  const scripts: Script[] = []
  const requests: RecordedRequest[] = []
  const server = createServer((request, response) => {
    if (request.method === 'OPTIONS') {
      response.writeHead(204, CORS).end()
      return
    }
    void readBody(request).then((body) => {
      requests.push({
        path: request.url ?? '',
        authorization: request.headers.authorization,
        body: JSON.parse(body) as RecordedRequest['body'],
        left: new Promise((resolve) => {
          response.on('close', () => response.writableFinished || resolve())
        }),
      })
      return perform(scripts.shift(), response)
    })
  })
  const address = await listenOnLoopback(server)
  return {
    baseUrl: `${address}/v1`,
    requests,
    plan: (script) => void scripts.push(script),
    close: () => closeServer(server),
  }
}

async function perform(script: Script | undefined, response: ServerResponse): Promise<void> {
  if (script === undefined || script.kind === 'refuse') {
    const { status, error } = script ?? { status: 500, error: 'no script for this request' }
    response.writeHead(status, { ...CORS, 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: { message: error } }))
    return
  }
  response.writeHead(200, { ...CORS, 'content-type': 'text/event-stream' })
  response.socket?.setNoDelay(true)
  const words = script.text.split(/(?<= )/)
  await write(
    response,
    words.map((content) => chunk({ choices: [{ delta: { content } }] })).join(''),
  )
  if (script.kind === 'hold') return
  const { inputTokens } = script
  const end = [
    chunk({ choices: [{ delta: {}, finish_reason: 'stop' }] }),
    chunk({ choices: [], usage: { prompt_tokens: inputTokens, completion_tokens: words.length } }),
    'data: [DONE]\n\n',
  ]
  await write(response, end.join(''))
  response.end()
}

function chunk(data: object): string {
  return `data: ${JSON.stringify({ object: 'chat.completion.chunk', ...data })}\n\n`
}

/** Writes piece by piece, each as a packet of its own as far as the system allows. */
async function write(response: ServerResponse, text: string): Promise<void> {
  const bytes = Buffer.from(text, 'utf8')
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    response.write(bytes.subarray(at, at + PIECE_BYTES))
    await new Promise((resolve) => setImmediate(resolve))
  }
}
