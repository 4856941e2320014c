import {
  AIMessage,
  AIMessageChunk,
  ChatMessage,
  FunctionMessage,
  HumanMessage,
  mapStoredMessagesToChatMessages,
  RemoveMessage,
  SystemMessage,
  ToolMessage,
  type BaseMessage,
  type StoredMessage,
} from '@langchain/core/messages'
import { expect, test } from 'vitest'
import { toLangChain } from '../../../../src/adapters/langchain/langchain.ts'
import { toDrafts } from '../../../../src/adapters/message-input.ts'
import { toOpenAi } from '../../../../src/adapters/openai/openai.ts'
import type { Draft } from '../../../../src/core/session/message.ts'
import { contextOf, stubText } from '../context-of.ts'

type Wire = Readonly<Record<string, unknown>>

const BARE = { additional_kwargs: {}, response_metadata: {} }
const call = { name: 'run', args: { a: 1 }, id: 'c1', type: 'tool_call' }

function read(...messages: readonly object[]): readonly Draft[] {
  return toDrafts(messages, 'langchain')
}

function stored(type: string, data: Wire): Wire {
  return { type, data: { ...data, ...BARE } }
}

const human = stored('human', { content: 'go' })
const ai = stored('ai', { content: '', tool_calls: [call], invalid_tool_calls: [] })
const tool = stored('tool', { content: 'done', tool_call_id: 'c1', status: 'success' })

function roundTrip(message: BaseMessage): BaseMessage | undefined {
  const [written] = toLangChain(contextOf(read(message)))
  return mapStoredMessagesToChatMessages([written as unknown as StoredMessage])[0]
}

test('[LCH1] instances, copies of them from another thread and serialised ones have the stored form', () => {
  const message = new AIMessage({ content: 'so', tool_calls: [{ name: 'a', args: {}, id: 'c' }] })
  message.name = 'set later'
  const wire = {
    type: 'ai',
    data: {
      content: 'so',
      tool_calls: [{ name: 'a', args: {}, id: 'c' }],
      invalid_tool_calls: [],
      ...BARE,
      name: 'set later',
    },
  }
  const { name: _, ...unnamed } = wire.data
  expect(read(message)[0]?.wire?.value).toEqual(wire)
  expect(read(structuredClone(message) as object)[0]?.wire?.value).toEqual(wire)
  expect(read(JSON.parse(JSON.stringify(message)) as object)[0]?.wire?.value).toEqual({
    type: 'ai',
    data: unnamed,
  })
})

test('[LCH1] messages of each class come back as equal instances', () => {
  const used = { usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 } }
  const messages: readonly BaseMessage[] = [
    new SystemMessage('be brief'),
    new HumanMessage({ content: [{ type: 'text', text: 'hi' }], name: 'ann', id: 'h1' }),
    new AIMessage({
      content: [{ type: 'text', text: 'so' }],
      tool_calls: [{ name: 'a', args: { b: 1 }, id: 'c', type: 'tool_call' }],
      invalid_tool_calls: [{ name: 'a', args: '{"b', id: 'd', error: 'no JSON' }],
      response_metadata: { model_name: 'small' },
      additional_kwargs: { x: 1 },
      ...(used as object),
    }),
    new ChatMessage('hi', 'critic'),
  ]
  for (const message of messages) expect(roundTrip(message)).toEqual(message)
  const result = new ToolMessage({
    content: 'x',
    tool_call_id: 'c1',
    artifact: [1],
    status: 'error',
  })
  const [, , written] = toLangChain(contextOf(read(human, ai, result)))
  expect(mapStoredMessagesToChatMessages([written as unknown as StoredMessage])).toEqual([result])
})

test('[LCH1] a chunk is a message of its kind', () => {
  const chunk = new AIMessageChunk({
    content: 'so',
    tool_call_chunks: [{ name: 'run', args: '{"a":1}', id: 'c1', index: 0 }],
  })
  expect(read(chunk)[0]).toMatchObject({
    role: 'assistant',
    parts: [
      { type: 'text', text: 'so' },
      { type: 'tool-call', callId: 'c1', name: 'run', input: '{"a":1}' },
    ],
  })
})

