import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Completion } from '../../../../src/widget/chat/ask/completion-stream.ts'
import { EMPTY_COMPLETION } from '../../../../src/widget/chat/ask/completion-stream.ts'
import { createLineParser } from '../../../../src/widget/chat/ask/line-parser.ts'
import type { ChatProtocol } from '../../../../src/widget/chat/ask/protocols.ts'
import { PROTOCOL_NAMES, PROTOCOLS } from '../../../../src/widget/chat/ask/protocols.ts'
import { serverModel } from '../../../../src/widget/chat/ask/server-model.ts'
import type { ChatOutcome } from '../../../../src/widget/chat/ask/chat-model.ts'
import { answerDraft } from '../../../../src/widget/chat/core/answer-draft.ts'

/** The same answer as every protocol streams it: reasoning, a text in two pieces, a call, counted tokens. */
const EVENTS: Readonly<Record<ChatProtocol, readonly object[]>> = {
  openai: [
    { choices: [{ delta: { role: 'assistant', reasoning_content: 'hm' } }] },
    { choices: [{ delta: { content: 'Hello' } }] },
    { choices: [{ delta: { content: ' you' } }] },
    {
      choices: [
        {
          delta: {
            tool_calls: [{ index: 0, id: 'c1', function: { name: 'add', arguments: '{"a"' } }],
          },
        },
      ],
    },
    { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] } }] },
    { choices: [{ delta: {}, finish_reason: 'tool_calls' }] },
    { choices: [], usage: { prompt_tokens: 12 } },
  ],
  responses: [
    { type: 'response.created', response: { status: 'in_progress' } },
    { type: 'response.reasoning_summary_text.delta', delta: 'hm' },
    { type: 'response.output_text.delta', delta: 'Hello' },
    { type: 'response.output_text.delta', delta: ' you' },
    {
      type: 'response.output_item.added',
      item: { type: 'function_call', call_id: 'c1', name: 'add', arguments: '' },
    },
    { type: 'response.function_call_arguments.delta', delta: '{"a":1}' },
    {
      type: 'response.completed',
      response: {
        object: 'response',
        status: 'completed',
        usage: { input_tokens: 12 },
        output: [
          { type: 'reasoning', id: 'r1', summary: [{ type: 'summary_text', text: 'hm' }] },
          {
            type: 'message',
            role: 'assistant',
            content: [{ type: 'output_text', text: 'Hello you' }],
          },
          { type: 'function_call', call_id: 'c1', name: 'add', arguments: '{"a":1}' },
        ],
      },
    },
  ],
  anthropic: [
    {
      type: 'message_start',
      message: { role: 'assistant', usage: { input_tokens: 5, cache_read_input_tokens: 7 } },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
    { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Hello' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: ' you' } },
    {
      type: 'content_block_start',
      index: 2,
      content_block: { type: 'tool_use', id: 'c1', name: 'add', input: {} },
    },
    {
      type: 'content_block_delta',
      index: 2,
      delta: { type: 'input_json_delta', partial_json: '{"a":1}' },
    },
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 3 } },
    { type: 'message_stop' },
  ],
  gemini: [
    { candidates: [{ content: { parts: [{ text: 'hm', thought: true }] } }] },
    { candidates: [{ content: { parts: [{ text: 'Hello' }] } }] },
    { candidates: [{ content: { parts: [{ text: ' you' }] } }] },
    {
      candidates: [
        {
          content: { parts: [{ functionCall: { id: 'c1', name: 'add', args: { a: 1 } } }] },
          finishReason: 'STOP',
        },
      ],
      usageMetadata: { promptTokenCount: 12 },
    },
  ],
  ollama: [
    { message: { role: 'assistant', content: '', thinking: 'hm' } },
    { message: { role: 'assistant', content: 'Hello' } },
    { message: { role: 'assistant', content: ' you' } },
    {
      message: {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'c1', function: { name: 'add', arguments: { a: 1 } } }],
      },
    },
    {
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 12,
    },
  ],
}

const wireOf = (name: ChatProtocol): string =>
  PROTOCOLS[name].isLines
    ? EVENTS[name].map((event) => `${JSON.stringify(event)}\n`).join('')
    : EVENTS[name].map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')

function respondIn(text: string, size: number): Response {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) {
        controller.close()
        return
      }
      controller.enqueue(bytes.slice(at, at + size))
      at += size
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

interface Asked {
  readonly url: string
  readonly init: RequestInit
}

async function ask(
  protocol: ChatProtocol,
  response: () => Response,
): Promise<{
  readonly outcome: ChatOutcome
  readonly seen: readonly Completion[]
  readonly sent: Asked
}> {
  const seen: Completion[] = []
  let sent: Asked = { url: '', init: {} }
  const model = serverModel(
    { endpoint: '', protocol, model: 'small', apiKey: 'k', headers: {}, maxTokens: 100 },
    {
      fetchLike: async (url, init) => {
        sent = { url, init }
        return response()
      },
      isOnline: () => true,
      page: 'https://host.example/',
    },
  )
  if ('problem' in model) throw new Error(model.problem)
  const outcome = await model.ask({
    messages: [{ role: 'user', content: 'hi' }],
    tools: [{ name: 't' }],
    signal: new AbortController().signal,
    onProgress: (completion) => void seen.push(completion),
  })
  return { outcome, seen, sent }
}

