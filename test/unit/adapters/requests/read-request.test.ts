import { expect, test } from 'vitest'
import { hasExactNumbers } from '../../../../src/adapters/requests/exact-numbers.ts'
import { readReply, readRequest } from '../../../../src/adapters/requests/read-request.ts'
import type { JsonObject } from '../../../../src/adapters/copy-json.ts'
import { draftOf } from '../../../../src/adapters/message-input.ts'
import type { Draft, WireFormat } from '../../../../src/core/session/message.ts'
import type { ReadRequest } from '../../../../src/engine/codec.ts'
import { contextOf } from '../context-of.ts'

const OPENAI = 'https://api.openai.com/v1/chat/completions'
const ANTHROPIC = 'https://api.anthropic.com/v1/messages'
const hi = [{ role: 'user', content: 'hi' }]

function read(
  body: object | string,
  url = OPENAI,
  headerNames: string[] = [],
): ReadRequest | string {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return readRequest({ url, headerNames, body: text })
}

test.each<[string, object, string, string[], string]>([
  ['chat completions', { model: 'm', messages: hi }, OPENAI, [], 'openai'],
  [
    'a server without a model',
    { messages: hi, cache_prompt: true },
    'http://x/v1/chat/completions',
    [],
    'openai',
  ],
  [
    'the Messages API by its header',
    { model: 'm', max_tokens: 9, messages: hi },
    'https://proxy/x',
    ['anthropic-version'],
    'anthropic',
  ],
  [
    'the Messages API by its address',
    { model: 'm', max_tokens: 9, messages: hi },
    ANTHROPIC,
    [],
    'anthropic',
  ],
  [
    'the Messages API by its system prompt',
    { system: 'x', max_tokens: 9, messages: hi },
    'https://proxy/x',
    [],
    'anthropic',
  ],
])('[REQ1] a request is told from what it says: %s', (_, body, url, headerNames, format) => {
  expect(read(body, url, headerNames)).toMatchObject({ format })
})

test.each<[string, object]>([
  ['several answers', { n: 2, messages: hi }],
  ['a conversation that the server keeps', { store: true, messages: hi }],
  ['a message of no known role', { messages: [...hi, { role: 'robot', content: 'x' }] }],
  ['a message without content', { messages: [{ role: 'user' }] }],
  ['no objects', { messages: ['hi'] }],
  ['nothing', {}],
])('[REQ2] whatever raises a doubt goes out as it was: %s', (_, body) => {
  expect(read(body)).toBe('unknown-format')
})

test('[REQ2] a Messages API request whose context the server edits goes out as it was', () => {
  const body = { max_tokens: 9, messages: hi, context_management: { edits: [] } }
  expect(read(body, ANTHROPIC)).toBe('unknown-format')
})

test.each([
  ['{"seed":12345678901234567890}', false],
  ['{"seed":9007199254740993}', false],
  ['{"top_p":0.12345678901234567891}', false],
  ['{"a":1e400}', false],
  ['{"a":-1.5E+310}', false],
  ['{"a":1e-400}', false],
  ['{"a":0e-400,"b":1e-9,"c":-0.0}', true],
  ['{"a":1.7976931348623157e+308}', true],
  ['{"a":"12345678901234567890","b\\"12345678901234567890":1}', true],
  ['{"a":[0.1,-2,3e5,1.50,true,null],"b":1700000000000}', true],
  ['"12345678901234567890', true],
])('[REQ3] numbers that would be changed by reading are noticed: %s', (json, exact) => {
  expect(hasExactNumbers(json)).toBe(exact)
})

test('[REQ3] a request with such a number goes out as it was', () => {
  expect(read('{"seed":12345678901234567890,"messages":[{"role":"user","content":"hi"}]}')).toBe(
    'inexact-numbers',
  )
})