test('[LCH1] objects with a role or a type and content are messages, too', () => {
  expect(
    read(
      { role: 'user', content: 'a' },
      { role: 'developer', content: 'b' },
      { type: 'ai', content: 'c' },
    ).map(({ wire }) => wire?.value),
  ).toEqual([
    { type: 'human', data: { content: 'a' } },
    { type: 'system', data: { content: 'b', additional_kwargs: { __openai_role__: 'developer' } } },
    { type: 'ai', data: { content: 'c' } },
  ])
})

test('[LCH2] bytes in a content block become base64', () => {
  const data = new Uint8Array([105, 183, 29])
  const content = [{ type: 'image', mimeType: 'image/png', data }]
  const [draft] = read(stored('human', { content }))
  expect(draft?.parts).toEqual([
    { type: 'image', url: 'data:image/png;base64,abcd', mediaType: 'image/png' },
  ])
})

test.each<readonly [object, string]>([
  [new RemoveMessage({ id: 'x' }), 'type must be human, ai, system, tool or generic'],
  [new FunctionMessage({ content: 'x', name: 'f' }), 'no longer supported'],
  [{ content: 'hi' }, 'must be a message of LangChain'],
  [{ type: 'tool', data: { content: 'x' } }, 'data.tool_call_id must be a string'],
  [{ type: 'human', data: { content: 7 } }, 'data.content must be a string or an array'],
  [{ type: 'ai', data: { content: '', tool_calls: 7 } }, 'data.tool_calls must be an array'],
  [{ lc: 1, id: ['x', 'PromptTemplate'], kwargs: {} }, 'names no class of messages'],
])('[ADP6, LCH2] refuses message %#', (message, text) => {
  expect(() => read(message)).toThrow(text)
})

test('[LCH3] roles, names and results are read', () => {
  const failed = stored('tool', {
    content: [{ type: 'text', text: 'broke' }],
    tool_call_id: 'c1',
    status: 'error',
  })
  const drafts = read(
    stored('human', { content: 'hi', name: 'ann' }),
    stored('generic', { content: 'hm', role: 'critic' }),
    stored('generic', { content: 'hm', role: 'user' }),
    failed,
  )
  expect(drafts.map(({ role, name, parts }) => [role, name, parts[0]])).toEqual([
    ['user', 'ann', { type: 'text', text: 'hi' }],
    ['assistant', undefined, { type: 'text', text: 'hm' }],
    ['user', undefined, { type: 'text', text: 'hm' }],
    ['tool', undefined, { type: 'tool-result', callId: 'c1', output: 'broke', isError: true }],
  ])
})

test('[LCH4] each kind of content block is read, and one that is not known is counted', () => {
  const blocks: readonly (readonly [Wire, Wire])[] = [
    [
      { type: 'reasoning', reasoning: 'hm' },
      { type: 'reasoning', text: 'hm' },
    ],
    [
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'reasoning', text: 'hm' },
    ],
    [
      { type: 'image_url', image_url: 'https://a.example' },
      { type: 'image', url: 'https://a.example' },
    ],
    [
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aaaa' } },
      { type: 'image', url: 'data:image/png;base64,aaaa', mediaType: 'image/png' },
    ],
    [
      { type: 'input_audio', input_audio: { data: 'aaaa', format: 'wav' } },
      { type: 'file', url: 'data:audio/wav;base64,aaaa', mediaType: 'audio/wav' },
    ],
    [
      { type: 'file', file: { file_id: 'f1', filename: 'a.pdf' } },
      { type: 'file', url: 'file-id:f1', name: 'a.pdf' },
    ],
    [
      { type: 'file', source_type: 'url', url: 'https://a.example', mime_type: 'text/csv' },
      { type: 'file', url: 'https://a.example', mediaType: 'text/csv' },
    ],
    [
      { type: 'new', a: 1 },
      { type: 'text', text: '{"type":"new","a":1}' },
    ],
  ]
  for (const [block, part] of blocks) {
    expect(read(stored('ai', { content: [block] }))[0]?.parts).toEqual([part])
  }
})