test.each(PROTOCOL_NAMES)(
  '[SEND3, SEND6] an answer of %s is known at every moment, and read to the letter at its end',
  async (name) => {
    const { outcome, seen } = await ask(name, () => respondIn(wireOf(name), 7))
    expect(outcome).toMatchObject({
      kind: 'finished',
      completion: {
        text: 'Hello you',
        reasoning: 'hm',
        calls: [{ name: 'add', input: '{"a":1}' }],
        inputTokens: 12,
        finished: true,
      },
      wire: { format: name },
    })
    expect(seen.some(({ text }) => text === 'Hello')).toBe(true)
    const draft = answerDraft(outcome, 'id')
    expect(draft).toMatchObject({ id: 'id', role: 'assistant', wire: { format: name } })
    expect(draft?.parts.map(({ type }) => type)).toContain('tool-call')
    expect(draft?.parts.map(({ type }) => type)).toContain('reasoning')
  },
)

test.each(PROTOCOL_NAMES)('[SEND4] where a stream of %s is cut changes nothing', async (name) => {
  const text = wireOf(name)
  const { outcome } = await ask(name, () => respondIn(text, text.length))
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 50 }), async (size) => {
      expect((await ask(name, () => respondIn(text, size))).outcome).toEqual(outcome)
    }),
    { numRuns: 15 },
  )
})

test('[SEND4] lines are cut anywhere, and one without end is refused', () => {
  const parser = createLineParser()
  expect(parser.push('{"a":1}\n\n{"b"')).toEqual([{ event: 'message', data: '{"a":1}' }])
  expect(parser.push(':2}')).toEqual([])
  expect(parser.end()).toEqual([{ event: 'message', data: '{"b":2}' }])
  expect(() => createLineParser().push('x'.repeat(4_000_001))).toThrow(RangeError)
})

test.each(PROTOCOL_NAMES)('[SEND5] nothing that a server of %s sends throws', (name) => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), fc.boolean(), (data, isLate) => {
      const before = isLate ? { ...EMPTY_COMPLETION, text: 'a' } : EMPTY_COMPLETION
      const after = PROTOCOLS[name].add(before, data)
      expect(typeof after.text).toBe('string')
    }),
  )
  const strange = [
    { type: 'content_block_delta', delta: 3 },
    { candidates: 1 },
    { message: [] },
    [null],
  ]
  for (const value of strange)
    expect(PROTOCOLS[name].add(EMPTY_COMPLETION, JSON.stringify(value)).text).toBe('')
})

test.each(PROTOCOL_NAMES)('[SEND1] a request of %s is what its vendor takes', async (name) => {
  const { sent } = await ask(name, () => respondIn(wireOf(name), 100))
  const url: Readonly<Record<ChatProtocol, string>> = {
    openai: 'https://api.openai.com/v1/chat/completions',
    responses: 'https://api.openai.com/v1/responses',
    anthropic: 'https://api.anthropic.com/v1/messages',
    gemini:
      'https://generativelanguage.googleapis.com/v1beta/models/small:streamGenerateContent?alt=sse',
    ollama: 'http://localhost:11434/api/chat',
  }
  const key: Readonly<Record<ChatProtocol, readonly [string, string]>> = {
    openai: ['authorization', 'Bearer k'],
    responses: ['authorization', 'Bearer k'],
    anthropic: ['x-api-key', 'k'],
    gemini: ['x-goog-api-key', 'k'],
    ollama: ['authorization', 'Bearer k'],
  }
  expect(sent.url).toBe(url[name])
  expect(new Headers(sent.init.headers).get(key[name][0])).toBe(key[name][1])
  expect(sent.init).toMatchObject({ method: 'POST', credentials: 'omit' })
  const body = JSON.parse(String(sent.init.body as string)) as Record<string, unknown>
  expect(
    body[name === 'gemini' ? 'contents' : name === 'responses' ? 'input' : 'messages'],
  ).toEqual([{ role: 'user', content: 'hi' }])
  expect(body['tools']).toEqual([{ name: 't' }])
  if (name === 'anthropic') expect(body['max_tokens']).toBe(100)
  if (name === 'responses') expect(body['store']).toBe(false)
})

test.each(PROTOCOL_NAMES)(
  '[SEND6] an answer of %s that is not whole is kept and marked',
  async (name) => {
    const text = wireOf(name)
    const cut = text.slice(0, Math.floor(text.length * 0.45))
    const { outcome } = await ask(name, () => respondIn(cut, 9))
    expect(outcome.kind).toBe('failed')
    const draft = answerDraft(outcome, 'id')
    expect(draft?.parts.at(-1)).toEqual({ type: 'text', text: '[The answer broke off here.]' })
    expect(draft?.parts.some(({ type }) => type === 'tool-call')).toBe(false)
  },
)

test('[SEND6] an answer that ended at its length is whole, though it can’t be read to the letter', async () => {
  const line = JSON.stringify({
    message: { role: 'assistant', content: 'and so' },
    done: true,
    done_reason: 'length',
  })
  const { outcome } = await ask('ollama', () => respondIn(`${line}\n`, 9))
  expect(outcome).toMatchObject({ kind: 'finished', wire: null })
  expect(answerDraft(outcome, 'id')).toEqual({
    id: 'id',
    role: 'assistant',
    parts: [{ type: 'text', text: 'and so' }],
  })
})
