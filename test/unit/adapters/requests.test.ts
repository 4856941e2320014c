import { expect, test } from 'vitest'
import { toAnthropic } from '../../../src/adapters/anthropic/anthropic.ts'
import { toDrafts } from '../../../src/adapters/message-input.ts'
import { messageCodec } from '../../../src/adapters/message-codec.ts'
import { toOpenAi } from '../../../src/adapters/openai/openai.ts'
import { toPlain } from '../../../src/adapters/plain/plain.ts'
import type { MessageInput } from '../../../src/protocol/requests.ts'
import { contextOf } from './context-of.ts'

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

test('[ADP8] the digest is a system message at its place, or a part of the system prompt', () => {
  const drafts = toDrafts([
    { role: 'system', content: 'be brief' },
    { role: 'user', content: 'old' },
    { role: 'user', content: 'new' },
  ])
  const context = contextOf(drafts, {
    digestAt: 2,
    digest: 'DIGEST',
    treat: (i) => (i === 0 ? 'pinned' : i === 1 ? 'left-out' : 'message'),
  })
  expect(toOpenAi(context)).toEqual([
    { role: 'system', content: 'be brief' },
    { role: 'system', content: 'DIGEST' },
    { role: 'user', content: 'new' },
  ])
  expect(toAnthropic(context)).toEqual({
    system: 'be brief\n\nDIGEST',
    messages: [{ role: 'user', content: 'new' }],
  })
})

test('[ADP9] changing what was handed out does not change the log', () => {
  const context = contextOf(openAiLog)
  const [first] = toOpenAi(context) as { content: string }[]
  if (first) first.content = 'changed'
  expect(toOpenAi(context)[0]).toEqual({ role: 'user', content: 'list the files', x: 1 })
})

test('[ADP9] neighbours of one role become one Messages API message, block by block', () => {
  const drafts = toDrafts([
    { role: 'user', content: 'one' },
    { role: 'user', content: [{ type: 'text', text: 'two', cache_control: { t: 1 } }] },
  ])
  expect(toAnthropic(contextOf(drafts)).messages).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'one' },
        { type: 'text', text: 'two', cache_control: { t: 1 } },
      ],
    },
  ])
})

test('[ADP10] system messages in the middle go to the system prompt, in order', () => {
  const drafts = toDrafts([
    { role: 'system', content: 'first' },
    { role: 'user', content: 'hello' },
    { role: 'system', content: ' ' },
    { role: 'developer', content: 'second' },
  ])
  expect(toAnthropic(contextOf(drafts))).toEqual({
    system: 'first\n\nsecond',
    messages: [{ role: 'user', content: 'hello' }],
  })
})

test('[ADP12] call ids and tool names that the Messages API refuses are changed on both sides', () => {
  const drafts = toDrafts(
    [1, 2].flatMap(
      () =>
        [
          { role: 'user', content: 'go' },
          {
            role: 'assistant',
            parts: [{ type: 'tool-call', callId: 'fs:0', name: 'fs.read', input: '[1]' }],
          },
          { role: 'tool', parts: [{ type: 'tool-result', callId: 'fs:0', output: 'done' }] },
        ] as const,
    ),
  )
  const { messages } = toAnthropic(contextOf(drafts))
  const tool = { type: 'tool_use', name: 'fs_read', input: { input: [1] } }
  const result = { type: 'tool_result', content: 'done' }
  const go = { type: 'text', text: 'go' }
  expect(messages).toEqual([
    { role: 'user', content: 'go' },
    { role: 'assistant', content: [{ ...tool, id: 'fs_0' }] },
    { role: 'user', content: [{ ...result, tool_use_id: 'fs_0' }, go] },
    { role: 'assistant', content: [{ ...tool, id: 'fs_0_2' }] },
    { role: 'user', content: [{ ...result, tool_use_id: 'fs_0_2' }] },
  ])
})

test('[ADP12] an id that looks like a changed one is not given twice', () => {
  const drafts = ['a', 'a_2', 'a'].map((callId) => ({
    role: 'assistant' as const,
    parts: [{ type: 'tool-call' as const, callId, name: 'run', input: '{}' }],
  }))
  const used = JSON.stringify(toAnthropic(contextOf(drafts)).messages).match(/"id":"\w+"/g)
  expect(used).toEqual(['"id":"a"', '"id":"a_2"', '"id":"a_3"'])
})

