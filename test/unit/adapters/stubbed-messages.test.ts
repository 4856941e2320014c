import { expect, test } from 'vitest'
import { toAnthropic } from '../../../src/adapters/anthropic/anthropic.ts'
import { toDraft, toDrafts } from '../../../src/adapters/message-input.ts'
import { toOpenAi } from '../../../src/adapters/openai/openai.ts'
import { stubInput } from '../../../src/core/memory/stubs/stub-input.ts'
import { withStubs } from '../../../src/core/session/assemble.ts'
import type { MessageInput } from '../../../src/protocol/requests.ts'
import { contextOf, stubText } from './context-of.ts'

const openAiLog = toDrafts([
  { role: 'user', content: 'list the files', x: 1 },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'run', arguments: '{"a":1}' } }],
  },
  { role: 'tool', tool_call_id: 'c1', content: 'a.ts\nb.ts', name: 'run' },
  { role: 'assistant', content: 'two files' },
])

const anthropicLog = toDrafts([
  { role: 'user', content: 'list the files' },
  {
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'tool_use', id: 't1', name: 'run', input: { a: 1 } },
    ],
  },
  {
    role: 'user',
    content: [
      { type: 'tool_result', tool_use_id: 't1', content: 'a.ts\nb.ts', cache_control: { t: 1 } },
      { type: 'text', text: 'and now?' },
    ],
  },
])

test('[ADP7] stubs replace payloads in the chat-completions original and nothing else', () => {
  const out = toOpenAi(contextOf(openAiLog, { treat: (i) => (i < 3 ? 'stubbed' : 'message') }))
  const called = { name: 'run', arguments: JSON.stringify({ input: stubText('{"a":1}') }) }
  expect(out).toEqual([
    { role: 'user', content: stubText('list the files'), x: 1 },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: called }],
    },
    { role: 'tool', tool_call_id: 'c1', content: stubText('a.ts\nb.ts'), name: 'run' },
    { role: 'assistant', content: 'two files' },
  ])
})

test('[ADP7] stubs replace payloads in the Messages API original and nothing else', () => {
  const { messages } = toAnthropic(contextOf(anthropicLog, { treat: () => 'stubbed' }))
  expect(messages).toEqual([
    { role: 'user', content: stubText('list the files') },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 's' },
        { type: 'tool_use', id: 't1', name: 'run', input: { input: stubText('{"a":1}') } },
      ],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 't1',
          content: stubText('a.ts\nb.ts'),
          cache_control: { t: 1 },
        },
        { type: 'text', text: stubText('and now?') },
      ],
    },
  ])
})

test('[ADP7] an image that was moved out becomes a text at its place', () => {
  const url = 'data:image/png;base64,aaaa'
  const draft = toDraft({
    role: 'user',
    content: [
      { type: 'text', text: 'look' },
      { type: 'image_url', image_url: { url } },
    ],
  })
  expect(toOpenAi(contextOf([draft], { treat: () => 'stubbed' }))).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: stubText('look') },
        { type: 'text', text: stubText(url) },
      ],
    },
  ])
})

test('[ADP7] a server tool’s call does not stay behind without its result', () => {
  const use = { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'q' } }
  const result = { type: 'web_search_tool_result', tool_use_id: 's1', content: [] }
  const draft = toDraft({ role: 'assistant', content: [use, result] })
  const parts = draft.parts.map((part, i) =>
    i === 1 ? { type: 'text' as const, text: 'S' } : part,
  )
  const context = contextOf([toDraft({ role: 'user', content: 'q' }), draft], {
    treat: (i) => (i === 1 ? 'stubbed' : 'message'),
  })
  const entries = context.entries.map((entry) =>
    entry.kind === 'stubbed' ? { ...entry, message: { ...entry.message, parts } } : entry,
  )
  expect(toAnthropic({ ...context, entries }).messages[1]).toEqual({
    role: 'assistant',
    content: [
      { type: 'text', text: JSON.stringify(use) },
      { type: 'text', text: 'S' },
    ],
  })
})

test('[ADP7] without an original of that format a stubbed message is built from its parts', () => {
  expect(toOpenAi(contextOf(anthropicLog, { treat: () => 'stubbed' }))).toEqual([
    { role: 'user', content: stubText('list the files') },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        {
          id: 't1',
          type: 'function',
          function: { name: 'run', arguments: JSON.stringify({ input: stubText('{"a":1}') }) },
        },
      ],
    },
    { role: 'tool', tool_call_id: 't1', content: stubText('a.ts\nb.ts') },
    { role: 'user', content: stubText('and now?') },
  ])
})

test('[STUB7, ADP7] stubbed arguments go out as arguments with the small fields as they were, in each format', () => {
  const input = JSON.stringify({ path: 'src/a.ts', content: 'const a = 1\n'.repeat(90), mode: 7 })
  const text = stubInput(input, { label: 'write arguments', seq: 1 }) ?? ''
  const call = { id: 'c1', type: 'function', function: { name: 'write', arguments: input } }
  const use = { type: 'tool_use', id: 'c1', name: 'write', input: JSON.parse(input) as unknown }
  const drafts: readonly MessageInput[] = [
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'assistant', content: [use] },
    { role: 'assistant', parts: [{ type: 'tool-call', callId: 'c1', name: 'write', input }] },
  ]
  for (const draft of toDrafts(drafts)) {
    const context = contextOf([draft], { treat: () => 'stubbed' })
    const entries = context.entries.map((entry) =>
      entry.kind === 'stubbed'
        ? {
            ...entry,
            message: withStubs({ ...entry.message, parts: draft.parts }, [
              { seq: 1, part: 0, artifact: 'a', text, tokensBefore: 9, tokens: 1 },
            ]),
          }
        : entry,
    )
    const stubbed = { ...context, entries }
    expect(toOpenAi(stubbed)[0]).toMatchObject({
      tool_calls: [{ function: { name: 'write', arguments: text } }],
    })
    const { messages } = toAnthropic(stubbed)
    expect(JSON.stringify(messages[1])).toContain('"path":"src/a.ts"')
    expect(messages[1]).toMatchObject({
      content: [{ id: 'c1', input: JSON.parse(text) as unknown }],
    })
  }
})
