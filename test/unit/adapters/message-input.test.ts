import { expect, test } from 'vitest'
import { toDraft, toDrafts } from '../../../src/adapters/message-input.ts'
import { isBackfoldError } from '../../../src/core/backfold-error.ts'
import type { WireFormat } from '../../../src/core/session/message.ts'
import type { MessageInput } from '../../../src/protocol/requests.ts'

const call = { id: 'c1', type: 'function', function: { name: 'run', arguments: '{"cmd": "ls"}' } }

test('[ADP1] a canonical message is taken as it is', () => {
  const parts = [
    { type: 'text', text: 'hello' },
    { type: 'image', url: 'https://example.com/a.png', mediaType: 'image/png' },
  ] as const
  expect(toDraft({ id: 'm1', role: 'user', parts, at: 5 })).toEqual({
    id: 'm1',
    role: 'user',
    parts,
    at: 5,
  })
})

test('[ADP1] fields that no part has are left out of a canonical message', () => {
  const input = { role: 'user', parts: [{ type: 'text', text: 'a', huge: 1 }], seq: 9 }
  expect(toDraft(input as unknown as MessageInput)).toEqual({
    role: 'user',
    parts: [{ type: 'text', text: 'a' }],
  })
})

test('[ADP1] a draft that was made before keeps its wire value and name', () => {
  const draft = toDraft({ role: 'user', content: 'hello', name: 'ann', x: [1] })
  expect(draft.wire).toBeDefined()
  expect(toDraft(draft)).toEqual(draft)
})

test.each([
  ['a text', { role: 'user', content: 'a' }, 'openai'],
  ['text blocks only', { role: 'user', content: [{ type: 'text', text: 'a' }] }, 'openai'],
  ['an image URL', { role: 'user', content: [imageUrl('https://e.com/a.png')] }, 'openai'],
  ['tool calls', { role: 'assistant', content: null, tool_calls: [call] }, 'openai'],
  ['a tool role', { role: 'tool', tool_call_id: 'c', content: [] }, 'openai'],
  [
    'a cached text',
    { role: 'user', content: [{ type: 'text', text: 'a', cache_control: {} }] },
    'anthropic',
  ],
  ['a tool use', { role: 'assistant', content: [toolUse()] }, 'anthropic'],
  ['a reply', { type: 'message', role: 'assistant', content: [], id: 'msg_1' }, 'anthropic'],
] as const)('[ADP2] %s tells the format', (_, input, format) => {
  expect(toDraft(input as MessageInput).wire?.format).toBe(format)
})

test('[ADP3] the wire value is the original, unknown fields included', () => {
  const input = { role: 'assistant', content: 'a', annotations: [], x: { y: [null, 1] } }
  expect(toDraft(input).wire).toEqual({ format: 'openai', value: input })
})

test('[ADP3] what the host changes later does not reach the draft', () => {
  const content = [{ type: 'text', text: 'before' }]
  const draft = toDraft({ role: 'user', content })
  content[0] = { type: 'text', text: 'after' }
  content.push({ type: 'text', text: 'more' })
  expect(draft.wire?.value).toEqual({ role: 'user', content: [{ type: 'text', text: 'before' }] })
})

test('[ADP3] the id is the log’s and not sent to a provider', () => {
  const draft = toDraft({ id: 'u1', role: 'user', content: 'a' })
  expect(draft.id).toBe('u1')
  expect(draft.wire?.value).toEqual({ role: 'user', content: 'a' })
})

test('[ADP3] of a whole reply only role and content may be sent back', () => {
  const content = [{ type: 'text', text: 'hi' }]
  const reply = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content, usage: {} }
  const draft = toDraft(reply)
  expect(draft.id).toBe('msg_1')
  expect(draft.wire).toEqual({ format: 'anthropic', value: { role: 'assistant', content } })
})

