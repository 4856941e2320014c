import { gemini } from './gemini-protocol.ts'
import { ollama } from './ollama-protocol.ts'
import type { Json, Objection, ProtocolShape } from './protocol-shape.ts'
import { data, fields, list, named } from './protocol-shape.ts'
import type { Protocol, ScriptedCall } from './script.ts'

const OPENAI_FIELDS = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'response_format',
  'tools',
  'tool_choice',
  'user',
])

const OPENAI_STOP = { whole: 'stop', length: 'length', refused: 'content_filter' }

const openai: ProtocolShape = {
  judge(_path, headers, body) {
    if (headers['content-type'] !== 'application/json')
      return { status: 400, message: 'expected JSON' }
    const odd = Object.keys(body).find((name) => !OPENAI_FIELDS.has(name))
    if (odd !== undefined)
      return { status: 400, message: `Unrecognized request argument: ${odd}`, param: odd }
    if (typeof body['model'] !== 'string')
      return { status: 400, message: 'you must provide a model parameter' }
    const messages = list(body['messages']).map(fields)
    if (messages.length === 0)
      return { status: 400, message: "'messages' must not be empty", param: 'messages' }
    for (const { role, content } of messages) {
      if (
        !['system', 'user', 'assistant', 'developer', 'tool'].includes(String(role)) ||
        (typeof content !== 'string' && !Array.isArray(content) && role !== 'assistant')
      )
        return { status: 400, message: 'Invalid message', param: 'messages' }
    }
    if ('max_tokens' in body && 'max_completion_tokens' in body)
      return {
        status: 400,
        message: 'Setting both max_tokens and max_completion_tokens is not supported',
      }
    if ('stream_options' in body && body['stream'] !== true)
      return { status: 400, message: "'stream_options' is only allowed with stream" }
    return judgeFormat(fields(body['response_format']), messages)
  },
  events({ pieces, calls = [], usage, stop, ends }, body) {
    const chunk = (choices: unknown, more: Json = {}): string =>
      data({
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 1,
        model: body['model'],
        choices,
        ...more,
      })
    const told = pieces.map((content) =>
      chunk([{ index: 0, delta: { content }, finish_reason: null }]),
    )
    const called = openAiCalls(calls).flatMap(({ index, function: made, ...call }) => {
      const begun = { index, ...call, function: { ...made, arguments: '' } }
      const given = { index, function: { arguments: made.arguments } }
      return [begun, given].map((delta) =>
        chunk([{ index: 0, delta: { tool_calls: [delta] }, finish_reason: null }]),
      )
    })
    const reason = calls.length > 0 ? 'tool_calls' : OPENAI_STOP[stop]
    const end = chunk([{ index: 0, delta: {}, finish_reason: reason }])
    const counted = chunk([], {
      usage: {
        prompt_tokens: usage.input,
        completion_tokens: usage.output,
        total_tokens: usage.input + usage.output,
      },
    })
    const isAsked = fields(body['stream_options'])['include_usage'] === true
    return [
      chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
      ': keep-alive\n\n',
      ...told,
      ...called,
      ...(ends === 'as-usual' ? [end] : []),
      ...(ends === 'as-usual' && isAsked ? [counted] : []),
      ...(ends === 'without-stop' ? [] : ['data: [DONE]\n\n']),
    ]
  },
  whole({ pieces, calls = [], usage, stop }, body) {
    const made = openAiCalls(calls).map(({ index: _, ...call }) => call)
    const more = made.length > 0 ? { tool_calls: made } : {}
    const message = { role: 'assistant', content: pieces.join('') || null, ...more }
    const reason = made.length > 0 ? 'tool_calls' : OPENAI_STOP[stop]
    return {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: body['model'],
      choices: [{ index: 0, message, finish_reason: reason }],
      usage: { prompt_tokens: usage.input, completion_tokens: usage.output },
    }
  },
  errorBody: (status, message, type, more = {}) => ({
    error: { message, type: type ?? openAiType(status), param: null, code: type ?? null, ...more },
  }),
  errorEvent: (type, message) => data({ error: { message, type, code: type } }),
}

function openAiCalls(calls: readonly ScriptedCall[]): readonly {
  readonly index: number
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
}[] {
  return calls.map(({ name, input }, index) => ({
    ...{ index, id: `call_${index}`, type: 'function' },
    function: { name, arguments: JSON.stringify(input) },
  }))
}

function openAiType(status: number): string {
  if (status === 429) return 'rate_limit_exceeded'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

function judgeFormat(format: Json, messages: readonly Json[]): Objection | null {
  const type = format['type']
  if (type === undefined || type === 'text') return null
  if (type === 'json_object') {
    const says = messages.some(({ content }) => /json/i.test(String(content)))
    return says
      ? null
      : {
          status: 400,
          message:
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
          param: 'messages',
        }
  }
  const schema = fields(format['json_schema'])
  if (typeof schema['name'] !== 'string' || typeof schema['schema'] !== 'object')
    return {
      status: 400,
      message: "Missing required parameter: 'response_format.json_schema'",
      param: 'response_format',
    }
  const isOpen = schema['strict'] === true && !isClosed(schema['schema'])
  return isOpen
    ? {
        status: 400,
        message:
          "Invalid schema for response_format 'answer': 'additionalProperties' is required to be supplied and to be false.",
        param: 'response_format',
      }
    : null
}

/** Whether every object of a schema is closed and wants all its properties. */
function isClosed(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isClosed)
  if (typeof value !== 'object' || value === null) return true
  const schema = fields(value)
  if (schema['type'] === 'object') {
    const wanted = list(schema['required'])
    const isWhole = Object.keys(fields(schema['properties'])).every((name) => wanted.includes(name))
    if (schema['additionalProperties'] !== false || !isWhole) return false
  }
  return Object.values(schema).every(isClosed)
}

