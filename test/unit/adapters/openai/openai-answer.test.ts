import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { readOpenAiAnswer } from '../../../../src/adapters/openai/openai-answer.ts'

const chunk = (delta: object, rest: object = {}): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm-1', choices: [{ index: 0, delta, finish_reason: null, ...rest }] })}\n\n`

const call = (index: number, rest: object): object => ({ tool_calls: [{ index, ...rest }] })

const STREAM = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'Let me ' }),
  chunk({ content: 'look…' }),
  chunk(call(0, { id: 'call_1', type: 'function', function: { name: 'read', arguments: '' } })),
  chunk(call(0, { function: { arguments: '{"path":' } })),
  chunk(call(0, { function: { arguments: '"a.ts"}' } })),
  chunk(call(1, { id: 'call_2', type: 'function', function: { name: 'list', arguments: '{}' } })),
  chunk({}, { finish_reason: 'tool_calls' }),
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm-1', choices: [], usage: { prompt_tokens: 50, completion_tokens: 5, total_tokens: 55, prompt_tokens_details: { cached_tokens: 40 } } })}\n\n`,
  'data: [DONE]\n\n',
].join('')

test('[ANS2] a stream is read as the official client reads it', async () => {
  const client = new OpenAI({
    apiKey: 'none',
    baseURL: 'http://localhost/v1',
    fetch: async () => new Response(STREAM, { headers: { 'content-type': 'text/event-stream' } }),
  })
  const stream = client.chat.completions.stream({ model: 'm', messages: [] })
  const { role, content, tool_calls: calls } = await stream.finalMessage()
  const plain = calls?.flatMap((made) => {
    if (made.type !== 'function') return []
    const { id, type, function: body } = made
    return [{ id, type, function: { name: body.name, arguments: body.arguments } }]
  })
  expect(readOpenAiAnswer(STREAM)).toEqual({
    message: { role, content, tool_calls: plain },
    inputTokens: 50,
    cachedTokens: 40,
    model: 'm-1',
  })
})

test('[ANS2] reasoning and refusals are kept in the fields that they came in', () => {
  const text = [
    chunk({ role: 'assistant', content: null, reasoning_content: 'hm' }),
    chunk({ reasoning_content: '…' }),
    chunk({ refusal: 'No.' }),
    chunk({}, { finish_reason: 'stop' }),
  ].join('')
  expect(readOpenAiAnswer(text)?.message).toEqual({
    role: 'assistant',
    content: null,
    reasoning_content: 'hm…',
    refusal: 'No.',
  })
})

test('[ANS1] the JSON of a completion gives its message', () => {
  const message = { role: 'assistant', content: 'hi', refusal: null, annotations: [] }
  const body = { model: 'm', choices: [{ index: 0, finish_reason: 'stop', message }], usage: {} }
  expect(readOpenAiAnswer(JSON.stringify(body))).toEqual({ message, model: 'm' })
})

const whole = { role: 'assistant', content: 'hi' }

test.each<[string, string]>([
  ['a stream that was cut off', STREAM.slice(0, STREAM.indexOf('"tool_calls"}'))],
  ['an error', '{"error":{"message":"x"}}'],
  ['an error in a stream', `${STREAM}data: {"error":{"message":"x"}}\n\n`],
  [
    'several choices',
    JSON.stringify({
      choices: [whole, whole].map((message) => ({ message, finish_reason: 'stop' })),
    }),
  ],
  [
    'several choices in a stream',
    `${chunk({ content: 'a' })}${chunk({ content: 'b' }, { index: 1 })}${chunk({}, { finish_reason: 'stop' })}`,
  ],
  [
    'a filtered answer',
    JSON.stringify({ choices: [{ message: whole, finish_reason: 'content_filter' }] }),
  ],
  [
    'another role',
    JSON.stringify({ choices: [{ message: { role: 'user' }, finish_reason: 'stop' }] }),
  ],
  ['nothing', ''],
  ['a page', '<html></html>'],
  ['a list', '[1,2]'],
])('[ANS3] anything that is not one finished message is none: %s', (_, text) => {
  expect(readOpenAiAnswer(text)).toBeUndefined()
})
