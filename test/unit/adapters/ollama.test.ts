import { expect, test } from 'vitest'
import { toDrafts } from '../../../src/adapters/message-input.ts'
import { ollamaRequests } from '../../../src/adapters/ollama/ollama-request.ts'
import { toOllama } from '../../../src/adapters/ollama/ollama.ts'
import { groupWire } from '../../../src/adapters/read-wire.ts'
import { writeToolResults } from '../../../src/adapters/tool-formats.ts'
import { contextOf, stubText } from './context-of.ts'

type Message = Readonly<Record<string, unknown>>

const USER = { role: 'user', content: 'list the files' }
const CALLS = {
  role: 'assistant',
  content: '',
  thinking: 'hm',
  tool_calls: [
    { function: { name: 'ls', arguments: { path: 'a' } } },
    { function: { name: 'cat', arguments: { path: 'b' } } },
  ],
}
const LS = { role: 'tool', tool_name: 'ls', content: 'a.ts' }
const CAT = { role: 'tool', tool_name: 'cat', content: 'no b' }
const ANSWER = { role: 'assistant', content: 'one file' }
const TURN = [USER, CALLS, LS, CAT, ANSWER]

function written(messages: readonly Message[], stubbed: readonly number[] = []) {
  const treat = (i: number): 'stubbed' | 'message' => (stubbed.includes(i) ? 'stubbed' : 'message')
  return toOllama(contextOf(toDrafts(messages, 'ollama'), { treat }))
}

test('[OLL1] messages are read whole', () => {
  const shown = { role: 'user', content: 'see', images: ['iVBORw0KGgo=', '/9j/4AAQ'] }
  const [image, calls] = toDrafts([shown, CALLS], 'ollama')
  expect(image?.parts).toEqual([
    { type: 'text', text: 'see' },
    { type: 'image', url: 'data:image/png;base64,iVBORw0KGgo=', mediaType: 'image/png' },
    { type: 'image', url: 'data:image/jpeg;base64,/9j/4AAQ', mediaType: 'image/jpeg' },
  ])
  expect(calls?.parts).toEqual([
    { type: 'reasoning', text: 'hm' },
    { type: 'tool-call', callId: 'call_ls', name: 'ls', input: '{"path":"a"}' },
    { type: 'tool-call', callId: 'call_cat', name: 'cat', input: '{"path":"b"}' },
  ])
})

test('[OLL1] input of a wrong shape is refused by name', () => {
  const bad: readonly Message[] = [
    { role: 'developer', content: 'a' },
    { role: 'user' },
    { role: 'user', content: ['a'] },
    { role: 'user', content: 'a', images: [7] },
    { role: 'user', content: 'a', tool_calls: [{}] },
    { role: 'assistant', content: 'a', tool_calls: [{}] },
    { role: 'tool', content: 7 },
    { messages: [LS], calls: [] },
  ]
  for (const message of bad) expect(() => toDrafts([message], 'ollama')).toThrow(/messages\[0\]/)
})

test('[OLL2] results find their calls by name, and without one by order', () => {
  const idsOf = (results: readonly Message[]): readonly unknown[] =>
    toDrafts([USER, CALLS, ...results], 'ollama')
      .slice(2)
      .flatMap(({ parts }) => parts.map((part) => 'callId' in part && part.callId))
  const nameless = { role: 'tool', content: 'x' }
  expect(idsOf([CAT, LS])).toEqual(['call_cat', 'call_ls'])
  expect(idsOf([nameless, nameless])).toEqual(['call_ls', 'call_cat'])
  expect(idsOf([nameless, LS])).toEqual(['call_ls', 'call_ls'])
})

test('[OLL2] two results of one tool are one message, and grouped once', () => {
  const twice = { ...CALLS, tool_calls: [CALLS.tool_calls[0], CALLS.tool_calls[0]] }
  const grouped = groupWire('ollama', [USER, twice, LS, LS, ANSWER])
  expect(grouped[2]).toEqual({ messages: [LS, LS], calls: ['call_ls', 'call_ls_2'] })
  expect(groupWire('ollama', grouped)).toEqual(grouped)
  expect(written([USER, twice, LS, LS, ANSWER])).toEqual([USER, twice, LS, LS, ANSWER])
})

test('[OLL3] a stub replaces only the payload', () => {
  expect(written([USER, CALLS, LS], [1])).toEqual([
    USER,
    {
      ...CALLS,
      tool_calls: CALLS.tool_calls.map(({ function: made }) => ({
        function: { ...made, arguments: { input: stubText(JSON.stringify(made.arguments)) } },
      })),
    },
    LS,
  ])
  expect(written([USER, CALLS, LS, CAT], [2])).toEqual([
    USER,
    CALLS,
    { ...LS, content: stubText('a.ts') },
    { ...CAT, content: stubText('no b') },
  ])
})

