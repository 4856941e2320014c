import { expect, test } from 'vitest'
import { toAiSdkUi } from '../../../../src/adapters/ai-sdk-ui/ai-sdk-ui.ts'
import { toDrafts } from '../../../../src/adapters/message-input.ts'
import { toOpenAi } from '../../../../src/adapters/openai/openai.ts'
import { chooseCut } from '../../../../src/core/compaction/cut.ts'
import type { Draft } from '../../../../src/core/session/message.ts'
import { buildLog } from '../../../support/build-log.ts'
import { contextOf, stubText } from '../context-of.ts'

type Wire = Readonly<Record<string, unknown>>

function read(...messages: readonly Wire[]): readonly Draft[] {
  return toDrafts(messages, 'ai-sdk-ui')
}

const question = { id: 'u1', role: 'user', parts: [{ type: 'text', text: 'go' }] }
const tool = {
  type: 'tool-run',
  toolCallId: 'c1',
  state: 'output-available',
  input: { a: 1 },
  output: { lines: ['a'] },
}

function reply(...parts: readonly Wire[]): Wire {
  return { id: 'a1', role: 'assistant', parts }
}

test('[AUI1] texts, reasoning and files are parts; what no model reads is none', () => {
  const [draft] = read(
    reply(
      { type: 'step-start' },
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'so', state: 'done' },
      { type: 'source-url', sourceId: 's', url: 'https://example.com' },
      { type: 'data-weather', data: { city: 'Bergen' } },
      { type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,aaaa' },
      { type: 'file', mediaType: 'text/csv', url: 'https://example.com/a', filename: 'a.csv' },
    ),
  )
  expect(draft?.role).toBe('assistant')
  expect(draft?.parts).toEqual([
    { type: 'reasoning', text: 'hm' },
    { type: 'text', text: 'so' },
    { type: 'image', url: 'data:image/png;base64,aaaa', mediaType: 'image/png' },
    { type: 'file', url: 'https://example.com/a', mediaType: 'text/csv', name: 'a.csv' },
  ])
})

test('[AUI2] a tool’s part is its call, what was asked and allowed, and its result', () => {
  const call = { type: 'tool-call', callId: 'c1', name: 'run', input: '{"a":1}' }
  const failed = { type: 'tool-result', callId: 'c1', isError: true }
  const asked = { type: 'approval-request', approvalId: 'p1', callId: 'c1' }
  const { output: _, ...open } = tool
  const states: readonly (readonly [Wire, readonly unknown[]])[] = [
    [tool, [call, { type: 'tool-result', callId: 'c1', output: '{"lines":["a"]}' }]],
    [{ ...open, state: 'input-available' }, [call]],
    [{ ...open, state: 'input-streaming' }, [call]],
    [{ ...open, state: 'approval-requested', approval: { id: 'p1' } }, [call, asked]],
    [
      { ...open, state: 'output-denied', approval: { id: 'p1', approved: false, reason: 'no' } },
      [
        call,
        asked,
        { type: 'approval-response', approvalId: 'p1', approved: false },
        { ...failed, output: 'no' },
      ],
    ],
    [
      { ...open, state: 'output-error', errorText: 'broke' },
      [call, { ...failed, output: 'broke' }],
    ],
    [{ ...open, type: 'dynamic-tool', toolName: 'run', state: 'input-available' }, [call]],
  ]
  for (const [part, parts] of states) expect(read(reply(part))[0]?.parts).toEqual(parts)
})

test('[AUI2, CUT1] a message that holds calls with their results may be covered', () => {
  const { messages } = buildLog(read(question, reply(tool), question, reply(tool)))
  expect(chooseCut(messages, { retainMessages: 2, retainTokens: 0 })).toEqual({
    kind: 'cut',
    mark: 2,
  })
  const { output: _, ...open } = { ...tool, state: 'input-available' }
  const waiting = buildLog(read(question, reply(open), question)).messages
  expect(chooseCut(waiting, { retainMessages: 1, retainTokens: 0 })).toEqual({
    kind: 'cut',
    mark: 1,
  })
})

test.each<readonly [Wire, string]>([
  [{ id: 'x', role: 'tool', parts: [] }, 'role must be system, user or assistant'],
  [{ id: 'x', role: 'user', content: 'hi' }, 'parts must be an array'],
  [{ id: 'x', role: 'user', parts: ['hi'] }, 'parts[0] must be an object'],
  [{ id: 'x', role: 'user', parts: [tool] }, 'tool part outside of role assistant'],
  [reply({ ...tool, toolCallId: '' }), 'toolCallId must not be empty'],
  [reply({ text: 'x' }), 'parts[0].type must be a string'],
])('[ADP6, AUI1] refuses %j', (message, text) => {
  expect(() => read(message)).toThrow(text)
})

test('[AUI3] stubs replace payloads and nothing else', () => {
  const more = { title: 'Run', callProviderMetadata: { a: { b: 1 } } }
  const failed = { ...tool, toolCallId: 'c2', state: 'output-error', errorText: 'broke', ...more }
  const { output: _, ...broken } = failed
  const source = { type: 'source-url', sourceId: 's', url: 'https://example.com' }
  const drafts = read(reply({ type: 'text', text: 'so' }, source, { ...tool, ...more }, broken))
  expect(toAiSdkUi(contextOf(drafts, { treat: () => 'stubbed' }))).toEqual([
    reply(
      { type: 'text', text: stubText('so') },
      source,
      {
        ...tool,
        ...more,
        input: { input: stubText('{"a":1}') },
        output: stubText('{"lines":["a"]}'),
      },
      { ...broken, input: { input: stubText('{"a":1}') }, errorText: stubText('broke') },
    ),
  ])
})

