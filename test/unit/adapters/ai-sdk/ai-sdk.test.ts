import { modelMessageSchema } from 'ai'
import { expect, test } from 'vitest'
import { toAiSdk } from '../../../../src/adapters/ai-sdk/ai-sdk.ts'
import { toDrafts } from '../../../../src/adapters/message-input.ts'
import { toOpenAi } from '../../../../src/adapters/openai/openai.ts'
import { writeContext } from '../../../../src/adapters/write-context.ts'
import { callIds, resultIds, type Draft } from '../../../../src/core/session/message.ts'
import { contextOf, stubText } from '../context-of.ts'

type Wire = Readonly<Record<string, unknown>>

function read(...messages: readonly Wire[]): readonly Draft[] {
  return toDrafts(messages, 'ai-sdk')
}

const call = { type: 'tool-call', toolCallId: 'c1', toolName: 'run', input: { a: 1 } }
const output = { type: 'json', value: { lines: ['a', 'b'] } }
const result = { type: 'tool-result', toolCallId: 'c1', toolName: 'run', output }
const exchange: readonly Wire[] = [
  { role: 'user', content: 'go' },
  { role: 'assistant', content: [call] },
  { role: 'tool', content: [result] },
]

test('[AIS1] every part of a model message is read', () => {
  const [user, assistant, tool] = read(
    {
      role: 'user',
      content: [
        { type: 'text', text: 'look' },
        { type: 'image', image: 'aaaa', mediaType: 'image/png' },
        { type: 'file', data: 'https://example.com/a.pdf', mediaType: 'application/pdf' },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'hm' },
        call,
        { type: 'tool-approval-request', approvalId: 'p1', toolCallId: 'c1' },
      ],
    },
    {
      role: 'tool',
      content: [{ type: 'tool-approval-response', approvalId: 'p1', approved: true }, result],
    },
  )
  expect(user?.parts).toEqual([
    { type: 'text', text: 'look' },
    { type: 'image', url: 'data:image/png;base64,aaaa', mediaType: 'image/png' },
    { type: 'file', url: 'https://example.com/a.pdf', mediaType: 'application/pdf' },
  ])
  expect(assistant?.parts).toEqual([
    { type: 'reasoning', text: 'hm' },
    { type: 'tool-call', callId: 'c1', name: 'run', input: '{"a":1}' },
    { type: 'approval-request', approvalId: 'p1', callId: 'c1' },
  ])
  expect(tool?.role).toBe('tool')
  expect(tool?.parts).toEqual([
    { type: 'approval-response', approvalId: 'p1', approved: true },
    { type: 'tool-result', callId: 'c1', output: '{"lines":["a","b"]}' },
  ])
})

test('[AIS1] each kind of output is a text, and an error is told', () => {
  const outputs: readonly (readonly [Wire, string, boolean])[] = [
    [{ type: 'text', value: 'a' }, 'a', false],
    [{ type: 'error-text', value: 'a' }, 'a', true],
    [{ type: 'error-json', value: [1] }, '[1]', true],
    [{ type: 'execution-denied', reason: 'no' }, 'no', true],
    [{ type: 'execution-denied' }, 'Tool call execution denied.', true],
    [
      {
        type: 'content',
        value: [
          { type: 'text', text: 'a' },
          { type: 'media', data: 'aaaa', mediaType: 'image/png' },
        ],
      },
      'a\n[media]',
      false,
    ],
  ]
  for (const [given, text, isError] of outputs) {
    const [draft] = read({ role: 'tool', content: [{ ...result, output: given }] })
    expect(draft?.parts).toEqual([
      { type: 'tool-result', callId: 'c1', output: text, ...(isError ? { isError } : {}) },
    ])
  }
})

test('[AIS1] calls and results as they were before version 5 are read, too', () => {
  const [made, answered] = read(
    {
      role: 'assistant',
      content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'run', args: { a: 1 } }],
    },
    {
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'c1', toolName: 'run', result: 'x' }],
    },
  )
  expect(made?.parts).toEqual([{ type: 'tool-call', callId: 'c1', name: 'run', input: '{"a":1}' }])
  expect(answered?.parts).toEqual([{ type: 'tool-result', callId: 'c1', output: 'x' }])
})