test('[LCH5] a call that is moved out is moved out wherever it stands', () => {
  const use = { type: 'tool_use', id: 'c1', name: 'run', input: { a: 1 } }
  const raw = { id: 'c1', type: 'function', function: { name: 'run', arguments: '{"a":1}' } }
  const data = { content: [use], tool_calls: [call], additional_kwargs: { tool_calls: [raw] } }
  const drafts = read({ type: 'ai', data })
  expect(drafts[0]?.parts).toEqual([
    { type: 'tool-call', callId: 'c1', name: 'run', input: '{"a":1}' },
  ])
  const input = { input: stubText('{"a":1}') }
  expect(toLangChain(contextOf(drafts, { treat: () => 'stubbed' }))).toEqual([
    {
      type: 'ai',
      data: {
        content: [{ ...use, input }],
        tool_calls: [{ ...call, args: input }],
        additional_kwargs: {
          tool_calls: [{ ...raw, function: { name: 'run', arguments: JSON.stringify(input) } }],
        },
      },
    },
  ])
})

test('[LCH5] calls that only the provider’s form has are read from there', () => {
  const raw = { id: 'c1', type: 'function', function: { name: 'run', arguments: '{"a":1}' } }
  const message = { type: 'ai', data: { content: '', additional_kwargs: { tool_calls: [raw] } } }
  const drafts = read(human, message, tool)
  expect(drafts[1]?.parts).toEqual([
    { type: 'tool-call', callId: 'c1', name: 'run', input: '{"a":1}' },
  ])
  expect(toLangChain(contextOf(drafts))).toEqual([human, message, tool])
})

test('[LCH6] stubs replace payloads and nothing else', () => {
  const answered = stored('tool', {
    content: 'done',
    tool_call_id: 'c1',
    artifact: { z: 1 },
    name: 'run',
  })
  const drafts = read(human, ai, answered)
  const treat = (i: number): 'stubbed' | 'message' => (i === 2 ? 'stubbed' : 'message')
  expect(toLangChain(contextOf(drafts, { treat }))).toEqual([
    human,
    ai,
    { type: 'tool', data: { ...(answered['data'] as Wire), content: stubText('done') } },
  ])
})

test('[LCH8] once something is folded there is one system message, the first, with all of them in order', () => {
  const rules = stored('system', { content: 'be brief', id: 's1' })
  const later = stored('system', { content: 'be kind' })
  const drafts = read(rules, human, later, human)
  expect(toLangChain(contextOf(drafts))).toEqual([rules, human, later, human])
  const treat = (i: number): 'pinned' | 'message' => (i === 0 ? 'pinned' : 'message')
  expect(toLangChain(contextOf(drafts, { digestAt: 1, digest: 'D', treat }))).toEqual([
    stored('system', { content: 'be brief\n\nD\n\nbe kind', id: 's1' }),
    human,
    human,
  ])
})

test('[LCH8] system messages of another format are the first message, without a digest, too', () => {
  const foreign = toDrafts([{ role: 'system', content: 'be brief' }])
  expect(toLangChain(contextOf([...read(human), ...foreign, ...read(human)]))).toEqual([
    stored('system', { content: 'be brief' }),
    human,
    human,
  ])
})

test('[LCH8] blocks of a system message keep their marks', () => {
  const block = { type: 'text', text: 'be brief', cache_control: { type: 'ephemeral' } }
  const drafts = read(stored('system', { content: [block] }), human)
  const context = contextOf(drafts, { digestAt: 1, digest: 'D' })
  expect(toLangChain(context)[0]).toEqual(
    stored('system', { content: [block, { type: 'text', text: 'D' }] }),
  )
})

test('[LCH9] calls that something follows unanswered get a result, and a result without a call gets one', () => {
  expect(toLangChain(contextOf(read(ai, human))).map(({ type }) => type)).toEqual([
    'ai',
    'tool',
    'human',
  ])
  expect(toLangChain(contextOf(read(human, ai)))).toEqual([human, ai])
  const lost = toLangChain(contextOf(read(human, tool)))
  expect(lost[1]).toMatchObject({ type: 'ai', data: { tool_calls: [{ id: 'c1' }] } })
  expect(toLangChain(contextOf(read(human, ai, human, tool)))).toEqual([human, ai, tool, human])
})

test('[LCH10] a folded context that does not begin with the user gets a short message of the user', () => {
  const messages = toLangChain(contextOf(read(ai, tool), { digestAt: 0, digest: 'D' }))
  expect(messages.map(({ type }) => type)).toEqual(['system', 'human', 'ai', 'tool'])
})

test('[ADP13, LCH3] calls and results are in chat completions, too', () => {
  expect(toOpenAi(contextOf(read(human, ai, tool)))).toEqual([
    { role: 'user', content: 'go' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'run', arguments: '{"a":1}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'done' },
  ])
})