test('[AUI5] the digest stands behind the system messages at the beginning, with an id of its generation', () => {
  const rules = { id: 's1', role: 'system', parts: [{ type: 'text', text: 'be brief' }] }
  const drafts = read(rules, question, reply(tool), { ...question, id: 'u2' })
  const treat = (i: number): 'pinned' | 'message' => (i < 2 ? 'pinned' : 'message')
  expect(toAiSdkUi(contextOf(drafts, { digestAt: 2, digest: 'D', treat }))).toEqual([
    rules,
    { id: 'backfold-digest-1', role: 'system', parts: [{ type: 'text', text: 'D' }] },
    question,
    reply(tool),
    { ...question, id: 'u2' },
  ])
})

test('[AUI6] a folded context that does not begin with the user gets a short message of the user', () => {
  const messages = toAiSdkUi(contextOf(read(reply(tool)), { digestAt: 0, digest: 'D' }))
  expect(messages.map(({ id, role }) => [id, role])).toEqual([
    ['backfold-digest-1', 'system'],
    ['backfold-begin-1', 'user'],
    ['a1', 'assistant'],
  ])
})

test('[AUI7] a call that something follows unanswered gets an error that says so', () => {
  const { output: _, ...open } = tool
  const states: readonly (readonly [Wire, Wire])[] = [
    [{ state: 'input-available' }, { state: 'output-error', errorText: '[no result recorded]' }],
    [
      { state: 'approval-requested', approval: { id: 'p1' } },
      { state: 'output-error', errorText: '[no result recorded]' },
    ],
    [
      { state: 'approval-responded', approval: { id: 'p1', approved: true } },
      {
        state: 'output-error',
        errorText: '[no result recorded]',
        approval: { id: 'p1', approved: true },
      },
    ],
    [
      { state: 'approval-responded', approval: { id: 'p1', approved: false, reason: 'no' } },
      { state: 'output-denied', approval: { id: 'p1', approved: false, reason: 'no' } },
    ],
  ]
  for (const [state, closed] of states) {
    const waiting = reply({ ...open, ...state })
    expect(toAiSdkUi(contextOf(read(question, waiting)))).toEqual([question, waiting])
    expect(toAiSdkUi(contextOf(read(waiting, question)))).toEqual([
      reply({ type: tool.type, toolCallId: 'c1', input: tool.input, ...closed }),
      question,
    ])
  }
})

test('[AUI8] results of other formats become part of their call', () => {
  const drafts = toDrafts([
    { role: 'user', content: 'go' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'run', arguments: '{"a":1}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'done' },
    { role: 'tool', tool_call_id: 'c7', content: 'lost' },
  ])
  const part = { type: 'dynamic-tool', state: 'output-available' }
  expect(toAiSdkUi(contextOf(drafts))).toEqual([
    { id: 'backfold-m1', role: 'user', parts: [{ type: 'text', text: 'go' }] },
    {
      id: 'backfold-m2',
      role: 'assistant',
      parts: [{ ...part, toolName: 'run', toolCallId: 'c1', input: { a: 1 }, output: 'done' }],
    },
    {
      id: 'backfold-m4-result',
      role: 'assistant',
      parts: [
        { ...part, toolName: 'call_not_recorded', toolCallId: 'c7', input: {}, output: 'lost' },
      ],
    },
  ])
})

test('[AUI8] approvals of other formats become part of their call', () => {
  const call = { type: 'tool-call', toolCallId: 'c1', toolName: 'run', input: { a: 1 } }
  const request = { type: 'tool-approval-request', approvalId: 'p1', toolCallId: 'c1' }
  const response = { type: 'tool-approval-response', approvalId: 'p1', approved: true }
  const output = { type: 'text', value: 'done' }
  const result = { type: 'tool-result', toolCallId: 'c1', toolName: 'run', output }
  const drafts = toDrafts(
    [
      { role: 'assistant', content: [call, request] },
      { role: 'tool', content: [response, result] },
    ],
    'ai-sdk',
  )
  expect(toAiSdkUi(contextOf(drafts))).toEqual([
    {
      id: 'backfold-m1',
      role: 'assistant',
      parts: [
        {
          type: 'dynamic-tool',
          toolName: 'run',
          toolCallId: 'c1',
          input: { a: 1 },
          state: 'output-available',
          output: 'done',
          approval: { id: 'p1', approved: true },
        },
      ],
    },
  ])
})

test('[AUI8] what was said after a result stays behind it', () => {
  const drafts = toDrafts([
    {
      role: 'assistant',
      parts: [
        { type: 'tool-call', callId: 'c1', name: 'run', input: '{}' },
        { type: 'tool-result', callId: 'c1', output: 'done' },
        { type: 'text', text: 'so' },
      ],
    },
  ])
  const types = toAiSdkUi(contextOf(drafts)).map(({ parts }) =>
    (parts as readonly Wire[]).map(({ type }) => type),
  )
  expect(types).toEqual([['dynamic-tool', 'step-start', 'text']])
})

test('[ADP13, AUI1] calls and results of UI messages are in chat completions, too', () => {
  expect(toOpenAi(contextOf(read(question, reply(tool))))).toEqual([
    { role: 'user', content: 'go' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'run', arguments: '{"a":1}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: '{"lines":["a"]}' },
  ])
})