test('[ADP3] a field called __proto__ is a field like any other', () => {
  const input = JSON.parse(
    '{"role":"user","content":"a","__proto__":{"polluted":1}}',
  ) as MessageInput
  const { wire } = toDraft(input)
  expect(JSON.stringify(wire?.value)).toBe(JSON.stringify(input))
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

test('[ADP4] texts, media, reasoning, refusals and calls of chat completions are read in order', () => {
  const user = toDraft({
    role: 'user',
    name: 'ann',
    content: [
      { type: 'text', text: 'see' },
      imageUrl('data:image/png;base64,aa'),
      { type: 'input_audio', input_audio: { data: 'bb', format: 'mp3' } },
      { type: 'file', file: { file_data: 'data:application/pdf;base64,cc', filename: 'a.pdf' } },
    ],
  })
  expect(user.name).toBe('ann')
  expect(user.parts).toEqual([
    { type: 'text', text: 'see' },
    { type: 'image', url: 'data:image/png;base64,aa' },
    { type: 'file', url: 'data:audio/mp3;base64,bb', mediaType: 'audio/mp3' },
    { type: 'file', url: 'data:application/pdf;base64,cc', name: 'a.pdf' },
  ])
  const assistant = toDraft({
    role: 'assistant',
    reasoning_content: 'thinking',
    content: null,
    refusal: 'I can’t',
    tool_calls: [call],
  })
  expect(assistant.parts).toEqual([
    { type: 'reasoning', text: 'thinking' },
    { type: 'text', text: 'I can’t' },
    { type: 'tool-call', callId: 'c1', name: 'run', input: '{"cmd": "ls"}' },
  ])
})

test('[ADP4] developer messages are system messages, tool messages are results', () => {
  expect(toDraft({ role: 'developer', content: 'be brief' }).role).toBe('system')
  const content = [
    { type: 'text', text: 'a' },
    { type: 'text', text: 'b' },
  ]
  expect(toDraft({ role: 'tool', tool_call_id: 'c1', content })).toMatchObject({
    role: 'tool',
    parts: [{ type: 'tool-result', callId: 'c1', output: 'a\nb' }],
  })
})

test('[ADP5] every block of a Messages API message is one part', () => {
  const source = { type: 'base64', media_type: 'image/png', data: 'aa' }
  const blocks = [
    [
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'reasoning', text: 'hm' },
    ],
    [
      { type: 'redacted_thinking', data: 'x' },
      { type: 'reasoning', text: '' },
    ],
    [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'a' },
    ],
    [toolUse(), { type: 'tool-call', callId: 't1', name: 'run', input: '{"cmd":"ls"}' }],
  ]
  const assistant = toDraft({ role: 'assistant', content: blocks.map(([block]) => block) })
  expect(assistant.parts).toEqual(blocks.map(([, part]) => part))
  const text = { type: 'text', media_type: 'text/plain', data: 'words' }
  const user = toDraft({
    role: 'user',
    content: [
      { type: 'image', source },
      { type: 'document', source: { type: 'url', url: 'https://e.com/a.pdf' }, title: 'A' },
      { type: 'document', source: text },
    ],
  })
  expect(user.parts).toEqual([
    { type: 'image', url: 'data:image/png;base64,aa', mediaType: 'image/png' },
    { type: 'file', url: 'https://e.com/a.pdf', name: 'A' },
    { type: 'text', text: 'words' },
  ])
})

test('[ADP5] a block without a part of its own is read as its JSON', () => {
  const block = { type: 'web_search_tool_result', tool_use_id: 's1', content: [{ url: 'u' }] }
  const { parts } = toDraft({ role: 'assistant', content: [block] })
  expect(parts).toEqual([{ type: 'text', text: JSON.stringify(block) }])
})

test('[ADP5] only results make a tool message, results and a text a user message', () => {
  const result = {
    type: 'tool_result',
    tool_use_id: 't1',
    is_error: true,
    content: [{ type: 'text', text: 'no' }, { type: 'image' }],
  }
  expect(toDraft({ role: 'user', content: [result] })).toMatchObject({
    role: 'tool',
    parts: [{ type: 'tool-result', callId: 't1', output: 'no\n[image]', isError: true }],
  })
  const mixed = toDraft({ role: 'user', content: [result, { type: 'text', text: 'go on' }] })
  expect(mixed.role).toBe('user')
})