test('[AIS1, CUT1] call and result of a provider’s own tool stand in one message', () => {
  const [draft] = read({
    role: 'assistant',
    content: [{ ...call, providerExecuted: true }, result],
  })
  if (!draft) throw new Error('no draft')
  expect([callIds(draft), resultIds(draft)]).toEqual([['c1'], ['c1']])
})

test('[AIS2] bytes become base64, and URLs and dates text, which the SDK takes alike', () => {
  const bytes = new Uint8Array([105, 183, 29])
  const drafts = read({
    role: 'user',
    content: [
      { type: 'image', image: bytes },
      { type: 'image', image: bytes.buffer },
      { type: 'file', data: Buffer.from(bytes), mediaType: 'image/png' },
      { type: 'image', image: new URL('https://example.com/a.png') },
    ],
  })
  const { messages } = toAiSdk(contextOf(drafts))
  expect(messages).toEqual([
    {
      role: 'user',
      content: [
        { type: 'image', image: 'abcd' },
        { type: 'image', image: 'abcd' },
        { type: 'file', data: 'abcd', mediaType: 'image/png' },
        { type: 'image', image: 'https://example.com/a.png' },
      ],
    },
  ])
  const at = new Date(0)
  const [made] = read({ role: 'assistant', content: [{ ...call, input: { at } }] })
  expect(made?.parts).toMatchObject([{ input: '{"at":"1970-01-01T00:00:00.000Z"}' }])
})

test('[AIS2] large bytes are taken in linear time', () => {
  const [draft] = read({
    role: 'user',
    content: [{ type: 'image', image: new Uint8Array(3_000_000) }],
  })
  expect(draft?.parts).toMatchObject([{ url: `data:;base64,${'A'.repeat(4_000_000)}` }])
})

test.each<readonly [unknown, string]>([
  [{ role: 'robot', content: '' }, 'role must be system, user, assistant or tool'],
  [{ role: 'tool', content: 'done' }, 'content must be an array'],
  [{ role: 'user', content: [call] }, 'tool-call outside of role assistant'],
  [{ role: 'user', content: [result] }, 'tool-result outside of roles tool and assistant'],
  [{ role: 'user', content: [{ type: 'text' }] }, 'content[0].text must be a string'],
  [{ role: 'user', content: [{ text: 'x' }] }, 'content[0].type must be a string'],
  [{ role: 'assistant', content: [{ ...call, input: new Map() }] }, 'JSON data, got a Map'],
  [
    { role: 'assistant', content: [{ ...call, input: new Uint8Array(1) }] },
    'JSON data, got binary data',
  ],
])('[ADP6, AIS2] refuses %j', (message, text) => {
  expect(() => read(message as Wire)).toThrow(text)
})

test('[AIS3] a part of a type that is not known is counted, and goes out as it came', () => {
  const message = {
    role: 'assistant',
    content: [{ type: 'reasoning-file', data: 'aaaa', more: 1 }],
  }
  const drafts = read(message)
  expect(drafts[0]?.parts).toEqual([{ type: 'text', text: JSON.stringify(message.content[0]) }])
  expect(toAiSdk(contextOf(drafts)).messages).toEqual([message])
})

test('[AIS5] system messages and the digest stand in the system text, in order', () => {
  const drafts = read(
    { role: 'system', content: 'be brief' },
    { role: 'user', content: 'hi' },
    { role: 'system', content: 'be kind' },
    { role: 'user', content: 'well?' },
  )
  const treat = (i: number): 'pinned' | 'message' => (i === 0 ? 'pinned' : 'message')
  expect(toAiSdk(contextOf(drafts, { digestAt: 1, digest: 'D', treat }))).toEqual({
    system: 'be brief\n\nD\n\nbe kind',
    messages: [
      { role: 'user', content: 'hi' },
      { role: 'user', content: 'well?' },
    ],
  })
})

test('[AIS5] system messages that carry more than text are handed out as they came, too', () => {
  const providerOptions = { anthropic: { cacheControl: { type: 'ephemeral' } } }
  const rules = { role: 'system', content: 'be brief', providerOptions }
  const drafts = read(rules, { role: 'user', content: 'hi' })
  const context = contextOf(drafts, { digestAt: 1, digest: 'D' })
  expect(writeContext(context, 'ai-sdk')).toEqual({
    system: 'be brief\n\nD',
    systemMessages: [rules, { role: 'system', content: 'D' }],
    messages: [{ role: 'user', content: 'hi' }],
  })
})

