import { expect, test } from 'vitest'
import { geminiRequests } from '../../../src/adapters/gemini/gemini-request.ts'
import { toGemini } from '../../../src/adapters/gemini/gemini.ts'
import { toDrafts } from '../../../src/adapters/message-input.ts'
import { groupWire } from '../../../src/adapters/read-wire.ts'
import type { ParsedRequest } from '../../../src/adapters/requests/request-format.ts'
import { contextOf, stubText } from './context-of.ts'

type Content = Readonly<Record<string, unknown>>

const USER = { role: 'user', parts: [{ text: 'list the files' }] }
const CALLS = {
  role: 'model',
  parts: [
    { text: 'hm', thought: true },
    { functionCall: { name: 'ls', args: { path: 'a' } }, thoughtSignature: 'c2ln' },
    { functionCall: { name: 'ls', args: { path: 'b' } } },
  ],
}
const RESULTS = {
  role: 'user',
  parts: [
    { functionResponse: { name: 'ls', response: { output: 'a.ts' } } },
    { functionResponse: { name: 'ls', response: { error: 'no b' } } },
  ],
}
const ANSWER = { role: 'model', parts: [{ text: 'one file', thoughtSignature: 'c2ln' }] }
const TURN = [USER, CALLS, RESULTS, ANSWER]

function written(contents: readonly Content[], stubbed: readonly number[] = []) {
  const treat = (i: number): 'stubbed' | 'message' => (stubbed.includes(i) ? 'stubbed' : 'message')
  return toGemini(contextOf(toDrafts(contents, 'gemini'), { treat })).messages
}

function requestOf(body: Content, method = 'models/gemini-x:generateContent'): ParsedRequest {
  return { url: `https://g.example.com/v1beta/${method}`, headerNames: [], body }
}

test('[GEM1] contents are read whole', () => {
  const parts = [
    { text: 'see' },
    { inlineData: { mimeType: 'image/png', data: 'aaaa' } },
    { file_data: { mime_type: 'application/pdf', file_uri: 'gs://a/b.pdf' } },
    { inline_data: { mime_type: 'audio/mp3', data: 'aaaa', display_name: 'a.mp3' } },
    { hologram: { beam: 1 } },
  ]
  expect(toDrafts([{ parts }], 'gemini')[0]).toMatchObject({
    role: 'user',
    parts: [
      { type: 'text', text: 'see' },
      { type: 'image', url: 'data:image/png;base64,aaaa', mediaType: 'image/png' },
      { type: 'file', url: 'gs://a/b.pdf', mediaType: 'application/pdf' },
      { type: 'file', url: 'data:audio/mp3;base64,aaaa', mediaType: 'audio/mp3', name: 'a.mp3' },
      { type: 'text', text: '{"hologram":{"beam":1}}' },
    ],
  })
})

test('[GEM1] input of a wrong shape is refused by name', () => {
  const bad: readonly Content[] = [
    { role: 'nobody', parts: [] },
    { role: 'user', parts: 'a' },
    { role: 'user', parts: ['a'] },
    { role: 'user', parts: [{ functionCall: { name: 'ls' } }] },
    { role: 'model', parts: [{ functionCall: {} }] },
  ]
  for (const content of bad) expect(() => toDrafts([content], 'gemini')).toThrow(/messages\[0\]/)
})

test('[GEM1, GEM2] a call without an id has the id of its response', () => {
  const [, calls, results] = toDrafts(TURN, 'gemini')
  expect(calls?.parts).toEqual([
    { type: 'reasoning', text: 'hm' },
    { type: 'tool-call', callId: 'call_ls', name: 'ls', input: '{"path":"a"}' },
    { type: 'tool-call', callId: 'call_ls_2', name: 'ls', input: '{"path":"b"}' },
  ])
  expect(results).toMatchObject({
    role: 'tool',
    parts: [
      { type: 'tool-result', callId: 'call_ls', output: 'a.ts' },
      { type: 'tool-result', callId: 'call_ls_2', output: 'no b', isError: true },
    ],
  })
})