test.each([
  [null, 'message must be an object, got null'],
  [{ content: 'a' }, 'message.role must be a string, got nothing'],
  [{ role: 'robot', content: 'a' }, 'message.role must be one of system, developer'],
  [{ role: 'user' }, 'message.content must be a string or an array, got nothing'],
  [{ role: 'assistant' }, 'message.content must be a string or an array, got nothing'],
  [{ role: 'user', content: 5 }, 'message.content must be a string or an array, got a number'],
  [{ role: 'user', content: [{ type: 'txt' }] }, 'message.content[0].type "txt" is not known'],
  [{ role: 'user', content: ['a'] }, 'message.content[0] must be an object, got a string'],
  [{ role: 'user', content: [{ type: 'text' }] }, 'message.content[0].text must be a string'],
  [{ role: 'tool', content: 'a' }, 'message.tool_call_id must be a non-empty string, got nothing'],
  [{ role: 'user', content: 'a', tool_calls: [call] }, 'tool_calls belong to role assistant'],
  [
    { role: 'assistant', content: 'a', tool_calls: {} },
    'tool_calls must be an array, got an object',
  ],
  [{ role: 'assistant', content: 'a', tool_calls: [{ id: 'c' }] }, 'tool_calls[0].function.name'],
  [{ role: 'assistant', content: null, function_call: {} }, 'use tool_calls'],
  [{ role: 'user', content: [toolUse()] }, 'content[0] is a tool_use outside of role assistant'],
  [{ role: 'user', content: [toolUse(), imageUrl('u')] }, 'mixes formats: tool_use with image_url'],
  [{ role: 'user', content: 'a', id: 7 }, 'message.id must be a non-empty string'],
  [{ role: 'user', content: 'a', x: () => 1 }, 'message.x must be JSON data, got a function'],
  [{ role: 'user', content: 'a', x: 1n }, 'message.x must be JSON data, got a bigint'],
  [{ role: 'user', content: 'a', x: new Uint8Array(2) }, 'message.x must be JSON data, got binary'],
  [{ role: 'user', content: 'a', x: [Number.NaN] }, 'message.x[0] must be finite'],
  [{ role: 'user', parts: [], content: 'a' }, 'message has both parts and content'],
  [{ role: 'developer', parts: [] }, 'message.role must be system, user, assistant or tool'],
  [{ role: 'user', parts: {} }, 'message.parts must be an array, got an object'],
  [{ role: 'user', parts: [{ type: 'tool_use' }] }, 'message.parts[0].type must be one of text'],
  [{ role: 'user', parts: [{ type: 'text', text: 5 }] }, 'parts[0].text must be a string, got a n'],
  [{ role: 'user', parts: [canonicalCall()] }, 'parts[0] is a tool-call outside of role assistant'],
  [{ role: 'assistant', parts: [canonicalCall('')] }, 'parts[0].callId must not be empty'],
  [{ role: 'tool', parts: [{ type: 'text', text: 'a' }] }, 'role tool but no tool-result part'],
  [{ role: 'user', parts: [], at: 'now' }, 'message.at must be a Unix time in milliseconds'],
  [{ role: 'user', parts: [], wire: { format: 'x' } }, 'message.wire must be { format:'],
])('[ADP6] %o is refused', (input, reason) => {
  expect(refusalOf(() => toDraft(input as unknown as MessageInput))).toContain(reason)
})

test('[ADP6] cycles and bottomless nesting are refused', () => {
  const cycle: { role: string; content: string; self?: unknown } = { role: 'user', content: 'a' }
  cycle.self = cycle
  expect(refusalOf(() => toDraft(cycle))).toContain('nested deeper than 100 levels')
})

test('[ADP6] what is no list, and a format that nobody knows, is refused as such', () => {
  const refused = (inputs: unknown, format?: unknown): string | undefined =>
    refusalOf(() => toDrafts(inputs as object[], format as WireFormat))
  expect(refused(undefined)).toBe('messages must be an array, got nothing')
  expect(refused({ role: 'user' }, 'gemini')).toBe('messages must be an array, got an object')
  expect(refused([], '__proto__')).toMatch(/^format must be one of openai, .*, got __proto__$/)
})

test('[ADP6] in a list the index is named', () => {
  const inputs = [{ role: 'user', content: 'a' }, { role: 'user' }] as unknown as MessageInput[]
  expect(refusalOf(() => toDrafts(inputs))).toContain('messages[1].content must be')
})

function refusalOf(attempt: () => unknown): string {
  try {
    attempt()
  } catch (error) {
    if (isBackfoldError(error) && error.code === 'INVALID_INPUT') return error.message
    throw error
  }
  throw new Error('was not refused')
}

function imageUrl(url: string): object {
  return { type: 'image_url', image_url: { url } }
}

function toolUse(): object {
  return { type: 'tool_use', id: 't1', name: 'run', input: { cmd: 'ls' } }
}

function canonicalCall(callId = 'c1'): object {
  return { type: 'tool-call', callId, name: 'run', input: '{}' }
}