test('[ADP13] speakers of one role keep their names in every format', () => {
  const drafts = toDrafts([{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }])
  const context = contextOf([{ ...drafts[0], name: 'Ann Lee' } as (typeof drafts)[0]])
  expect(toOpenAi(context)).toEqual([{ role: 'user', content: 'hi', name: 'Ann_Lee' }])
  expect(toAnthropic(context).messages).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'Ann Lee: hi' }] },
  ])
  expect(toPlain(context)).toEqual([{ role: 'user', text: 'Ann Lee: hi' }])
})

test('[ADP13] media keep their form where the other format has one', () => {
  const png = 'data:image/png;base64,aaaa'
  const context = contextOf([
    {
      role: 'user',
      parts: [
        { type: 'text', text: 'see' },
        { type: 'image', url: png },
        { type: 'file', url: 'data:application/pdf;base64,cc', name: 'a.pdf' },
        { type: 'file', url: 'https://e.com/a.zip', name: 'a.zip' },
      ],
    },
  ])
  expect(toOpenAi(context)).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'see' },
        { type: 'image_url', image_url: { url: png } },
        { type: 'file', file: { file_data: 'data:application/pdf;base64,cc', filename: 'a.pdf' } },
        { type: 'text', text: '[file a.zip]' },
      ],
    },
  ])
  const base64 = (media_type: string, data: string): object => ({
    type: 'base64',
    media_type,
    data,
  })
  expect(toAnthropic(context).messages).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'see' },
        { type: 'image', source: base64('image/png', 'aaaa') },
        { type: 'document', source: base64('application/pdf', 'cc') },
        { type: 'text', text: '[file a.zip]' },
      ],
    },
  ])
})

test('[ADP14] a late result moves to its call, a missing one is put in, a stray one gets a call', () => {
  const asks = (...ids: string[]) => ({
    role: 'assistant' as const,
    parts: ids.map((callId) => ({ type: 'tool-call' as const, callId, name: 'run', input: '{}' })),
  })
  const answer = (callId: string, output: string) => ({
    role: 'tool' as const,
    parts: [{ type: 'tool-result' as const, callId, output }],
  })
  const user = { role: 'user' as const, parts: [{ type: 'text' as const, text: 'wait' }] }
  const context = contextOf([
    user,
    asks('a', 'b'),
    user,
    answer('b', 'late'),
    answer('z', 'stray'),
    asks('c'),
  ])
  const call = (id: string, name = 'run') => ({
    id,
    type: 'function',
    function: { name, arguments: '{}' },
  })
  expect(toOpenAi(context)).toEqual([
    { role: 'user', content: 'wait' },
    { role: 'assistant', content: null, tool_calls: [call('a'), call('b')] },
    { role: 'tool', tool_call_id: 'b', content: 'late' },
    { role: 'tool', tool_call_id: 'a', content: '[no result recorded]' },
    { role: 'user', content: 'wait' },
    { role: 'assistant', content: null, tool_calls: [call('z', 'call_not_recorded')] },
    { role: 'tool', tool_call_id: 'z', content: 'stray' },
    { role: 'assistant', content: null, tool_calls: [call('c')] },
  ])
})

test('[ADP14] a result belongs to the newest call of its id', () => {
  const turn = (said: string) =>
    toDrafts([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c0', type: 'function', function: { name: 'run', arguments: said } }],
      },
      { role: 'tool', tool_call_id: 'c0', content: said },
    ])
  const drafts = [...turn('1'), ...turn('2')]
  expect(toOpenAi(contextOf(drafts))).toEqual(drafts.map(({ wire }) => wire?.value))
})

test('[ADP14] results of calls with one id in one message answer them in their order', () => {
  const call = { type: 'tool-call', callId: 'c0', name: 'run', input: '{}' } as const
  const result = { type: 'tool-result', callId: 'c0' } as const
  const { messages } = toAnthropic(
    contextOf([
      { role: 'assistant', parts: [call, call] },
      {
        role: 'tool',
        parts: [
          { ...result, output: '1' },
          { ...result, output: '2' },
        ],
      },
    ]),
  )
  expect(messages[2]).toEqual({
    role: 'user',
    content: [
      { type: 'tool_result', tool_use_id: 'c0', content: '1' },
      { type: 'tool_result', tool_use_id: 'c0_2', content: '2' },
    ],
  })
})

