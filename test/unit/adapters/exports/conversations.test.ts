import { expect, test } from 'vitest'
import { textOf } from '../../../../src/core/session/message.ts'
import { createOrigin } from '../../../support/build-engine.ts'
import { fileOf, imported, importInto, logOf } from './export-files.ts'

const CLAUDE = {
  uuid: 'u-1',
  name: 'Tides',
  created_at: '2025-03-01T10:00:00.000000Z',
  chat_messages: [
    {
      uuid: 'm1',
      text: 'Read this',
      content: [{ type: 'text', text: 'Read this' }],
      sender: 'human',
      created_at: '2025-03-01T10:00:01.000000Z',
      attachments: [{ file_name: 'a.txt', extracted_content: 'ebb at six' }],
      files: [{ file_uuid: 'f1', file_name: 'map.png' }],
    },
    {
      uuid: 'm2',
      text: 'At six.',
      sender: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Look it up' },
        { type: 'tool_use', id: 't1', name: 'search', input: { q: 'tide' } },
        { type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'six' }] },
        { type: 'tool_use', name: 'never', input: {} },
        { type: 'text', text: 'At six.', citations: [{ title: 'T', url: 'https://t.example' }] },
      ],
    },
  ],
}

test('[EXPT9] of an export of Claude, blocks become parts in order, and attachments part of what was said', async () => {
  const result = await imported([CLAUDE])
  expect(result.report.sessions).toMatchObject([{ source: 'claude', title: 'Tides', messages: 2 }])
  const [asked, answered] = logOf(result)
  expect(asked?.parts).toEqual([
    { type: 'text', text: 'a.txt:\nebb at six' },
    { type: 'text', text: '[File: map.png]' },
    { type: 'text', text: 'Read this' },
  ])
  expect(asked?.at).toBe(Date.parse('2025-03-01T10:00:01Z'))
  expect(answered?.parts).toMatchObject([
    { type: 'reasoning', text: 'Look it up' },
    { type: 'tool-call', callId: 't1', name: 'search', input: '{"q":"tide"}' },
    { type: 'tool-result', callId: 't1', output: 'six' },
    { type: 'tool-call', name: 'never' },
    { type: 'text', text: 'At six.' },
    { type: 'text', text: 'Sources:\n- T: https://t.example' },
    { type: 'tool-result', output: '[no result recorded]' },
  ])
  expect(result.report.repairs).toHaveLength(1)
})

test('[EXPT9] messages that name their parents make a tree', async () => {
  const said = (uuid: string, parent: string, text: string): object => ({
    uuid,
    parent_message_uuid: parent,
    sender: 'human',
    text,
  })
  const root = '00000000-0000-4000-8000-000000000000'
  const messages = [said('a', root, 'one'), said('b', 'a', 'two'), said('c', 'a', 'three')]
  const value = { uuid: 'u', name: '', chat_messages: messages, current_leaf_message_uuid: 'b' }
  const log = logOf(await imported([value]))
  expect(log.map((message) => [textOf(message), message.active])).toEqual([
    ['one', true],
    ['three', false],
    ['two', true],
  ])
})

const CODEX = [
  { timestamp: '2025-09-01T08:00:00Z', type: 'session_meta', payload: { id: 'cx-1', cwd: '/a' } },
  {
    timestamp: '2025-09-01T08:00:01Z',
    type: 'response_item',
    payload: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'List it' }] },
  },
  {
    timestamp: '2025-09-01T08:00:01Z',
    type: 'event_msg',
    payload: { type: 'user_message', message: 'List it' },
  },
  { timestamp: '2025-09-01T08:00:02Z', type: 'turn_context', payload: { model: 'm' } },
  {
    timestamp: '2025-09-01T08:00:03Z',
    type: 'response_item',
    payload: {
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'Use ls' }],
      encrypted_content: 'xx',
    },
  },
  {
    timestamp: '2025-09-01T08:00:03Z',
    type: 'response_item',
    payload: {
      type: 'function_call',
      name: 'shell',
      arguments: '{"command":["ls"]}',
      call_id: 'k1',
    },
  },
  {
    timestamp: '2025-09-01T08:00:04Z',
    type: 'response_item',
    payload: { type: 'function_call_output', call_id: 'k1', output: 'a.ts' },
  },
  { timestamp: '2025-09-01T08:00:05Z', type: 'compacted', payload: { message: 'Summary' } },
  {
    timestamp: '2025-09-01T08:00:06Z',
    type: 'response_item',
    payload: {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'One file.' }],
    },
  },
]

