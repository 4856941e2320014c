type Fields = Readonly<Record<string, unknown>>

interface Said {
  readonly role: string
  readonly text: string
}

/** One API that holds a whole history in each request. */
export interface ChatApi {
  readonly path: RegExp
  /** Of its answers. */
  readonly type: string
  read(body: unknown): readonly Said[]
  /** The pieces of a streamed answer. */
  write(words: readonly string[]): readonly string[]
}

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
const line = (value: unknown): string => `${JSON.stringify(value)}\n`

/** What the chat page speaks, by the path that it asks. */
export const CHAT_APIS: readonly ChatApi[] = [
  {
    path: /\/chat\/completions$/,
    type: 'text/event-stream',
    read: (body) => listOf(body, 'messages').map(readMessage),
    write: (words) => [
      ...words.map((content) => data({ choices: [{ index: 0, delta: { content } }] })),
      data({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
      'data: [DONE]\n\n',
    ],
  },
  {
    path: /\/v1\/messages$/,
    type: 'text/event-stream',
    read: (body) => [...systemOf(body), ...listOf(body, 'messages').map(readMessage)],
    write: (words) => [
      event('message_start', {
        message: { id: 'm1', type: 'message', role: 'assistant', content: [], model: 'm' },
      }),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      ...words.map((text) =>
        event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
      ),
      event('content_block_stop', { index: 0 }),
      event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } }),
      event('message_stop', {}),
    ],
  },
  {
    path: /:streamGenerateContent$/,
    type: 'text/event-stream',
    read: (body) => [
      ...[(body as Fields)['systemInstruction']]
        .filter(Boolean)
        .map((system) => ({ role: 'system', text: textOf((system as Fields)['parts']) })),
      ...listOf(body, 'contents').map((one) => ({
        role: String(one['role']),
        text: textOf(one['parts']),
      })),
    ],
    write: (words) =>
      words.map((text, i) =>
        data({
          candidates: [
            {
              content: { role: 'model', parts: [{ text }] },
              index: 0,
              ...(i === words.length - 1 && { finishReason: 'STOP' }),
            },
          ],
        }),
      ),
  },
  {
    path: /\/api\/chat$/,
    type: 'application/x-ndjson',
    read: (body) => listOf(body, 'messages').map(readMessage),
    write: (words) => [
      ...words.map((content) =>
        line({ model: 'm', message: { role: 'assistant', content }, done: false }),
      ),
      line({
        model: 'm',
        message: { role: 'assistant', content: '' },
        done: true,
        done_reason: 'stop',
      }),
    ],
  },
  {
    path: /\/plain$/,
    type: 'application/json',
    read: (body) =>
      listOf(body, 'messages').map(({ role, text }) => ({
        role: String(role),
        text: String(text),
      })),
    write: (words) => [JSON.stringify({ text: words.join('') })],
  },
]

function event(type: string, fields: Fields): string {
  return `event: ${type}\n${data({ type, ...fields })}`
}

function listOf(body: unknown, name: string): readonly Fields[] {
  const found = (body as Fields)[name]
  return Array.isArray(found) ? (found as Fields[]) : []
}

function readMessage({ role, content }: Fields): Said {
  return { role: String(role), text: textOf(content) }
}

function systemOf(body: unknown): readonly Said[] {
  const { system } = body as Fields
  return system === undefined ? [] : [{ role: 'system', text: textOf(system) }]
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map((part: Fields) => (typeof part['text'] === 'string' ? part['text'] : ''))
    .join('')
}
