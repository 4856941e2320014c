import { expect, test } from 'vitest'
import { toDrafts } from '../../../src/adapters/message-input.ts'
import { groupWire } from '../../../src/adapters/read-wire.ts'
import type { ParsedRequest } from '../../../src/adapters/requests/request-format.ts'
import { responsesRequests } from '../../../src/adapters/responses/responses-request.ts'
import { toResponses } from '../../../src/adapters/responses/responses.ts'
import { readToolCalls, writeToolResults, writeTools } from '../../../src/adapters/tool-formats.ts'
import { contextOf, stubText } from './context-of.ts'

type Item = Readonly<Record<string, unknown>>

const USER = { role: 'user', content: 'list the files' }
const REASONING = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' }
const CALL = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'ls', arguments: '{}' }
const OUTPUT = { type: 'function_call_output', call_id: 'call_1', output: 'a.ts\nb.ts' }
const ANSWER = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'two files', annotations: [] }],
}
const SHELL = {
  type: 'shell_call',
  call_id: 'sh_1',
  action: { commands: ['ls'] },
  status: 'completed',
}
const SHELL_OUTPUT = {
  type: 'shell_call_output',
  call_id: 'sh_1',
  output: [{ stdout: 'a.ts', stderr: '', outcome: { type: 'exit', exit_code: 0 } }],
}
const APPROVAL = {
  type: 'mcp_approval_request',
  id: 'mcpr_1',
  name: 'drop',
  arguments: '{}',
  server_label: 'db',
}
const APPROVED = { type: 'mcp_approval_response', approval_request_id: 'mcpr_1', approve: true }
const TURN = [USER, REASONING, CALL, OUTPUT, ANSWER]

function rolesOf(items: readonly Item[]): readonly string[] {
  return toDrafts(items, 'responses').map(({ role }) => role)
}

function written(items: readonly Item[], stubbed: readonly number[] = []): readonly unknown[] {
  const drafts = toDrafts(items, 'responses')
  const treat = (i: number): 'stubbed' | 'message' => (stubbed.includes(i) ? 'stubbed' : 'message')
  return toResponses(contextOf(drafts, { treat }))
}

function requestOf(body: Item, url = 'https://api.example.com/v1/responses'): ParsedRequest {
  return { url, headerNames: [], body }
}

test('[RSP1] what the assistant says, thinks and calls in a row is one message', () => {
  const second = { ...CALL, id: 'fc_2', call_id: 'call_2' }
  const outputs = [OUTPUT, { ...OUTPUT, call_id: 'call_2' }]
  const grouped = groupWire('responses', [USER, REASONING, CALL, second, ...outputs, ANSWER, USER])
  expect(grouped).toEqual([
    { items: [USER] },
    { items: [REASONING, CALL, second] },
    { items: outputs },
    { items: [ANSWER] },
    { items: [USER] },
  ])
  expect(groupWire('responses', grouped)).toEqual(grouped)
})

test('[RSP1] two messages of the user stay two', () => {
  expect(rolesOf([USER, USER, { ...USER, role: 'developer' }, OUTPUT, APPROVED, ANSWER])).toEqual([
    'user',
    'user',
    'system',
    'tool',
    'assistant',
  ])
})

test('[RSP2] items are read whole', () => {
  const content = [
    { type: 'input_text', text: 'see' },
    { type: 'input_image', image_url: 'data:image/png;base64,aaaa' },
    { type: 'input_file', file_id: 'file_1', filename: 'a.pdf' },
    { type: 'input_audio', input_audio: { data: 'aaaa', format: 'mp3' } },
    { type: 'input_hologram', beam: 1 },
  ]
  const thought = { ...REASONING, summary: [{ type: 'summary_text', text: 'hm' }] }
  const custom = { type: 'custom_tool_call', call_id: 'c2', name: 'sh', input: 'ls -la' }
  const items = [{ role: 'user', content }, thought, CALL, custom, SHELL, APPROVAL, APPROVED]
  expect(toDrafts(items, 'responses').map(({ parts }) => parts)).toEqual([
    [
      { type: 'text', text: 'see' },
      { type: 'image', url: 'data:image/png;base64,aaaa' },
      { type: 'file', url: 'file-id:file_1', name: 'a.pdf' },
      { type: 'file', url: 'data:audio/mp3;base64,aaaa', mediaType: 'audio/mp3' },
      { type: 'text', text: JSON.stringify(content[4]) },
    ],
    [
      { type: 'reasoning', text: 'hm' },
      { type: 'tool-call', callId: 'call_1', name: 'ls', input: '{}' },
      { type: 'tool-call', callId: 'c2', name: 'sh', input: 'ls -la' },
      { type: 'tool-call', callId: 'sh_1', name: 'shell', input: '{"action":{"commands":["ls"]}}' },
      { type: 'text', text: JSON.stringify(APPROVAL) },
      { type: 'approval-request', approvalId: 'mcpr_1', callId: 'mcpr_1' },
    ],
    [{ type: 'approval-response', approvalId: 'mcpr_1', approved: true }],
  ])
})