test('[GEM2] a response without an id answers the call of its name that has one', () => {
  const call = { role: 'model', parts: [{ functionCall: { id: 'x7', name: 'ls' } }] }
  const result = { role: 'user', parts: [{ functionResponse: { name: 'ls', response: {} } }] }
  const drafts = toDrafts([USER, call, result], 'gemini')
  expect(drafts[2]?.parts).toEqual([{ type: 'tool-result', callId: 'x7', output: '{}' }])
  expect(written([USER, call, result])).toEqual([USER, call, result])
})

test('[GEM2] chunks of the model are one message, and go out as they came', () => {
  const chunks = ['one ', 'fi', 'le'].map((text) => ({ role: 'model', parts: [{ text }] }))
  const signed = { role: 'model', parts: [{ text: '', thoughtSignature: 'c2ln' }] }
  const log = [USER, ...chunks, signed, USER]
  const grouped = groupWire('gemini', log)
  expect(grouped).toHaveLength(3)
  expect(groupWire('gemini', grouped)).toEqual(grouped)
  expect(toDrafts(log, 'gemini')[1]?.parts).toEqual([{ type: 'text', text: 'one file' }])
  expect(written(log)).toEqual(log)
  expect(written(log, [1])).toEqual([
    USER,
    {
      role: 'model',
      parts: [{ text: stubText('one file') }, { text: '', thoughtSignature: 'c2ln' }],
    },
    USER,
  ])
})

test('[GEM3] a stub replaces only the payload', () => {
  const args = { input: stubText('{"path":"a"}') }
  expect(written(TURN, [1, 2, 3])).toEqual([
    USER,
    {
      role: 'model',
      parts: [
        CALLS.parts[0],
        { functionCall: { name: 'ls', args }, thoughtSignature: 'c2ln' },
        { functionCall: { name: 'ls', args } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { name: 'ls', response: { output: stubText('a.ts') } } },
        { functionResponse: { name: 'ls', response: { error: stubText('no b') } } },
      ],
    },
    { role: 'model', parts: [{ text: stubText('one file'), thoughtSignature: 'c2ln' }] },
  ])
})

test('[GEM3] code and its result become texts together', () => {
  const code = { executableCode: { language: 'PYTHON', code: 'print(1)' } }
  const result = { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } }
  const drafts = toDrafts([USER, { role: 'model', parts: [code, result] }], 'gemini')
  const context = contextOf(drafts)
  const [first, second] = context.entries
  if (first?.kind !== 'message' || second?.kind !== 'message') throw new Error('no messages')
  const parts = [second.message.parts[0], { type: 'text', text: '[stub]' }]
  const stubbed = { ...second, kind: 'stubbed', message: { ...second.message, parts } }
  const entries = [first, stubbed] as unknown as typeof context.entries
  expect(toGemini({ ...context, entries }).messages[1]).toEqual({
    role: 'model',
    parts: [{ text: JSON.stringify(code) }, { text: '[stub]' }],
  })
})

test('[GEM5] system messages and the digest make up the system text', () => {
  const drafts = [
    ...toDrafts([{ role: 'system', content: 'be brief' }], 'openai'),
    ...toDrafts(TURN, 'gemini'),
  ]
  const { system, messages } = toGemini(contextOf(drafts, { digestAt: 2, digest: 'so far' }))
  expect(system).toBe('be brief\n\nso far')
  expect(messages).toEqual(TURN)
})

test('[GEM6] what is missing is put in', () => {
  const missing = { name: 'ls', response: { output: '[no result recorded]' } }
  expect(written([CALLS, USER])).toEqual([
    { role: 'user', parts: [{ text: '(the conversation begins)' }] },
    CALLS,
    { role: 'user', parts: [{ functionResponse: missing }, { functionResponse: missing }] },
    USER,
  ])
  const [result] = RESULTS.parts
  expect(written([USER, { role: 'user', parts: [result] }])).toMatchObject([
    USER,
    { role: 'model', parts: [{ functionCall: { name: 'ls', args: {} } }] },
    { role: 'user', parts: [result] },
  ])
})

test('[GEM6] contents of one role become one, and empty ones none', () => {
  const empty = { role: 'user', parts: [{ text: '' }] }
  expect(written([USER, empty, USER, ANSWER])).toEqual([
    { role: 'user', parts: [...USER.parts, ...USER.parts] },
    ANSWER,
  ])
})

