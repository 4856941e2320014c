import type { ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { closeServer, listenOnLoopback, readBody } from './loopback.ts'

/** How the server answers from now on. */
export type NoteScript =
  /** Questions about messages get one note on the first of them, others one word. */
  | { readonly kind: 'note'; readonly text: string }
  /** Every question gets this text. */
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'refuse'; readonly status: number }

/** An OpenAI-compatible server on this machine that takes notes as it was told. */
export interface NoteServer {
  /** Base URL, ending in `/v1`. */
  readonly baseUrl: string
  answerWith(script: NoteScript): void
  /** All that was asked of a model so far, as one text. */
  received(model: string): string
  /** What requests carried as authorization. */
  keys(): readonly string[]
  close(): Promise<void>
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*, authorization',
  'access-control-allow-methods': 'POST',
}

/** Starts the server on a free port of the loopback interface. */
export async function startNoteServer(): Promise<NoteServer> {
  let script: NoteScript = { kind: 'say', text: 'ready' }
  const bodies: string[] = []
  const keys: string[] = []
  const server = createServer((request, response) => {
    if (request.method === 'OPTIONS') {
      response.writeHead(204, CORS).end()
      return
    }
    void readBody(request).then((body) => {
      bodies.push(body)
      keys.push(request.headers.authorization ?? '')
      answer(script, body, response)
    })
  })
  const address = await listenOnLoopback(server)
  return {
    baseUrl: `${address}/v1`,
    answerWith: (next) => {
      script = next
    },
    received: (model) =>
      bodies.filter((body) => body.includes(`"model":${JSON.stringify(model)}`)).join('\n'),
    keys: () => [...keys],
    close: () => closeServer(server),
  }
}

function answer(script: NoteScript, body: string, response: ServerResponse): void {
  if (script.kind === 'refuse') {
    response.writeHead(script.status, { ...CORS, 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: { message: 'no such key' } }))
    return
  }
  const text = script.kind === 'say' ? script.text : takeNote(body, script.text)
  response.writeHead(200, { ...CORS, 'content-type': 'text/event-stream' })
  const chunks = [
    { choices: [{ index: 0, delta: { role: 'assistant', content: text } }] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { choices: [], usage: { prompt_tokens: 120, completion_tokens: 12 } },
  ]
  const head = { id: 'c', object: 'chat.completion.chunk', created: 0, model: 'm' }
  const events = chunks.map((chunk) => `data: ${JSON.stringify({ ...head, ...chunk })}\n\n`)
  response.end(`${events.join('')}data: [DONE]\n\n`)
}

/** A note on the first message of a question, in the form that is asked for. */
function takeNote(body: string, text: string): string {
  const { messages } = JSON.parse(body) as { readonly messages: readonly { content: string }[] }
  const prompt = messages.at(-1)?.content ?? ''
  const seq = /^#(\d+)/m.exec(prompt)?.[1]
  if (seq === undefined) return 'ready'
  const isAbout = prompt.includes('proxy')
  return JSON.stringify({
    add: isAbout ? [{ section: 'decisions', text, sources: [Number(seq)] }] : [],
  })
}