test('[RSP2] an item of a kind that nobody knows is carried, and is a text', () => {
  const item = { type: 'dream', id: 'dr_1', of: ['sheep'] }
  expect(toDrafts([USER, item, ANSWER], 'responses')[1]?.parts[0]).toEqual({
    type: 'text',
    text: JSON.stringify(item),
  })
  expect(written([USER, item, ANSWER])).toEqual([USER, item, ANSWER])
})

test('[RSP2] input of a wrong shape is refused by name', () => {
  const bad: readonly Item[] = [
    { role: 'nobody', content: 'a' },
    { role: 'user', content: 7 },
    { role: 'user', content: ['a'] },
    { items: [] },
    { items: ['a'] },
    { role: 'user', content: [{ type: 'input_text', text: 7 }] },
  ]
  for (const item of bad) expect(() => toDrafts([item], 'responses')).toThrow(/messages\[0\]/)
})

test('[RSP3] a stub replaces only the payload', () => {
  expect(written(TURN, [1, 2, 3])).toEqual([
    USER,
    REASONING,
    { ...CALL, arguments: JSON.stringify({ input: stubText('{}') }) },
    { ...OUTPUT, output: stubText('a.ts\nb.ts') },
    { ...ANSWER, content: [{ ...ANSWER.content[0], text: stubText('two files') }] },
  ])
})

test('[RSP3] a text that is pointed into loses what points', () => {
  const annotations = [{ type: 'url_citation', start_index: 0, end_index: 3 }]
  const cited = { ...ANSWER, content: [{ type: 'output_text', text: 'two', annotations }] }
  expect(written([USER, cited], [1])[1]).toEqual({
    ...ANSWER,
    content: [{ type: 'output_text', text: stubText('two'), annotations: [] }],
  })
})

test('[RSP3] a call whose fields hold no text becomes a function call, and its reasoning goes', () => {
  const input = '{"action":{"commands":["ls"]}}'
  const stub = JSON.stringify({ input: stubText(input) })
  expect(written([USER, REASONING, SHELL, SHELL_OUTPUT, ANSWER], [1])).toEqual([
    USER,
    { type: 'function_call', call_id: 'sh_1', name: 'shell', arguments: stub },
    {
      type: 'function_call_output',
      call_id: 'sh_1',
      output: JSON.stringify(SHELL_OUTPUT.output[0]),
    },
    ANSWER,
  ])
})

test('[RSP5] the digest is the developer’s, at its place', () => {
  const context = contextOf(toDrafts(TURN, 'responses'), { digestAt: 1, digest: 'so far' })
  expect(toResponses(context).slice(0, 3)).toEqual([
    USER,
    { role: 'developer', content: 'so far' },
    REASONING,
  ])
})

test('[RSP6] a call without a result gets one, a result without a call too', () => {
  const pending = [USER, CALL]
  expect(written(pending)).toEqual(pending)
  expect(written([...pending, USER])).toMatchObject([
    USER,
    CALL,
    { type: 'function_call_output', call_id: 'call_1', output: '[no result recorded]' },
    USER,
  ])
  expect(written([OUTPUT, ANSWER])).toMatchObject([
    { type: 'function_call', call_id: 'call_1', name: 'call_not_recorded' },
    OUTPUT,
    ANSWER,
  ])
})

test('[RSP6] ids that come again are changed, with those that name them', () => {
  expect(written([...TURN, ...TURN])).toMatchObject([
    ...TURN,
    USER,
    { ...CALL, id: 'fc_1_2', call_id: 'call_1_2' },
    { ...OUTPUT, call_id: 'call_1_2' },
    { ...ANSWER, id: 'msg_1_2' },
  ])
})

test('[RSP6] a request for approval that was passed over becomes a text', () => {
  expect(written([USER, APPROVAL, APPROVED, ANSWER])).toEqual([USER, APPROVAL, APPROVED, ANSWER])
  expect(written([USER, APPROVAL, USER, APPROVED])).toEqual([
    USER,
    { role: 'assistant', content: JSON.stringify(APPROVAL) },
    USER,
  ])
})

