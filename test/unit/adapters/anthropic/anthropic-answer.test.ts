import Anthropic from '@anthropic-ai/sdk'
import { expect, test } from 'vitest'
import { readAnthropicAnswer } from '../../../../src/adapters/anthropic/anthropic-answer.ts'

const event = (value: { readonly type: string; readonly [field: string]: unknown }): string =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`

const delta = (index: number, value: object): string =>
  event({ type: 'content_block_delta', index, delta: value })

const STREAM = [
  event({
    type: 'message_start',
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'c-1',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: {
        input_tokens: 10,
        cache_read_input_tokens: 30,
        cache_creation_input_tokens: 5,
        output_tokens: 1,
      },
    },
  }),
  event({
    type: 'content_block_start',
    index: 0,
    content_block: { type: 'thinking', thinking: '', signature: '' },
  }),
  delta(0, { type: 'thinking_delta', thinking: 'hm ' }),
  delta(0, { type: 'thinking_delta', thinking: 'hm' }),
  delta(0, { type: 'signature_delta', signature: 'sig' }),
  event({ type: 'content_block_stop', index: 0 }),
  event({ type: 'ping' }),
  event({ type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } }),
  delta(1, { type: 'text_delta', text: 'Let me ' }),
  delta(1, { type: 'text_delta', text: 'look.' }),
  event({ type: 'content_block_stop', index: 1 }),
  event({
    type: 'content_block_start',
    index: 2,
    content_block: { type: 'tool_use', id: 'tu_1', name: 'read', input: {} },
  }),
  delta(2, { type: 'input_json_delta', partial_json: '{"path":' }),
  delta(2, { type: 'input_json_delta', partial_json: '"a.ts"}' }),
  event({ type: 'content_block_stop', index: 2 }),
  event({
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: { output_tokens: 9 },
  }),
  event({ type: 'message_stop' }),
].join('')

test('[ANS2] a stream is read as the official client reads it', async () => {
  const client = new Anthropic({
    apiKey: 'none',
    baseURL: 'http://localhost',
    fetch: async () => new Response(STREAM, { headers: { 'content-type': 'text/event-stream' } }),
  })
  const stream = client.messages.stream({ model: 'c', max_tokens: 9, messages: [] })
  const { role, content } = await stream.finalMessage()
  expect(readAnthropicAnswer(STREAM)).toEqual({
    message: { role, content },
    inputTokens: 45,
    cachedTokens: 30,
    model: 'c-1',
  })
})

test('[ANS1] the JSON of a message gives its role and content', () => {
  const content = [{ type: 'text', text: 'hi', citations: [{ a: 1 }] }]
  const body = { id: 'x', type: 'message', role: 'assistant', content, stop_reason: 'end_turn' }
  expect(readAnthropicAnswer(JSON.stringify(body))).toEqual({
    message: { role: 'assistant', content },
  })
})

test.each<[string, string]>([
  ['a stream that was cut off', STREAM.slice(0, STREAM.indexOf('event: message_delta'))],
  ['an error', '{"type":"error","error":{"type":"overloaded_error"}}'],
  ['an error in a stream', `${STREAM}${event({ type: 'error', error: {} })}`],
  ['no content', STREAM.replaceAll('content_block_start', 'x')],
  ['a refusal', STREAM.replace('"tool_use","stop_sequence"', '"refusal","stop_sequence"')],
  ['nothing', ''],
])('[ANS3] anything that is not one finished message is none: %s', (_, text) => {
  expect(readAnthropicAnswer(text)).toBeUndefined()
})
