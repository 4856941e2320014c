import { expect, test } from 'vitest'
import { readOverflow } from '../../../../src/core/session/read-overflow.ts'

test.each([
  [
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 10020 tokens.",
    { window: 8192, asked: 10020 },
  ],
  [
    "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4000 in the messages, 1000 in the completion).",
    { window: 4096, asked: 4000 },
  ],
  ['prompt is too long: 215000 tokens > 200000 maximum', { window: 200_000, asked: 215_000 }],
  [
    'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length',
    { window: 200_000, asked: 190_000 },
  ],
  [
    '{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":7000,"n_ctx":4096}}',
    { window: 4096, asked: 7000 },
  ],
  [
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    { window: 1_048_576, asked: 1_200_000 },
  ],
  ['context_length_exceeded', {}],
])('[HIST12] an error says what did not fit: %s', (words, expected) => {
  expect(readOverflow(400, words)).toEqual(expected)
})

test.each([
  [400, 'invalid role'],
  [401, 'maximum context length is 8192 tokens'],
  [200, 'prompt is too long'],
  [429, 'too many tokens'],
  [400, ''],
])('[HIST12] any other error is none of that: %i %s', (status, words) => {
  expect(readOverflow(status, words)).toBeUndefined()
})
