import { Anthropic } from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai/web'
import { OpenAI } from 'openai'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ModelServer } from '../../../support/model-server/model-server.ts'
import { startModelServer } from '../../../support/model-server/model-server.ts'

let server: ModelServer

beforeEach(async () => {
  server = await startModelServer()
})

afterEach(() => server.close())

const openai = (): OpenAI =>
  new OpenAI({ apiKey: 'k', baseURL: `${server.origin}/v1`, maxRetries: 0, logLevel: 'off' })
const anthropic = (): Anthropic =>
  new Anthropic({ apiKey: 'k', baseURL: server.origin, maxRetries: 0, logLevel: 'off' })
const gemini = (): GoogleGenAI =>
  new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: server.origin } })

const TEXT = 'Größe 🙂 von allem, said in many words.'

test("[REM17] OpenAI's own client understands the server's streams, answers and errors", async () => {
  const ask = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }] }
  server.plan({ kind: 'answer', text: TEXT, pieceBytes: 7, usage: { input: 3, output: 9 } })
  const stream = openai().chat.completions.stream({
    ...ask,
    stream_options: { include_usage: true },
  })
  const final = await stream.finalChatCompletion()
  expect(final.choices[0]?.message.content).toBe(TEXT)
  expect(final.choices[0]?.finish_reason).toBe('stop')
  expect(final.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 9 })

  server.plan({ kind: 'answer', text: TEXT, isWhole: true })
  const whole = await openai().chat.completions.create(ask)
  expect(whole.choices[0]?.message.content).toBe(TEXT)

  server.plan({ kind: 'refuse', status: 429, message: 'slow down' })
  await expect(openai().chat.completions.create(ask)).rejects.toMatchObject({
    status: 429,
    code: null,
    type: 'rate_limit_exceeded',
  })
  server.plan({ kind: 'break', text: 'so far', type: 'server_error', message: 'gone' })
  const broken = openai().chat.completions.create({ ...ask, stream: true })
  await expect(readAll(await broken)).rejects.toThrow('gone')
})

test("[REM17] Anthropic's own client understands the server's streams, answers and errors", async () => {
  const ask = { model: 'm', max_tokens: 50, messages: [{ role: 'user' as const, content: 'hi' }] }
  server.plan({ kind: 'answer', text: TEXT, pieceBytes: 7, usage: { input: 3, output: 9 } })
  const final = await anthropic().messages.stream(ask).finalMessage()
  expect(final.content).toMatchObject([{ type: 'text', text: TEXT }])
  expect(final.stop_reason).toBe('end_turn')
  expect(final.usage).toMatchObject({ input_tokens: 3, output_tokens: 9 })

  server.plan({ kind: 'answer', text: '{"a":"b"}' })
  const tool = { name: 'answer', input_schema: { type: 'object' as const } }
  const called = await anthropic()
    .messages.stream({ ...ask, tools: [tool], tool_choice: { type: 'tool', name: 'answer' } })
    .finalMessage()
  expect(called.content).toMatchObject([{ type: 'tool_use', input: { a: 'b' } }])
  expect(called.stop_reason).toBe('tool_use')

  server.plan({ kind: 'answer', text: TEXT, isWhole: true })
  expect((await anthropic().messages.create(ask)).content).toMatchObject([{ text: TEXT }])
  server.plan({ kind: 'refuse', status: 529, message: 'Overloaded', type: 'overloaded_error' })
  await expect(anthropic().messages.create(ask)).rejects.toMatchObject({
    status: 529,
    error: { type: 'error', error: { type: 'overloaded_error' } },
  })
  server.plan({ kind: 'break', text: 'so far', type: 'overloaded_error', message: 'gone' })
  await expect(anthropic().messages.stream(ask).finalMessage()).rejects.toThrow('gone')
})

test("[REM17] Google's own client understands the server's streams and errors", async () => {
  const ask = { model: 'm', contents: 'hi' }
  server.plan({ kind: 'answer', text: TEXT, pieceBytes: 7, usage: { input: 3, output: 9 } })
  const chunks = await readAll(await gemini().models.generateContentStream(ask))
  expect(chunks.map(({ text }) => text ?? '').join('')).toBe(TEXT)
  expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP')
  expect(chunks.at(-1)?.usageMetadata).toMatchObject({
    promptTokenCount: 3,
    candidatesTokenCount: 9,
  })
  server.plan({ kind: 'refuse', status: 503, message: 'The model is overloaded.' })
  await expect(gemini().models.generateContentStream(ask)).rejects.toMatchObject({
    name: 'ApiError',
    status: 503,
  })
  server.plan({ kind: 'break', text: 'so far', type: 'UNAVAILABLE', message: 'gone' })
  await expect(readAll(await gemini().models.generateContentStream(ask))).rejects.toThrow('gone')
})

test('[REM17] the server refuses what the vendors refuse, and writes every request down', async () => {
  const post = async (path: string, body: unknown): Promise<number> => {
    const headers = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    const response = await fetch(`${server.origin}${path}`, init)
    await response.text()
    return response.status
  }
  const message = { role: 'user', content: 'hi' }
  const refused: readonly (readonly [string, unknown])[] = [
    ['/v1/chat/completions', { model: 'm', messages: [] }],
    ['/v1/chat/completions', { model: 'm', messages: [message], max_token: 3 }],
    ['/v1/chat/completions', { model: 'm', messages: [message], stream_options: {} }],
    [
      '/v1/chat/completions',
      { model: 'm', messages: [message], response_format: { type: 'json_object' } },
    ],
    ['/v1/messages', { model: 'm', messages: [message] }],
    ['/v1/messages', { model: 'm', max_tokens: 9, messages: [{ role: 'system', content: 'x' }] }],
    [
      '/v1/messages',
      { model: 'm', max_tokens: 9, messages: [message], tool_choice: { type: 'tool', name: 'x' } },
    ],
    ['/v1beta/models/m:streamGenerateContent?alt=sse', { contents: [] }],
    [
      '/v1beta/models/m:streamGenerateContent?alt=sse',
      { contents: [{ role: 'system', parts: [] }] },
    ],
    [
      '/v1beta/models/m:streamGenerateContent?alt=sse',
      { contents: [{ role: 'user', parts: [] }], tool: 1 },
    ],
  ]
  for (const [path, body] of refused) expect(await post(path, body), JSON.stringify(body)).toBe(400)
  expect(await post('/elsewhere', {})).toBe(404)
  expect(server.requests).toHaveLength(refused.length + 1)
  expect(server.requests[0]?.json).toEqual({ model: 'm', messages: [] })
})

async function readAll<T>(stream: AsyncIterable<T>): Promise<readonly T[]> {
  const read: T[] = []
  for await (const item of stream) read.push(item)
  return read
}