const ANTHROPIC_FIELDS = new Set([
  'model',
  'max_tokens',
  'messages',
  'stream',
  'system',
  'temperature',
  'output_config',
  'tools',
  'tool_choice',
])
const ANTHROPIC_STOP = { whole: 'end_turn', length: 'max_tokens', refused: 'refusal' }
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}

const anthropic: ProtocolShape = {
  judge(_path, headers, body) {
    if (typeof headers['anthropic-version'] !== 'string')
      return { status: 400, message: 'anthropic-version: header is required' }
    const odd = Object.keys(body).find((name) => !ANTHROPIC_FIELDS.has(name))
    if (odd !== undefined) return { status: 400, message: `${odd}: Extra inputs are not permitted` }
    if (typeof body['model'] !== 'string') return { status: 400, message: 'model: Field required' }
    if (!Number.isInteger(body['max_tokens']) || Number(body['max_tokens']) < 1)
      return { status: 400, message: 'max_tokens: Field required' }
    const messages = list(body['messages']).map(fields)
    if (messages.length === 0)
      return { status: 400, message: 'messages: at least one message is required' }
    for (const { role, content } of messages) {
      if (role !== 'user' && role !== 'assistant')
        return { status: 400, message: 'messages: unexpected role' }
      if (content === '')
        return { status: 400, message: 'messages.0: user messages must have non-empty content' }
    }
    const choice = fields(body['tool_choice'])
    const names = list(body['tools']).map((tool) => fields(tool)['name'])
    if (choice['type'] === 'tool' && !names.includes(choice['name']))
      return { status: 400, message: 'tool_choice: unknown tool' }
    return null
  },
  events({ pieces, calls = [], usage, stop, ends }, body) {
    const isTool = fields(body['tool_choice'])['type'] === 'tool'
    const block = isTool
      ? { type: 'tool_use', id: 'toolu_1', name: 'answer', input: {} }
      : { type: 'text', text: '' }
    const delta = (text: string): Json =>
      isTool ? { type: 'input_json_delta', partial_json: text } : { type: 'text_delta', text }
    const message = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: body['model'],
      content: [],
      stop_reason: null,
      stop_sequence: null,
    }
    return [
      named({
        type: 'message_start',
        ...{ message: { ...message, usage: { input_tokens: usage.input, output_tokens: 1 } } },
      }),
      named({ type: 'content_block_start', ...{ index: 0, content_block: block } }),
      named({ type: 'ping' }),
      ...pieces.map((text) =>
        named({ type: 'content_block_delta', ...{ index: 0, delta: delta(text) } }),
      ),
      ...(ends === 'without-stop'
        ? []
        : [
            named({ type: 'content_block_stop', ...{ index: 0 } }),
            ...calls.flatMap((call, at) => anthropicCall(call, at + 1)),
            named({
              type: 'message_delta',
              ...{
                delta: {
                  stop_reason:
                    (isTool || calls.length > 0) && stop === 'whole'
                      ? 'tool_use'
                      : ANTHROPIC_STOP[stop],
                  stop_sequence: null,
                },
                usage: { output_tokens: usage.output },
              },
            }),
            named({ type: 'message_stop' }),
          ]),
    ]
  },
  whole({ pieces, calls = [], usage, stop }, body) {
    const isTool = fields(body['tool_choice'])['type'] === 'tool'
    const text = pieces.join('')
    return {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: body['model'],
      content: [
        isTool
          ? { type: 'tool_use', id: 'toolu_1', name: 'answer', input: JSON.parse(text) as unknown }
          : { type: 'text', text },
        ...calls.map((call, at) => ({ type: 'tool_use', id: `toolu_${at + 1}`, ...call })),
      ],
      stop_reason: calls.length > 0 ? 'tool_use' : ANTHROPIC_STOP[stop],
      usage: { input_tokens: usage.input, output_tokens: usage.output },
    }
  },
  errorBody: (status, message, type, more = {}) => ({
    type: 'error',
    error: { type: type ?? ANTHROPIC_TYPES[status] ?? 'api_error', message, ...more },
  }),
  errorEvent: (type, message) => named({ type: 'error', ...{ error: { type, message } } }),
}

function anthropicCall({ name, input }: ScriptedCall, index: number): readonly string[] {
  const block = { type: 'tool_use', id: `toolu_${index}`, name, input: {} }
  const delta = { type: 'input_json_delta', partial_json: JSON.stringify(input) }
  return [
    named({ type: 'content_block_start', ...{ index, content_block: block } }),
    named({ type: 'content_block_delta', ...{ index, delta } }),
    named({ type: 'content_block_stop', ...{ index } }),
  ]
}

export const PROTOCOLS: Readonly<Record<Protocol, ProtocolShape>> = {
  openai,
  anthropic,
  gemini,
  ollama,
}

/** Which protocol a path belongs to. */
export function protocolOf(path: string): Protocol | null {
  if (path.endsWith('/chat/completions')) return 'openai'
  if (path.endsWith('/v1/messages')) return 'anthropic'
  if (path.endsWith('/api/chat')) return 'ollama'
  return /\/v1beta\/models\/[^/]+:\w+/.test(path) ? 'gemini' : null
}