test('[AIS6] stubs replace payloads and nothing else, and an error stays one', () => {
  const more = { providerOptions: { a: { b: 1 } } }
  const outputs = [output, { type: 'error-json', value: { why: 1 } }, { type: 'execution-denied' }]
  const drafts = read(
    {
      role: 'assistant',
      content: outputs.map((_, i) => ({ ...call, toolCallId: `c${i}`, ...more })),
    },
    ...outputs.map((given, i) => ({
      role: 'tool',
      content: [{ ...result, toolCallId: `c${i}`, output: { ...given, ...more }, x: 1 }],
    })),
  )
  const { messages } = toAiSdk(contextOf(drafts, { treat: () => 'stubbed' }))
  const input = { input: stubText('{"a":1}') }
  const stubs = [
    { type: 'text', value: stubText('{"lines":["a","b"]}'), ...more },
    { type: 'error-text', value: stubText('{"why":1}'), ...more },
    { type: 'execution-denied', reason: stubText('Tool call execution denied.'), ...more },
  ]
  expect(messages).toEqual([
    {
      role: 'assistant',
      content: outputs.map((_, i) => ({ ...call, toolCallId: `c${i}`, input, ...more })),
    },
    ...stubs.map((stub, i) => ({
      role: 'tool',
      content: [{ ...result, toolCallId: `c${i}`, output: stub, x: 1 }],
    })),
  ])
  for (const message of messages) expect(modelMessageSchema.safeParse(message).success).toBe(true)
})

test('[AIS6] what a provider ran itself becomes text with its other half when it is moved out', () => {
  const made = { ...call, providerExecuted: true }
  const drafts = read({ role: 'assistant', content: [made, result] })
  const { messages } = toAiSdk(contextOf(drafts, { treat: () => 'stubbed' }))
  expect(messages).toMatchObject([
    {
      role: 'assistant',
      content: [{ type: 'text' }, { type: 'text', text: stubText('{"lines":["a","b"]}') }],
    },
  ])
})

test('[AIS8] a result of another format has the name of its tool from its call', () => {
  const drafts = toDrafts([
    { role: 'user', content: 'go' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'run', arguments: '{"a":1}' } },
        { id: 'c2', type: 'function', function: { name: 'look', arguments: '{}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'done' },
    { role: 'user', content: 'and?' },
  ])
  expect(toAiSdk(contextOf(drafts)).messages).toEqual([
    { role: 'user', content: 'go' },
    {
      role: 'assistant',
      content: [call, { ...call, toolCallId: 'c2', toolName: 'look', input: {} }],
    },
    { role: 'tool', content: [{ ...result, output: { type: 'text', value: 'done' } }] },
    {
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: 'c2',
          toolName: 'look',
          output: { type: 'text', value: '[no result recorded]' },
        },
      ],
    },
    { role: 'user', content: 'and?' },
  ])
})

test('[AIS8] the answer to an approval stands behind its request, as results do', () => {
  const request = { type: 'tool-approval-request', approvalId: 'p1', toolCallId: 'c1' }
  const response = { type: 'tool-approval-response', approvalId: 'p1', approved: false }
  const asked = { role: 'assistant', content: [call, request] }
  const late = { role: 'user', content: 'wait' }
  const drafts = read(asked, late, { role: 'tool', content: [response, result] })
  expect(toAiSdk(contextOf(drafts)).messages).toEqual([
    asked,
    { role: 'tool', content: [response, result] },
    late,
  ])
})

test('[AIS9] a folded context that does not begin with the user gets a short message of the user', () => {
  const drafts = read(...exchange)
  const { messages } = toAiSdk(contextOf(drafts.slice(1), { digestAt: 0 }))
  expect(messages).toEqual([
    { role: 'user', content: '(earlier messages are summarised in the system prompt)' },
    ...exchange.slice(1),
  ])
  expect(toAiSdk(contextOf(drafts.slice(1))).messages).toEqual(exchange.slice(1))
})

test('[ADP13, AIS1] calls and results are in chat completions, too', () => {
  expect(toOpenAi(contextOf(read(...exchange)))).toEqual([
    { role: 'user', content: 'go' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'run', arguments: '{"a":1}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: '{"lines":["a","b"]}' },
  ])
})
