import type { ProtocolShape } from './protocol-shape.ts'

const KNOWN = new Set([
  'model',
  'messages',
  'stream',
  'options',
  'tools',
  'format',
  'keep_alive',
  'think',
])
const ROLES: readonly unknown[] = ['system', 'user', 'assistant', 'tool']
const STOP = { whole: 'stop', length: 'length', refused: 'stop' }

const line = (value: unknown): string => `${JSON.stringify(value)}\n`

/** Ollama's chat, in lines of JSON. */
export const ollama: ProtocolShape = {
  judge(_path, _headers, body) {
    const odd = Object.keys(body).find((name) => !KNOWN.has(name))
    if (odd !== undefined) return { status: 400, message: `unknown field ${odd}` }
    if (typeof body['model'] !== 'string') return { status: 400, message: 'model is required' }
    const messages = (body['messages'] ?? []) as readonly { readonly role?: unknown }[]
    if (messages.some(({ role }) => !ROLES.includes(role)))
      return { status: 400, message: 'invalid role' }
    return null
  },
  events({ pieces, calls = [], usage, stop, ends }, body) {
    const told = { model: body['model'], created_at: '2024-06-01T00:00:00Z' }
    const say = (message: object): string =>
      line({ ...told, message: { role: 'assistant', content: '', ...message }, done: false })
    const counts = { prompt_eval_count: usage.input, eval_count: usage.output }
    const message = { role: 'assistant', content: '' }
    const end = { ...told, message, done: true, done_reason: STOP[stop], ...counts }
    return [
      ...pieces.map((content) => say({ content })),
      ...calls.map(({ name, input }) =>
        say({ tool_calls: [{ function: { name, arguments: input } }] }),
      ),
      ...(ends === 'without-stop' ? [] : [line(end)]),
    ]
  },
  whole({ pieces, calls = [], usage, stop }, body) {
    const made = calls.map(({ name, input }) => ({ function: { name, arguments: input } }))
    const more = made.length > 0 ? { tool_calls: made } : {}
    return {
      ...{ model: body['model'], created_at: '2024-06-01T00:00:00Z', done: true },
      message: { role: 'assistant', content: pieces.join(''), ...more },
      ...{ done_reason: STOP[stop], prompt_eval_count: usage.input, eval_count: usage.output },
    }
  },
  errorBody: (_status, message) => ({ error: message }),
  errorEvent: (_type, message) => line({ error: message }),
}
