import { DefaultChatTransport, readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aiSdkUiRequests } from '../../../../src/adapters/ai-sdk-ui/ai-sdk-ui-request.ts'
import type { JsonObject } from '../../../../src/adapters/copy-json.ts'
import type { ChatRequest } from '../../../../src/adapters/requests/request-format.ts'

type Wire = Readonly<Record<string, unknown>>

const question = { id: 'u1', role: 'user', parts: [{ type: 'text', text: 'go' }] }

function takeApart(body: JsonObject): ChatRequest | undefined {
  return aiSdkUiRequests.takeApart({ url: 'https://example.com/api/chat', headerNames: [], body })
}

function sse(chunks: readonly unknown[]): string {
  const events = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
  return [...events, 'data: [DONE]\n\n'].join('')
}

function answer(...chunks: readonly Wire[]): unknown {
  return aiSdkUiRequests.readAnswer(sse(chunks))?.message
}

/** The body of the request that `useChat` makes. */
async function sentBySdk(messages: readonly Wire[]): Promise<JsonObject> {
  let body = ''
  const transport = new DefaultChatTransport<UIMessage>({
    api: 'https://example.com/api/chat',
    body: { model: 'small', extra: [1] },
    fetch: (_, init) => {
      body = typeof init?.body === 'string' ? init.body : ''
      return Promise.resolve(new Response(sse([{ type: 'start' }, { type: 'finish' }])))
    },
  })
  await transport.sendMessages({
    chatId: 'chat-7',
    messages: messages as unknown as UIMessage[],
    trigger: 'submit-message',
    messageId: undefined,
    abortSignal: undefined,
  })
  return JSON.parse(body) as JsonObject
}

test('[AUI9] what useChat sends is taken apart, and written with other messages and otherwise as it was', async () => {
  const body = await sentBySdk([question])
  const request = takeApart(body)
  expect(request).toMatchObject({
    format: 'ai-sdk-ui',
    messages: [question],
    conversation: 'chat-7',
    model: 'small',
    isStream: true,
  })
  expect(request?.write({ messages: [question] })).toEqual(body)
  const written = request?.write({ messages: [] })
  expect(written).toEqual({ ...body, messages: [] })
  expect(Object.keys(written ?? {})).toEqual(Object.keys(body))
})

test.each<readonly [string, JsonObject]>([
  ['no messages', { id: 'c' }],
  ['an empty history', { id: 'c', messages: [] }],
  ['the newest message only, as the server holds the rest', { id: 'c', message: question }],
  ['chat completions', { messages: [{ role: 'user', content: 'hi' }] }],
  ['a message without an id', { messages: [{ role: 'user', parts: [] }] }],
  [
    'contents of another protocol',
    { messages: [{ id: 'x', role: 'model', parts: [{ text: 'a' }] }] },
  ],
  ['one message that is none', { messages: [question, null] }],
])('[AUI10] leaves %s alone', (_, body) => {
  expect(takeApart(body)).toBeUndefined()
})

test('[AUI11] a stream is the message that it makes', () => {
  expect(
    answer(
      { type: 'start', messageId: 'a1', messageMetadata: { model: 'small', a: { b: 1 } } },
      { type: 'start-step' },
      { type: 'reasoning-start', id: 'r' },
      { type: 'reasoning-delta', id: 'r', delta: 'hm' },
      { type: 'reasoning-end', id: 'r', providerMetadata: { a: { signature: 's' } } },
      { type: 'tool-input-start', toolCallId: 'c1', toolName: 'run' },
      { type: 'tool-input-delta', toolCallId: 'c1', inputTextDelta: '{"a":1}' },
      { type: 'tool-input-available', toolCallId: 'c1', toolName: 'run', input: { a: 1 } },
      { type: 'tool-output-available', toolCallId: 'c1', output: 'done' },
      { type: 'finish-step' },
      { type: 'start-step' },
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', delta: 'so ' },
      { type: 'text-delta', id: 't', delta: 'it is' },
      { type: 'text-end', id: 't' },
      { type: 'data-note', data: 1, transient: true },
      { type: 'finish-step' },
      { type: 'finish', messageMetadata: { a: { c: 2 } } },
    ),
  ).toEqual({
    id: 'a1',
    metadata: { model: 'small', a: { b: 1, c: 2 } },
    role: 'assistant',
    parts: [
      { type: 'step-start' },
      {
        type: 'reasoning',
        id: 'r',
        text: 'hm',
        state: 'done',
        providerMetadata: { a: { signature: 's' } },
      },
      {
        type: 'tool-run',
        toolCallId: 'c1',
        state: 'output-available',
        input: { a: 1 },
        output: 'done',
      },
      { type: 'step-start' },
      { type: 'text', text: 'so it is', state: 'done' },
    ],
  })
})

