import type { Protocol, Script, StopKind, Usage } from './script.ts'

type Json = Readonly<Record<string, unknown>>

/** What is wrong with a request, as its vendor would see it. */
export interface Objection {
  readonly status: number
  readonly message: string
  readonly param?: string
}

/** How one vendor speaks. */
export interface ProtocolShape {
  /** Null where the request is as the vendor wants it. */
  judge(path: string, headers: Json, body: Json): Objection | null
  /** The events of a stream, in order. */
  events(answer: StreamedAnswer, body: Json): readonly string[]
  /** One JSON document instead of a stream. */
  whole(answer: StreamedAnswer, body: Json): unknown
  errorBody(status: number, message: string, type?: string, more?: Json): unknown
  /** An error within a stream. */
  errorEvent(type: string, message: string): string
}

export interface StreamedAnswer {
  readonly pieces: readonly string[]
  readonly usage: Usage
  readonly stop: StopKind
  readonly ends: NonNullable<Extract<Script, { kind: 'answer' }>['ends']>
}

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
const named = (value: { readonly type: string }): string =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`

function fields(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

const OPENAI_FIELDS = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'response_format',
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
        !['system', 'user', 'assistant', 'developer'].includes(String(role)) ||
        typeof content !== 'string'
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
  events({ pieces, usage, stop, ends }, body) {
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
    const end = chunk([{ index: 0, delta: {}, finish_reason: OPENAI_STOP[stop] }])
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
      ...(ends === 'as-usual' ? [end] : []),
      ...(ends === 'as-usual' && isAsked ? [counted] : []),
      ...(ends === 'without-stop' ? [] : ['data: [DONE]\n\n']),
    ]
  },
  whole({ pieces, usage, stop }, body) {
    const message = { role: 'assistant', content: pieces.join('') }
    return {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: body['model'],
      choices: [{ index: 0, message, finish_reason: OPENAI_STOP[stop] }],
      usage: { prompt_tokens: usage.input, completion_tokens: usage.output },
    }
  },
  errorBody: (status, message, type, more = {}) => ({
    error: { message, type: type ?? openAiType(status), param: null, code: type ?? null, ...more },
  }),
  errorEvent: (type, message) => data({ error: { message, type, code: type } }),
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
  events({ pieces, usage, stop, ends }, body) {
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
            named({
              type: 'message_delta',
              ...{
                delta: {
                  stop_reason: isTool && stop === 'whole' ? 'tool_use' : ANTHROPIC_STOP[stop],
                  stop_sequence: null,
                },
                usage: { output_tokens: usage.output },
              },
            }),
            named({ type: 'message_stop' }),
          ]),
    ]
  },
  whole({ pieces, usage, stop }, body) {
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
      ],
      stop_reason: ANTHROPIC_STOP[stop],
      usage: { input_tokens: usage.input, output_tokens: usage.output },
    }
  },
  errorBody: (status, message, type, more = {}) => ({
    type: 'error',
    error: { type: type ?? ANTHROPIC_TYPES[status] ?? 'api_error', message, ...more },
  }),
  errorEvent: (type, message) => named({ type: 'error', ...{ error: { type, message } } }),
}

const GEMINI_STOP = { whole: 'STOP', length: 'MAX_TOKENS', refused: 'SAFETY' }
const GEMINI_STATUS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}
const GEMINI_FIELDS = new Set(['contents', 'systemInstruction', 'generationConfig'])

const gemini: ProtocolShape = {
  judge(path, _headers, body) {
    if (!path.endsWith(':streamGenerateContent?alt=sse'))
      return { status: 404, message: 'Not found' }
    const odd = Object.keys(body).find((name) => !GEMINI_FIELDS.has(name))
    if (odd !== undefined)
      return {
        status: 400,
        message: `Invalid JSON payload received. Unknown name "${odd}": Cannot find field.`,
      }
    const contents = list(body['contents']).map(fields)
    if (contents.length === 0)
      return {
        status: 400,
        message: '* GenerateContentRequest.contents: contents is not specified',
      }
    for (const { role, parts } of contents) {
      if (role !== 'user' && role !== 'model')
        return { status: 400, message: 'Please use a valid role: user, model.' }
      if (list(parts).some((part) => typeof fields(part)['text'] !== 'string'))
        return { status: 400, message: 'parts must have a text' }
    }
    const config = fields(body['generationConfig'])
    const hasSchema = 'responseSchema' in config || 'responseJsonSchema' in config
    if (hasSchema && config['responseMimeType'] !== 'application/json')
      return { status: 400, message: 'Enum mode or schema needs responseMimeType' }
    if (JSON.stringify(config['responseSchema'] ?? {}).includes('additionalProperties'))
      return {
        status: 400,
        message: 'Unknown name "additionalProperties" at generation_config.response_schema',
      }
    return null
  },
  events({ pieces, usage, stop, ends }) {
    const chunk = (text: string, more: Json = {}): Json => ({
      candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, ...more }],
      usageMetadata: { promptTokenCount: usage.input },
      modelVersion: 'scripted',
    })
    const last = {
      ...chunk('', { finishReason: GEMINI_STOP[stop] }),
      usageMetadata: {
        promptTokenCount: usage.input,
        candidatesTokenCount: usage.output,
        totalTokenCount: usage.input + usage.output,
      },
    }
    const events = [
      ...pieces.map((text) => chunk(text)),
      ...(ends === 'without-stop' ? [] : [last]),
    ]
    return events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`)
  },
  whole({ pieces, usage, stop }) {
    return [
      {
        candidates: [
          {
            content: { role: 'model', parts: pieces.map((text) => ({ text })) },
            finishReason: GEMINI_STOP[stop],
          },
        ],
        usageMetadata: { promptTokenCount: usage.input, candidatesTokenCount: usage.output },
      },
    ]
  },
  errorBody: (status, message, type, more = {}) => ({
    error: { code: status, message, status: type ?? GEMINI_STATUS[status] ?? 'INTERNAL', ...more },
  }),
  errorEvent: (type, message) =>
    `data: ${JSON.stringify({ error: { code: codeOf(type), message, status: type } })}\r\n\r\n`,
}

function codeOf(status: string): number {
  return Number(Object.entries(GEMINI_STATUS).find(([, name]) => name === status)?.[0] ?? 500)
}

export const PROTOCOLS: Readonly<Record<Protocol, ProtocolShape>> = { openai, anthropic, gemini }

/** Which protocol a path belongs to. */
export function protocolOf(path: string): Protocol | null {
  if (path.endsWith('/chat/completions')) return 'openai'
  if (path.endsWith('/v1/messages')) return 'anthropic'
  return /\/v1beta\/models\/[^/]+:\w+/.test(path) ? 'gemini' : null
}