test('[OLL3] an image that was moved out is told of in the content', () => {
  const shown = { role: 'user', content: 'see', images: ['iVBORw0KGgo='], x: 1 }
  expect(written([shown], [0])).toEqual([
    {
      role: 'user',
      content: `${stubText('see')}\n${stubText('data:image/png;base64,iVBORw0KGgo=')}`,
      x: 1,
    },
  ])
})

test('[OLL5] the digest is a system message at its place', () => {
  const context = contextOf(toDrafts(TURN, 'ollama'), { digestAt: 1, digest: 'so far' })
  expect(toOllama(context).slice(0, 2)).toEqual([USER, { role: 'system', content: 'so far' }])
})

test('[OLL6] what is missing is put in', () => {
  expect(written([USER, CALLS, CAT, ANSWER])).toEqual([
    USER,
    CALLS,
    CAT,
    { role: 'tool', content: '[no result recorded]', tool_name: 'ls' },
    ANSWER,
  ])
  expect(written([USER, LS])).toEqual([
    USER,
    { role: 'assistant', content: '', tool_calls: [{ function: { name: 'ls', arguments: {} } }] },
    LS,
  ])
  expect(written([USER, CALLS])).toEqual([USER, CALLS])
})

test('[OLL6] a result of another format names its tool', () => {
  const call = { id: 'c1', type: 'function', function: { name: 'ls', arguments: '{"a":1}' } }
  const drafts = toDrafts(
    [
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: 'a.ts' },
    ],
    'openai',
  )
  expect(toOllama(contextOf(drafts))).toEqual([
    {
      role: 'assistant',
      content: '',
      tool_calls: [{ id: 'c1', function: { name: 'ls', arguments: { a: 1 } } }],
    },
    { role: 'tool', content: 'a.ts', tool_name: 'ls', tool_call_id: 'c1' },
  ])
})

test('[OLL6] recall gives its results by name where calls have no ids', () => {
  const answer = { call: { id: '', name: 'recall', input: {} }, text: 'found', isError: false }
  expect(writeToolResults('openai', [answer])).toEqual([
    { role: 'tool', tool_name: 'recall', content: 'found' },
  ])
})

test('[OLL8] a request is taken apart and written anew', () => {
  const body = { model: 'm', messages: TURN, options: { num_predict: 9 }, keep_alive: '5m' }
  const url = 'http://localhost:11434/api/chat'
  const request = ollamaRequests.takeApart({ url, headerNames: [], body })
  expect(request).toMatchObject({
    format: 'ollama',
    model: 'm',
    isStream: true,
    maxAnswerTokens: 9,
    toolFormat: 'openai',
  })
  expect(request?.messages).toHaveLength(4)
  expect(request?.write({ messages: [USER] })).toEqual({ ...body, messages: [USER] })
  const whole = { url, headerNames: [], body: { ...body, stream: false } }
  expect(ollamaRequests.takeApart(whole)?.isStream).toBe(false)
})

test('[OLL9] other requests are left as they are', () => {
  const requests: readonly [string, Message][] = [
    ['/api/generate', { model: 'm', prompt: 'hi' }],
    ['/v1/chat/completions', { model: 'm', messages: TURN }],
    ['/api/chat', { messages: TURN }],
    ['/api/chat', { model: 'm', messages: [] }],
    ['/api/chat', { model: 'm', messages: [{ role: 'user', parts: [], content: 'a' }] }],
    ['/api/chat', { model: 'm', messages: [{ role: 'user', content: [] }] }],
  ]
  for (const [path, body] of requests) {
    const url = `http://localhost:11434${path}`
    expect(ollamaRequests.takeApart({ url, headerNames: [], body })).toBeUndefined()
  }
})

test('[OLL10] an answer is read from JSON and from lines of JSON', () => {
  const lines = [
    { model: 'm', message: { role: 'assistant', content: '', thinking: 'h' }, done: false },
    { model: 'm', message: { role: 'assistant', content: '', thinking: 'm' }, done: false },
    { model: 'm', message: { role: 'assistant', content: 'one ' }, done: false },
    { model: 'm', message: { role: 'assistant', content: 'file' }, done: false },
    {
      model: 'm',
      message: { role: 'assistant', content: '', tool_calls: CALLS.tool_calls },
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 10,
    },
  ].map((line) => JSON.stringify(line))
  expect(ollamaRequests.readAnswer(`${lines.join('\n')}\n`)).toEqual({
    message: { ...CALLS, content: 'one file' },
    inputTokens: 10,
    model: 'm',
  })
  expect(ollamaRequests.readAnswer(lines.slice(0, 4).join('\n'))).toBeUndefined()
  const whole = { model: 'm', message: ANSWER, done: true }
  expect(ollamaRequests.readAnswer(JSON.stringify(whole))?.message).toEqual(ANSWER)
  const cut = { ...whole, done_reason: 'length' }
  for (const text of ['', '{', '{"error":"no"}', JSON.stringify(cut)]) {
    expect(ollamaRequests.readAnswer(text)).toBeUndefined()
  }
})