test('[ADP14] what a tool says beside its result stays in the result', () => {
  const context = contextOf([
    {
      role: 'assistant',
      parts: [{ type: 'tool-call', callId: 'a', name: 'shot', input: '{}' }],
    },
    {
      role: 'tool',
      parts: [
        { type: 'tool-result', callId: 'a', output: 'taken' },
        { type: 'image', url: 'data:image/png;base64,aa' },
      ],
    },
  ])
  expect(toOpenAi(context)[1]).toEqual({
    role: 'tool',
    tool_call_id: 'a',
    content: 'taken\n[image]',
  })
  expect(toAnthropic(context).messages[2]).toEqual({
    role: 'user',
    content: [{ type: 'tool_result', tool_use_id: 'a', content: 'taken\n[image]' }],
  })
})

test('[ADP15] a short message of the user is put before a context that begins with another', () => {
  const drafts = toDrafts([{ role: 'assistant', content: 'welcome' }])
  const begun = toAnthropic(contextOf(drafts)).messages[0]
  const folded = toAnthropic(contextOf(drafts, { digestAt: 0 })).messages[0]
  const text = (said: string): object => ({ role: 'user', content: [{ type: 'text', text: said }] })
  expect(begun).toEqual(text('(the conversation begins)'))
  expect(folded).toEqual(text('(earlier messages are summarised in the system prompt)'))
})

test('[ADP20] a folded context begins with a user in chat completions, whatever its tail begins with', () => {
  const stand = { role: 'user', content: '(earlier messages are summarised in a system message)' }
  const rolesOf = (inputs: readonly MessageInput[], digestAt: number): readonly unknown[] =>
    toOpenAi(contextOf(toDrafts(inputs), { digestAt })).map(
      (message) => (message as { readonly role: string }).role,
    )
  const welcome: MessageInput = { role: 'assistant', content: 'welcome' }
  const ask: MessageInput = { role: 'user', content: 'and now?' }
  const rule: MessageInput = { role: 'system', content: 'be brief' }
  expect(toOpenAi(contextOf(toDrafts([welcome, ask]), { digestAt: 0 }))[1]).toEqual(stand)
  expect(rolesOf([welcome, ask], 0)).toEqual(['system', 'user', 'assistant', 'user'])
  expect(rolesOf([rule, welcome], 1)).toEqual(['system', 'system', 'user', 'assistant'])
  expect(rolesOf([ask, welcome], 0)).toEqual(['system', 'user', 'assistant'])
  // Pinned messages stand before the digest.
  expect(rolesOf([ask, welcome], 1)).toEqual(['user', 'system', 'assistant'])
  expect(rolesOf([rule], 0)).toEqual(['system', 'system'])
  // Without a fold it is the host's own beginning, and stays that.
  expect(toOpenAi(contextOf(toDrafts([welcome])))).toEqual([welcome])
})

test('[ADP17] the plain format has one role and text per entry', () => {
  expect(toPlain(contextOf(openAiLog.slice(0, 3), { digestAt: 0, digest: 'DIGEST' }))).toEqual([
    { role: 'system', text: 'DIGEST' },
    { role: 'user', text: 'list the files' },
    { role: 'assistant', text: 'run {"a":1}' },
    { role: 'tool', text: 'run: a.ts\nb.ts' },
  ])
})

test('[ADP18] the codec hands a context out in the format asked for', () => {
  const context = contextOf(anthropicLog, { digestAt: 0 })
  expect(messageCodec.render(context, 'openai')).toEqual({ messages: toOpenAi(context) })
  expect(messageCodec.render(context, 'anthropic')).toEqual(toAnthropic(context))
  expect(messageCodec.render(context, 'plain')).toEqual({ messages: toPlain(context) })
})

test('[ADP13] parallel calls of one message stay in one message', () => {
  const call = (id: string) => ({
    id,
    type: 'function',
    function: { name: 'run', arguments: '{}' },
  })
  const drafts = toDrafts([
    { role: 'user', content: 'go' },
    { role: 'assistant', content: 'both', tool_calls: [call('a'), call('b')] },
    { role: 'tool', tool_call_id: 'b', content: 'B' },
    { role: 'tool', tool_call_id: 'a', content: 'A' },
  ])
  expect(toAnthropic(contextOf(drafts)).messages.slice(1)).toEqual([
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'both' },
        { type: 'tool_use', id: 'a', name: 'run', input: {} },
        { type: 'tool_use', id: 'b', name: 'run', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'b', content: 'B' },
        { type: 'tool_result', tool_use_id: 'a', content: 'A' },
      ],
    },
  ])
})
