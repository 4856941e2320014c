import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { closeServer, listenOnLoopback, readBody } from '../loopback.ts'
import { CHAT_APIS, type ChatApi } from './chat-apis.ts'

/** A request of the chat page, as it arrived. */
export interface ArrivedChat {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Texts of its messages with their roles, whatever the API calls them; the system's among them. */
  readonly said: readonly { readonly role: string; readonly text: string }[]
}

/** How requests are answered from now on. */
export interface Manner {
  /** What comes behind each piece of an answer waits for a {@link ChatPageServer.step}. */
  readonly isStepped: boolean
  /** Status of every answer; one above 299 is a refusal. */
  readonly status: number
  /** Tokens of the model's window, at four characters each: longer requests are refused as llama.cpp does. */
  readonly window: number
  /** Whether `/props` and `/v1/models` tell it. */
  readonly tells: boolean
}

export interface ChatPageServer {
  readonly origin: string
  /** What came for a model, in order. */
  readonly arrived: readonly ArrivedChat[]
  /** Paths that were asked for otherwise. */
  readonly asked: readonly string[]
  behave(manner: Partial<Manner>): void
  /** Lets answers that wait go on by one piece, or to their end. */
  step(): void
  /** Those whose client left before their answer was whole. */
  readonly left: readonly ArrivedChat[]
  close(): Promise<void>
}

const USUAL: Manner = { isStepped: false, status: 200, window: 1_000_000, tells: true }

/**
 * Serves a chat page of our own that does what real ones were seen doing (see `whole-history.html`), and the models'
 * APIs that it asks: an answer repeats what was asked and goes on for a while.
 *
 * @param headers - Sent with the page, such as a policy.
 */
export async function startChatPageServer(
  headers: Readonly<Record<string, string>> = {},
): Promise<ChatPageServer> {
  const arrived: ArrivedChat[] = []
  const asked: string[] = []
  const left: ArrivedChat[] = []
  const waiting: (() => void)[] = []
  let manner = USUAL
  const server = createServer((request, response) => {
    const path = request.url?.replace(/\?.*$/, '') ?? '/'
    if (request.method === 'OPTIONS') {
      response.writeHead(204, CORS).end()
      return
    }
    if (request.method !== 'POST') {
      asked.push(path)
      serve(path, manner, headers, response)
      return
    }
    const whole = (body: string): Promise<void> | undefined => {
      const found = CHAT_APIS.find(({ path: own }) => own.test(path))
      if (!found) {
        asked.push(path)
        response.writeHead(404, CORS).end()
        return undefined
      }
      const chat = { path, headers: flat(request), body, said: found.read(JSON.parse(body)) }
      arrived.push(chat)
      response.on('close', () => void (response.writableFinished || left.push(chat)))
      return answer(found, chat, manner, response, waiting)
    }
    // One that is left before it was whole has not come.
    void readBody(request).then(whole, () => {})
  })
  const origin = await listenOnLoopback(server)
  return {
    origin,
    arrived,
    asked,
    behave: (next) => void (manner = { ...manner, ...next }),
    step: () => waiting.splice(0).forEach((goOn) => goOn()),
    left,
    close: () => closeServer(server),
  }
}

const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }

function flat({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

function serve(
  path: string,
  { tells, window }: Manner,
  headers: Readonly<Record<string, string>>,
  response: ServerResponse,
): void {
  if (path === '/') {
    const page = readFileSync(join(import.meta.dirname, 'whole-history.html'))
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(page)
    return
  }
  const told = {
    '/props': { default_generation_settings: { n_ctx: window }, model_path: 'm.gguf' },
    '/v1/models': { object: 'list', data: [{ id: 'm', object: 'model', meta: { n_ctx: window } }] },
  }[path]
  if (!tells || told === undefined) {
    response.writeHead(404, CORS).end()
    return
  }
  response.writeHead(200, { 'content-type': 'application/json', ...CORS }).end(JSON.stringify(told))
}

async function answer(
  api: ChatApi,
  { said }: ArrivedChat,
  { isStepped, status, window }: Manner,
  response: ServerResponse,
  waiting: (() => void)[],
): Promise<void> {
  const tokens = Math.ceil(said.reduce((sum, { text }) => sum + text.length, 0) / 4)
  if (status > 299 || tokens > window) {
    const code = status > 299 ? status : 400
    const message = `the request exceeds the available context size (${tokens} > ${window})`
    const error =
      status > 299
        ? { code, message: 'told to', type: 'server_error' }
        : {
            code,
            message,
            type: 'exceed_context_size_error',
            n_prompt_tokens: tokens,
            n_ctx: window,
          }
    response.writeHead(code, { 'content-type': 'application/json', ...CORS })
    response.end(JSON.stringify({ error }))
    return
  }
  const text = answerTo(said.at(-1)?.text ?? '')
  response.writeHead(200, { 'content-type': api.type, ...CORS })
  response.socket?.setNoDelay(true)
  for (const piece of api.write(text.match(/.{1,40}/gs) ?? [])) {
    if (response.destroyed) return
    // Before the piece goes out: whoever has it may step.
    const stepped = isStepped && new Promise<void>((resolve) => waiting.push(resolve))
    response.write(piece)
    await stepped
  }
  response.end()
}

/** What the model says: the same for the same question. */
export function answerTo(question: string): string {
  const short = question.slice(0, 60)
  const sentences = Array.from(
    { length: 12 },
    (_, i) => `Point ${i + 1} about “${short}”: keep what was decided, then go on with it.`,
  )
  return `You asked: ${short}. ${sentences.join(' ')}`
}