test('[REQ4] what is written has other messages, and otherwise every field as it was', () => {
  const body = { model: 'm', messages: hi, temperature: 0.5, x_unknown: { a: [1] }, stream: true }
  const request = read(body) as ReadRequest
  expect(request.manner).toEqual({ isStream: true, model: 'm' })
  const written = request.write(contextOf(request.drafts, { digestAt: 0 }))
  expect(JSON.parse(written)).toEqual({
    ...body,
    messages: [{ role: 'system', content: 'what happened so far' }, ...hi],
  })
  expect(Object.keys(JSON.parse(written) as object)).toEqual(Object.keys(body))
})

test.each<[string, unknown, unknown]>([
  ['none', undefined, 'what happened so far'],
  ['a text', 'Be kind.', 'Be kind.\n\nwhat happened so far'],
  [
    'blocks with a mark for the cache',
    [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } }],
    [
      { type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'what happened so far' },
    ],
  ],
])(
  '[REQ4] a system prompt that stands apart stays, and the digest comes behind it: %s',
  (_, system, expected) => {
    const body = { max_tokens: 9, ...(system === undefined ? {} : { system }), messages: hi }
    const request = read(body, ANTHROPIC) as ReadRequest
    expect(request.system).toBe(system === undefined ? undefined : 'Be kind.')
    const written = request.write(contextOf(request.drafts, { digestAt: 0 }))
    expect(JSON.parse(written)).toEqual({ ...body, system: expected })
  },
)

test('[REQ4] further tools and messages come behind the host’s own', () => {
  const request = read({ messages: hi, tools: [{ own: 1 }] }) as ReadRequest
  const written = request.write(contextOf(request.drafts), {
    tools: [{ ours: 1 }],
    messages: [{ role: 'assistant', content: 'x' }],
  })
  expect(JSON.parse(written)).toEqual({
    messages: [...hi, { role: 'assistant', content: 'x' }],
    tools: [{ own: 1 }, { ours: 1 }],
  })
})

test('[ANS1] a reply of a format without a reader is none', () => {
  expect(readReply('{}', 'langchain')).toBeUndefined()
  expect(readReply('{"choices":[]}', 'openai')).toBeUndefined()
})

test('[ANS4] an answer goes on with the message of the model that its request ended with', () => {
  const newest = (format: WireFormat, value: JsonObject): Draft => draftOf(format, value, 'newest')
  const events = (...chunks: readonly JsonObject[]): string =>
    chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')
  const said = (...chunks: readonly JsonObject[]): string =>
    events({ type: 'start', messageId: 'b' }, ...chunks, { type: 'finish' })
  const text = said({ type: 'text-start', id: 't' }, { type: 'text-delta', id: 't', delta: 'Two.' })
  const call = {
    type: 'tool-add',
    toolCallId: 'c',
    state: 'output-available',
    input: {},
    output: 2,
  }
  const called = newest('ai-sdk-ui', { id: 'a', role: 'assistant', x: 1, parts: [call] })
  const grown = readReply(text, 'ai-sdk-ui', called)
  expect(grown).toMatchObject({
    isWhole: true,
    sent: [{ id: 'b', x: 1, parts: [call, { type: 'text', text: 'Two.' }] }],
  })
  const open = said({ type: 'tool-input-available', toolCallId: 'c', toolName: 'add', input: {} })
  expect(readReply(open, 'ai-sdk-ui')).toMatchObject({ isWhole: false })
  expect(readReply(text, 'ai-sdk-ui')).toMatchObject({ isWhole: true, sent: [{ id: 'b' }] })

  const completion = JSON.stringify({
    choices: [{ message: { role: 'assistant', content: 'b' }, finish_reason: 'stop' }],
  })
  const begun = newest('openai', { role: 'assistant', content: 'a' })
  expect(readReply(completion, 'openai', begun)).toMatchObject({ isWhole: false })
  const asked = newest('openai', { role: 'user', content: 'a' })
  expect(readReply(completion, 'openai', asked)).toMatchObject({ isWhole: true })
})
