import type { Json, ProtocolShape } from './protocol-shape.ts'
import { fields, list } from './protocol-shape.ts'
import type { ScriptedCall } from './script.ts'

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
const GEMINI_FIELDS = new Set([
  'contents',
  'systemInstruction',
  'generationConfig',
  'tools',
  'toolConfig',
])

/** What is in a part, beside what is said about it. */
const GEMINI_PART = /\b(?:text|functionCall|functionResponse|inlineData)\b/

export const gemini: ProtocolShape = {
  judge(path, _headers, body) {
    if (!/:(?:streamGenerateContent\?alt=sse|generateContent)$/.test(path))
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
      if (list(parts).some((part) => !GEMINI_PART.test(Object.keys(fields(part)).join())))
        return { status: 400, message: 'parts must have a text or a function' }
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
  events({ pieces, calls = [], usage, stop, ends }) {
    const chunk = (text: string, more: Json = {}): Json => ({
      candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, ...more }],
      usageMetadata: { promptTokenCount: usage.input },
      modelVersion: 'scripted',
    })
    const called = (functionCall: ScriptedCall): Json => ({
      candidates: [{ content: { role: 'model', parts: [geminiCall(functionCall)] }, index: 0 }],
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
      ...calls.map(called),
      ...(ends === 'without-stop' ? [] : [last]),
    ]
    return events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`)
  },
  whole({ pieces, calls = [], usage, stop }) {
    const parts = [...pieces.map((text) => ({ text })), ...calls.map(geminiCall)]
    return [
      {
        candidates: [
          {
            content: { role: 'model', parts },
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

function geminiCall({ name, input }: ScriptedCall): Json {
  return { functionCall: { name, args: input } }
}

function codeOf(status: string): number {
  return Number(Object.entries(GEMINI_STATUS).find(([, name]) => name === status)?.[0] ?? 500)
}