test('[EXPT12] a log of Codex is one session, and its compactions are said', async () => {
  const result = await imported(
    CODEX.map((line) => JSON.stringify(line)).join('\n'),
    'rollout.jsonl',
  )
  expect(result.report.sessions).toMatchObject([{ source: 'codex', title: 'List it' }])
  const log = logOf(result)
  expect(log.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant'])
  expect(log[1]?.parts).toMatchObject([
    { type: 'reasoning', text: 'Use ls' },
    { type: 'tool-call', callId: 'k1', name: 'shell', input: '{"command":["ls"]}' },
  ])
  expect(log[1]?.at).toBe(Date.parse('2025-09-01T08:00:03Z'))
  expect(result.report.repairs[0]?.reason).toContain('compaction')
})

test('[EXPT12] a log of Claude Code is one session that goes on as it grows', async () => {
  const line = (n: number, role: 'user' | 'assistant', content: unknown): object => ({
    type: role,
    uuid: `u${n}`,
    sessionId: 'cc-1',
    timestamp: `2025-09-01T08:00:0${n}Z`,
    message: { role, content, ...(role === 'assistant' ? { id: `a${n}` } : {}) },
  })
  const lines = [
    { type: 'summary', summary: 'Tidy the tides' },
    line(1, 'user', 'Read it'),
    line(2, 'assistant', [{ type: 'tool_use', id: 't1', name: 'Read', input: { path: 'a' } }]),
    line(3, 'user', [{ type: 'tool_result', tool_use_id: 't1', content: 'six' }]),
    line(4, 'assistant', [{ type: 'text', text: 'Six.' }]),
    { ...line(5, 'user', 'This session is being continued'), isCompactSummary: true },
    line(6, 'user', 'Thanks'),
  ]
  const text = (all: readonly object[]): string => all.map((one) => JSON.stringify(one)).join('\n')
  const origin = createOrigin()
  const first = await importInto(origin, fileOf(text(lines.slice(0, 5))))
  expect(first.report.sessions).toMatchObject([
    { source: 'claude-code', title: 'Tidy the tides', messages: 4 },
  ])
  const second = await importInto(origin, fileOf(text(lines)))
  expect(second.report.sessions).toMatchObject([
    { id: first.report.sessions[0]?.id, kind: 'resumed', messages: 5 },
  ])
  expect(logOf(second).map(({ role }) => role)).toEqual([
    'user',
    'assistant',
    'tool',
    'assistant',
    'user',
  ])
})

test.each<[string, unknown, readonly string[]]>([
  [
    'chat completions',
    [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Ho' },
    ],
    ['Hi', 'Ho'],
  ],
  [
    'messages with a system prompt',
    { system: 'Be brief', messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] },
    ['Be brief', 'Hi'],
  ],
  [
    'Gemini',
    {
      systemInstruction: { parts: [{ text: 'Be brief' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Ho' }] },
      ],
    },
    ['Be brief', 'Hi', 'Ho'],
  ],
  [
    'Responses',
    {
      instructions: 'Be brief',
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Ho' }] },
      ],
    },
    ['Be brief', 'Hi', 'Ho'],
  ],
  [
    'Ollama',
    [
      { role: 'user', content: 'Hi', images: ['aGk='] },
      { role: 'assistant', content: 'Ho' },
    ],
    ['Hi\n[image]', 'Ho'],
  ],
  [
    'AI SDK',
    [
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Ho' },
          { type: 'tool-call', toolCallId: 'c', toolName: 't', input: {} },
        ],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'c',
            toolName: 't',
            output: { type: 'text', value: 'out' },
          },
        ],
      },
    ],
    ['Hi', 'Ho\nt {}', 'out'],
  ],
  [
    'AI SDK for interfaces',
    [
      { id: '1', role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      { id: '2', role: 'assistant', parts: [{ type: 'step-start' }, { type: 'text', text: 'Ho' }] },
    ],
    ['Hi', 'Ho'],
  ],
  [
    'canonical',
    [
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', parts: [{ type: 'text', text: 'Ho' }] },
    ],
    ['Hi', 'Ho'],
  ],
])('[EXPT10] messages are read: %s', async (_, value, texts) => {
  const result = await imported(value)
  expect(result.report.refused).toEqual([])
  expect(logOf(result).map(textOf)).toEqual(texts)
  expect(result.report.sessions[0]?.source).toBe('messages')
})

test('[EXPT10] each line may be a conversation, and so may each entry of a list', async () => {
  const one = { messages: [{ role: 'user', content: 'Hi' }] }
  const two = { messages: [{ role: 'user', content: 'Hey' }] }
  const lines = await imported(`${JSON.stringify(one)}\n${JSON.stringify(two)}\n`)
  const list = await imported([one, two])
  const object = await imported({ conversations: [one, two] })
  for (const { report } of [lines, list, object]) {
    expect(report.refused).toEqual([])
    expect(report.sessions.map(({ title }) => title)).toEqual(['Hi', 'Hey'])
  }
})

test('[EXPT10] a list that can not be read is refused by the message at fault', async () => {
  const { report } = await imported([
    { role: 'user', content: 'Hi' },
    { role: 'wizard', content: 'Ho' },
  ])
  expect(report.sessions).toEqual([])
  expect(report.refused[0]?.reason).toContain('message 2')
})

test('[EXPT11] the same messages give the same session, with the same ids', async () => {
  const messages = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Ho' },
  ]
  const origin = createOrigin()
  const first = await importInto(origin, fileOf(messages))
  const again = await importInto(origin, fileOf(messages, 'other.json'))
  expect(again.report.sessions).toMatchObject([
    { id: first.report.sessions[0]?.id, kind: 'already-there' },
  ])
  expect(new Set(logOf(again).map(({ id }) => id)).size).toBe(2)
})