test('[RSP9] a request is taken apart and written anew', () => {
  const body = { model: 'm', instructions: 'be brief', input: TURN, stream: true, store: false }
  const request = responsesRequests.takeApart(requestOf({ ...body, max_output_tokens: 9 }))
  expect(request).toMatchObject({
    format: 'responses',
    system: 'be brief',
    model: 'm',
    isStream: true,
    maxAnswerTokens: 9,
  })
  expect(request?.messages).toHaveLength(4)
  expect(request?.write({ messages: [USER] })).toEqual({
    ...body,
    max_output_tokens: 9,
    input: [USER],
  })
  expect(request?.write({ messages: [USER], system: 'more' })).toMatchObject({
    instructions: 'be brief\n\nmore',
  })
})

test('[RSP9] an input of one text stays one where it is the same', () => {
  const request = responsesRequests.takeApart(requestOf({ model: 'm', input: 'hi' }))
  expect(request?.messages).toEqual([{ items: [{ role: 'user', content: 'hi' }] }])
  expect(request?.write({ messages: [{ role: 'user', content: 'hi' }] })['input']).toBe('hi')
  const embeddings = requestOf({ model: 'm', input: 'hi' }, 'https://api.example.com/v1/embeddings')
  expect(responsesRequests.takeApart(embeddings)).toBeUndefined()
})

test('[RSP10] a history that the server keeps is left to it', () => {
  const bodies: readonly Item[] = [
    { input: TURN, previous_response_id: 'resp_1' },
    { input: TURN, conversation: { id: 'conv_1' } },
    { input: [USER, { type: 'item_reference', id: 'msg_1' }] },
    { input: [USER, { id: 'msg_1' }] },
    { input: [] },
    { input: ['a', 'b'] },
    { messages: [USER], input: TURN },
    { input: TURN, instructions: ['a'] },
  ]
  for (const body of bodies) {
    expect(responsesRequests.takeApart(requestOf({ model: 'm', ...body }))).toBeUndefined()
  }
})

test('[RSP11] recall tools have the shape of the API', () => {
  const spec = { name: 'recall', description: 'd', fields: {}, required: [] }
  const [tool] = writeTools([spec] as never, 'responses')
  expect(tool).toMatchObject({ type: 'function', name: 'recall', strict: false })
  const found = readToolCalls({ items: [REASONING, CALL] })
  expect(found).toEqual({
    format: 'responses',
    calls: [{ id: 'call_1', name: 'ls', input: '{}' }],
  })
  expect(readToolCalls({ object: 'response', output: [CALL] })).toEqual(found)
  const [call] = found?.calls ?? []
  expect(call && writeToolResults('responses', [{ call, text: 'found', isError: false }])).toEqual([
    { type: 'function_call_output', call_id: 'call_1', output: 'found' },
  ])
  const body = responsesRequests.takeApart(requestOf({ input: TURN }))
  expect(body?.addTools?.({ tools: [{ type: 'web_search' }] }, [{ a: 1 }])).toEqual({
    tools: [{ type: 'web_search' }, { a: 1 }],
  })
})

const RESPONSE = {
  object: 'response',
  status: 'completed',
  model: 'm-1',
  output: [REASONING, CALL],
  usage: { input_tokens: 10, input_tokens_details: { cached_tokens: 4 } },
}

test('[RSP12] an answer is read from JSON and from its stream', () => {
  const answer = {
    message: { items: [REASONING, CALL] },
    inputTokens: 10,
    cachedTokens: 4,
    model: 'm-1',
  }
  expect(responsesRequests.readAnswer(JSON.stringify(RESPONSE, null, 2))).toEqual(answer)
  const stream = [
    { type: 'response.created', response: { status: 'in_progress' } },
    { type: 'response.output_item.done', output_index: 1, item: CALL },
    { type: 'response.output_item.done', output_index: 0, item: REASONING },
    { type: 'response.completed', response: { ...RESPONSE, output: [] } },
  ].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  expect(responsesRequests.readAnswer(stream.join(''))).toEqual(answer)
  expect(responsesRequests.readAnswer(stream.slice(0, 3).join(''))).toBeUndefined()
})

test('[RSP12] what is no finished message is no answer', () => {
  const texts = [
    '',
    'no json',
    '{"error":{"message":"overloaded"}}',
    JSON.stringify({ ...RESPONSE, status: 'incomplete' }),
    JSON.stringify({ ...RESPONSE, output: [] }),
    JSON.stringify({ ...RESPONSE, output: [CALL, OUTPUT, ANSWER] }),
  ]
  for (const text of texts) expect(responsesRequests.readAnswer(text)).toBeUndefined()
})