test.each<readonly [string, string]>([
  ['nothing', ''],
  ['JSON', '{"error":"no"}'],
  ['a page', '<!doctype html><p>no</p>'],
  ['an error', sse([{ type: 'start' }, { type: 'error', errorText: 'no' }, { type: 'finish' }])],
  ['a stop', sse([{ type: 'start' }, { type: 'abort' }])],
  ['an early end', sse([{ type: 'start' }, { type: 'text-start', id: 't' }])],
  [
    'a call that was never made',
    sse([
      { type: 'start' },
      { type: 'tool-output-available', toolCallId: 'c', output: 1 },
      { type: 'finish' },
    ]),
  ],
  [
    'half a call',
    sse([{ type: 'tool-input-start', toolCallId: 'c', toolName: 'x' }, { type: 'finish' }]),
  ],
  ['a delta of no text', sse([{ type: 'text-delta', id: 't', delta: 'x' }, { type: 'finish' }])],
  ['half a chunk', `data: {"type":"start"}\n\ndata: {"type":"fin`],
])('[AUI12] takes %s for no answer', (_, text) => {
  expect(aiSdkUiRequests.readAnswer(text)).toBeUndefined()
})

const json = fc.constantFrom<unknown>(null, 1, 'x', { a: [1] })
const meta = fc.constantFrom<Wire>({}, { providerMetadata: { a: { b: 1 } } })

const textChunks = fc
  .tuple(
    fc.constantFrom('text', 'reasoning'),
    fc.constantFrom('1', '2'),
    fc.array(fc.string()),
    meta,
  )
  .map(([kind, id, deltas, more]): readonly Wire[] => [
    { type: `${kind}-start`, id, ...more },
    ...deltas.map((delta) => ({ type: `${kind}-delta`, id, delta })),
    { type: `${kind}-end`, id },
  ])

const toolChunks = fc
  .record({
    toolCallId: fc.constantFrom('c1', 'c2', 'c3'),
    dynamic: fc.boolean(),
    input: json,
    output: json,
    more: meta,
    isStreamed: fc.boolean(),
    end: fc.constantFrom('open', 'done', 'twice', 'failed', 'asked', 'denied', 'unreadable'),
  })
  .map(({ toolCallId: id, dynamic, input, output, more, isStreamed, end }): readonly Wire[] => {
    const toolCallId = dynamic ? `dynamic-${id}` : id
    const call = { toolCallId, toolName: 'run', ...(dynamic ? { dynamic } : {}), ...more }
    const done = { type: 'tool-output-available', toolCallId, output, ...more }
    const asked = { type: 'tool-approval-request', approvalId: 'p1', toolCallId, signature: 's' }
    const ends: Readonly<Record<string, readonly Wire[]>> = {
      done: [done],
      twice: [{ ...done, preliminary: true }, done],
      failed: [{ type: 'tool-output-error', toolCallId, errorText: 'broke' }],
      asked: [asked],
      denied: [asked, { type: 'tool-output-denied', toolCallId }],
    }
    const start = isStreamed
      ? [
          { type: 'tool-input-start', ...call, title: 'Run' },
          { type: 'tool-input-delta', toolCallId, inputTextDelta: '{}' },
        ]
      : []
    const made =
      end === 'unreadable'
        ? { type: 'tool-input-error', ...call, input: '{"a', errorText: 'no JSON' }
        : { type: 'tool-input-available', ...call, input }
    return [...start, made, ...(ends[end] ?? [])]
  })

const otherChunks = fc.constantFrom<readonly Wire[]>(
  [{ type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,aaaa' }],
  [{ type: 'source-url', sourceId: 's', url: 'https://example.com' }],
  [{ type: 'source-document', sourceId: 's', mediaType: 'text/plain', title: 'a' }],
  [{ type: 'data-w', id: 'w', data: { at: 1 } }],
  [{ type: 'data-w', id: 'w', data: { at: 2 } }],
  [{ type: 'data-w', data: { at: 3 }, transient: true }],
  [{ type: 'message-metadata', messageMetadata: { a: { b: 1 } } }],
)

const streams = fc
  .array(fc.array(fc.oneof(textChunks, toolChunks, otherChunks), { maxLength: 4 }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((steps): readonly Wire[] => [
    { type: 'start', messageId: 'a1' },
    ...steps.flatMap((step) => [{ type: 'start-step' }, ...step.flat(), { type: 'finish-step' }]),
    // Metadata makes the SDK show its message once more when all is there.
    { type: 'finish', messageMetadata: { tokens: 3 } },
  ])

async function builtBySdk(chunks: readonly Wire[]): Promise<unknown> {
  let newest: unknown
  const stream = new ReadableStream<UIMessageChunk>({
    start: (controller) => {
      for (const chunk of structuredClone(chunks)) controller.enqueue(chunk as UIMessageChunk)
      controller.close()
    },
  })
  for await (const message of readUIMessageStream({ stream, terminateOnError: true })) {
    newest = message
  }
  return JSON.parse(JSON.stringify(newest))
}

test('[AUI11] a stream is the message that the SDK makes of it', async () => {
  await fc.assert(
    fc.asyncProperty(streams, async (chunks) => {
      expect(answer(...chunks)).toEqual(await builtBySdk(chunks))
    }),
    { numRuns: 300 },
  )
})

test('[AUI12] a long stream is read in linear time', () => {
  const deltas = Array.from({ length: 50_000 }, () => ({
    type: 'text-delta',
    id: 't',
    delta: 'ab',
  }))
  const chunks = [{ type: 'text-start', id: 't' }, ...deltas, { type: 'finish' }]
  expect(answer(...chunks)).toMatchObject({ parts: [{ text: 'ab'.repeat(50_000) }] })
})