test('[GEM9] a request is taken apart and written anew', () => {
  const systemInstruction = { parts: [{ text: 'be brief' }] }
  const generationConfig = { maxOutputTokens: 9 }
  const body = { contents: TURN, systemInstruction, generationConfig, safetySettings: [] }
  const request = geminiRequests.takeApart(requestOf(body))
  expect(request).toMatchObject({
    format: 'gemini',
    messages: TURN,
    system: 'be brief',
    model: 'gemini-x',
    isStream: false,
    maxAnswerTokens: 9,
  })
  expect(request?.write({ messages: [USER] })).toEqual({ ...body, contents: [USER] })
  expect(request?.write({ messages: [USER], system: 'so far' })['systemInstruction']).toEqual({
    parts: [{ text: 'be brief' }, { text: 'so far' }],
  })
  const stream = requestOf({ contents: [USER] }, 'models/a:streamGenerateContent?alt=sse')
  const bare = geminiRequests.takeApart(stream)
  expect(bare?.isStream).toBe(true)
  expect(bare?.write({ messages: [USER], system: 'so far' })).toEqual({
    contents: [USER],
    systemInstruction: { parts: [{ text: 'so far' }] },
  })
  const snake = requestOf({ contents: [USER], system_instruction: systemInstruction })
  const more = geminiRequests.takeApart(snake)?.write({ messages: [], system: 'so far' })
  expect(more?.['system_instruction']).toEqual({
    parts: [{ text: 'be brief' }, { text: 'so far' }],
  })
})

test('[GEM10] whatever raises a doubt is left as it is', () => {
  const requests = [
    requestOf({ contents: TURN, cachedContent: 'cachedContents/1' }),
    requestOf({ contents: TURN, cached_content: 'cachedContents/1' }),
    requestOf({ contents: TURN }, 'models/a:countTokens'),
    requestOf({ contents: [] }),
    requestOf({ contents: 'hi' }),
    requestOf({ contents: [{ role: 'system', parts: [] }] }),
    requestOf({ contents: TURN, systemInstruction: { parts: [{ fileData: {} }] } }),
  ]
  for (const request of requests) expect(geminiRequests.takeApart(request)).toBeUndefined()
})

const CHUNKS = [
  { candidates: [{ content: { role: 'model', parts: [{ text: 'hm', thought: true }] } }] },
  { candidates: [{ content: { role: 'model', parts: [{ text: 'one ' }] } }] },
  { candidates: [{ content: { role: 'model', parts: [{ text: 'file' }] } }] },
  {
    candidates: [
      {
        content: { role: 'model', parts: [{ text: '', thoughtSignature: 'c2ln' }] },
        finishReason: 'STOP',
      },
    ],
    usageMetadata: { promptTokenCount: 10, cachedContentTokenCount: 4 },
    modelVersion: 'gemini-x-001',
  },
]

test('[GEM12] an answer is read from JSON, an array and an event stream', () => {
  const parts = [
    { text: 'hm', thought: true },
    { text: 'one file', thoughtSignature: 'c2ln' },
  ]
  const answer = {
    message: { role: 'model', parts },
    inputTokens: 10,
    cachedTokens: 4,
    model: 'gemini-x-001',
  }
  const events = CHUNKS.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('')
  expect(geminiRequests.readAnswer(events)).toEqual(answer)
  expect(geminiRequests.readAnswer(JSON.stringify(CHUNKS))).toEqual(answer)
  const [candidate] = CHUNKS[3]?.candidates ?? []
  const whole = { ...CHUNKS[3], candidates: [{ ...candidate, content: { parts } }] }
  expect(geminiRequests.readAnswer(JSON.stringify(whole))).toEqual(answer)
})

test('[GEM12] what is no finished message is no answer', () => {
  const [first] = CHUNKS[3]?.candidates ?? []
  const bodies = [
    CHUNKS.slice(0, 3),
    [{ error: { code: 503 } }],
    { candidates: [first, first] },
    { candidates: [{ ...first, finishReason: 'MAX_TOKENS' }] },
    { candidates: [{ finishReason: 'STOP' }] },
    {},
  ]
  for (const body of bodies) {
    expect(geminiRequests.readAnswer(JSON.stringify(body))).toBeUndefined()
  }
  expect(geminiRequests.readAnswer('data: {"candidates"')).toBeUndefined()
})
