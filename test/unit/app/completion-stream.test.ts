import { expect, test } from 'vitest'
import {
  addChunk,
  EMPTY_COMPLETION,
  errorText,
} from '../../../src/widget/chat/ask/completion-stream.ts'

const read = (...chunks: readonly unknown[]): typeof EMPTY_COMPLETION =>
  chunks.reduce<typeof EMPTY_COMPLETION>(
    (sofar, chunk) => addChunk(sofar, typeof chunk === 'string' ? chunk : JSON.stringify(chunk)),
    EMPTY_COMPLETION,
  )
const delta = (fields: object, finish: string | null = null): object => ({
  choices: [{ delta: fields, finish_reason: finish }],
})

test('[APP12] deltas add up to the answer, reasoning stays apart, usage and end are noted', () => {
  const completion = read(
    delta({ role: 'assistant', content: '' }),
    delta({ reasoning_content: 'hm' }),
    delta({ content: 'Hello' }),
    delta({ content: ' you' }, 'stop'),
    { choices: [], usage: { prompt_tokens: 812, completion_tokens: 2 } },
    '[DONE]',
  )
  expect(completion).toEqual({
    text: 'Hello you',
    reasoning: 'hm',
    calls: [],
    inputTokens: 812,
    finished: true,
    finishReason: 'stop',
    error: null,
  })
})

test('[APP12] an answer is not finished before the server says so', () => {
  expect(read(delta({ content: 'Hel' })).finished).toBe(false)
  expect(read(delta({ content: 'Hel' }), '[DONE]').finished).toBe(true)
})

test('[APP13] a whole, unstreamed completion is understood', () => {
  const completion = read({
    choices: [{ message: { role: 'assistant', content: 'All of it' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 5 },
  })
  expect(completion).toMatchObject({ text: 'All of it', finished: true, inputTokens: 5 })
})

test('[APP14] data of any other shape never throws: errors are noted, the rest counts as absent', () => {
  expect(read({ error: { message: 'overloaded' } }).error).toBe('overloaded')
  expect(read('<html>').error).toContain('<html>')
  for (const odd of [null, 1, [], { choices: 'x' }, { choices: [null] }, delta({ content: 7 })])
    expect(read(odd).text).toBe('')
  expect(errorText({ error: 'short' })).toBe('short')
  expect(errorText({ detail: 'Not Found' })).toBe('Not Found')
  expect(errorText({ choices: [], message: 'no error' })).toBeNull()
})
