import { streamed } from '../../support/host-app.ts'
import { findAiSdkUiFaults } from '../../support/legality-ai-sdk-ui.ts'
import { findGeminiFaults } from '../../support/legality-gemini.ts'
import { findOllamaFaults } from '../../support/legality-ollama.ts'
import { findPlainFaults } from '../../support/legality-plain.ts'
import { findResponsesFaults } from '../../support/legality-responses.ts'
import { findAnthropicFaults, findOpenAiFaults } from '../../support/legality.ts'
import type { SeededRandom } from '../seeded-random.ts'

export type Fields = Readonly<Record<string, unknown>>

/** A call as a model makes it. */
export interface MadeCall {
  readonly id: string
  readonly name: string
  readonly input: Fields
}

/** What a model answers: words, calls or both. */
export interface Said {
  readonly id: string
  readonly thought: string
  readonly text: string
  readonly calls: readonly MadeCall[]
}

/** How an app that speaks one protocol writes its history, and how its server answers. */
export interface Dialect {
  readonly url: string
  readonly hasTools: boolean
  /** Calls get their results in the message that makes them, which then goes on. */
  readonly hasGrowingMessages?: boolean
  user(text: string): Fields
  /** The answer as it comes over the wire. */
  stream(said: Said, history: readonly Fields[]): string
  /** The history with the answer, as the app keeps it. */
  keep(said: Said, history: readonly Fields[]): readonly Fields[]
  /** The history with the results of the answer's calls. */
  results(said: Said, outputs: readonly string[], history: readonly Fields[]): readonly Fields[]
  body(history: readonly Fields[], system: string): Fields
  messagesOf(body: Fields): readonly Fields[]
  findFaults(body: Fields): readonly string[]
}

/** Habits of apps that speak the same protocol, drawn once for a run. */
export type DrawDialect = (random: SeededRandom) => Dialect

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

function sse(events: readonly Fields[], isNamed: boolean = false): string {
  return events
    .map(
      (event) =>
        `${isNamed ? `event: ${String(event['type'])}\n` : ''}data: ${JSON.stringify(event)}\n\n`,
    )
    .join('')
}

function pieces(text: string): readonly string[] {
  return text.match(/.{1,9}/gs) ?? []
}

const listIn = (body: Fields, field: string): readonly Fields[] => body[field] as readonly Fields[]

const openAi: DrawDialect = (random) => {
  const content = random.chance(0.5) ? null : ''
  const fields = random.chance(0.5) ? { refusal: null, annotations: [] } : {}
  const hasImages = random.chance(0.3)
  const callsOf = ({ calls }: Said): readonly Fields[] =>
    calls.map(({ id, name, input }) => ({
      id,
      type: 'function',
      function: { name, arguments: JSON.stringify(input, null, 1) },
    }))
  return {
    url: 'https://api.example/v1/chat/completions',
    hasTools: true,
    user: (text) => ({
      role: 'user',
      content: hasImages
        ? [
            { type: 'text', text },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
          ]
        : text,
    }),
    stream(said) {
      if (said.calls.length === 0) return streamed(said.text, { prompt_tokens: 0 })
      const chunk = (delta: Fields, reason: string | null = null): Fields => ({
        choices: [{ index: 0, delta, finish_reason: reason }],
      })
      const [first, ...rest] = pieces(said.text)
      return `${sse([
        chunk({ role: 'assistant', content: first ?? null }),
        ...rest.map((piece) => chunk({ content: piece })),
        ...callsOf(said).flatMap((call, index) => {
          const { name, arguments: text } = call['function'] as { name: string; arguments: string }
          return [
            chunk({ tool_calls: [{ index, ...call, function: { name, arguments: '' } }] }),
            ...pieces(text).map((piece) =>
              chunk({ tool_calls: [{ index, function: { arguments: piece } }] }),
            ),
          ]
        }),
        chunk({}, 'tool_calls'),
      ])}data: [DONE]\n\n`
    },
    keep: (said, history) => [
      ...history,
      {
        role: 'assistant',
        content: said.text === '' ? content : said.text,
        ...fields,
        ...(said.calls.length === 0 ? {} : { tool_calls: callsOf(said) }),
      },
    ],
    results: ({ calls }, outputs, history) => [
      ...history,
      ...calls.map(({ id }, i) => ({ role: 'tool', tool_call_id: id, content: outputs[i] })),
    ],
    body: (history, system) => ({
      model: 'm',
      stream: true,
      messages: [{ role: 'system', content: system }, ...history],
    }),
    messagesOf: (body) => listIn(body, 'messages'),
    findFaults: (body) => findOpenAiFaults(listIn(body, 'messages')),
  }
}

const anthropic: DrawDialect = (random) => {
  const keepsThoughts = random.chance(0.5)
  const thinks = random.chance(0.7)
  const keepsTexts = random.chance(0.5)
  const isStreamed = random.chance(0.7)
  const contentOf = ({ thought, text, calls }: Said): readonly Fields[] => [
    ...(thinks ? [{ type: 'thinking', thinking: thought, signature: `s${thought}` }] : []),
    ...(text === '' ? [] : [{ type: 'text', text }]),
    ...calls.map(({ id, name, input }) => ({ type: 'tool_use', id, name, input })),
  ]
  return {
    url: 'https://api.example/v1/messages',
    hasTools: true,
    user: (text) => ({
      role: 'user',
      content: keepsTexts ? text : [{ type: 'text', text }],
    }),
    stream(said) {
      const reason = said.calls.length > 0 ? 'tool_use' : 'end_turn'
      const message = { id: said.id, type: 'message', role: 'assistant', model: 'm' }
      const content = contentOf(said)
      const usage = { input_tokens: 0, output_tokens: 5 }
      if (!isStreamed) return JSON.stringify({ ...message, content, stop_reason: reason, usage })
      return sse(
        [
          { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage } },
          { type: 'ping' },
          ...content.flatMap((block, index) => blockEvents(block, index)),
          { type: 'message_delta', delta: { stop_reason: reason }, usage: { output_tokens: 9 } },
          { type: 'message_stop' },
        ],
        true,
      )
    },
    keep: (said, history) => [
      ...history,
      {
        role: 'assistant',
        content:
          keepsTexts && said.calls.length === 0 && !(thinks && keepsThoughts)
            ? said.text
            : contentOf(said).filter(({ type }) => type !== 'thinking' || keepsThoughts),
      },
    ],
    results: ({ calls }, outputs, history) => [
      ...history,
      {
        role: 'user',
        content: calls.map(({ id }, i) => ({
          type: 'tool_result',
          tool_use_id: id,
          content: keepsTexts ? outputs[i] : [{ type: 'text', text: outputs[i] }],
        })),
      },
    ],
    body: (history, system) => ({
      model: 'm',
      max_tokens: 4_000,
      stream: isStreamed,
      system,
      messages: history,
    }),
    messagesOf: (body) => listIn(body, 'messages'),
    findFaults: (body) =>
      findAnthropicFaults({
        system: String(body['system']),
        messages: listIn(body, 'messages'),
      }),
  }
}

function blockEvents(block: Fields, index: number): readonly Fields[] {
  const delta = (fields: Fields): Fields => ({ type: 'content_block_delta', index, delta: fields })
  const [start, deltas]: [Fields, readonly Fields[]] =
    block['type'] === 'thinking'
      ? [
          { type: 'thinking', thinking: '', signature: '' },
          [
            ...pieces(String(block['thinking'])).map((thinking) =>
              delta({ type: 'thinking_delta', thinking }),
            ),
            delta({ type: 'signature_delta', signature: block['signature'] }),
          ],
        ]
      : block['type'] === 'text'
        ? [
            { type: 'text', text: '' },
            pieces(String(block['text'])).map((text) => delta({ type: 'text_delta', text })),
          ]
        : [
            { ...block, input: {} },
            pieces(JSON.stringify(block['input'])).map((json) =>
              delta({ type: 'input_json_delta', partial_json: json }),
            ),
          ]
  return [
    { type: 'content_block_start', index, content_block: start },
    ...deltas,
    { type: 'content_block_stop', index },
  ]
}

const gemini: DrawDialect = (random) => {
  const hasIds = random.chance(0.5)
  const keepsChunks = random.chance(0.5)
  const thinks = random.chance(0.5)
  const chunksOf = ({ thought, text, calls }: Said): readonly Fields[] => [
    ...(thinks ? [{ text: thought, thought: true }] : []),
    ...pieces(text).map((piece) => ({ text: piece })),
    ...calls.map(({ id, name, input }, i) => ({
      functionCall: { ...(hasIds ? { id } : {}), name, args: input },
      ...(thinks && i === 0 ? { thoughtSignature: 'abc=' } : {}),
    })),
  ]
  return {
    url: 'https://api.example/v1beta/models/m:streamGenerateContent?alt=sse',
    hasTools: true,
    user: (text) => ({ role: 'user', parts: [{ text }] }),
    stream(said) {
      const chunks = chunksOf(said)
      return sse(
        chunks.map((part, i) => ({
          candidates: [
            {
              content: { role: 'model', parts: [part] },
              ...(i === chunks.length - 1 ? { finishReason: 'STOP' } : {}),
            },
          ],
          usageMetadata: { promptTokenCount: 0 },
        })),
      )
    },
    keep: (said, history) => [
      ...history,
      ...(keepsChunks
        ? chunksOf(said).map((part) => ({ role: 'model', parts: [part] }))
        : [
            {
              role: 'model',
              parts: [
                ...(said.text === '' ? [] : [{ text: said.text }]),
                ...chunksOf(said).filter((part) => 'functionCall' in part),
              ],
            },
          ]),
    ],
    results: ({ calls }, outputs, history) => [
      ...history,
      {
        role: 'user',
        parts: calls.map(({ id, name }, i) => ({
          functionResponse: { ...(hasIds ? { id } : {}), name, response: { output: outputs[i] } },
        })),
      },
    ],
    body: (history, system) => ({
      systemInstruction: { parts: [{ text: system }] },
      contents: history,
    }),
    messagesOf: (body) => listIn(body, 'contents'),
    findFaults: (body) => findGeminiFaults(listIn(body, 'contents')),
  }
}

const ollama: DrawDialect = (random) => {
  const thinks = random.chance(0.5)
  const keepsThoughts = random.chance(0.5)
  const named = random.chance(0.5)
  const callsOf = ({ calls }: Said): Fields =>
    calls.length === 0
      ? {}
      : {
          tool_calls: calls.map(({ name, input }) => ({ function: { name, arguments: input } })),
        }
  return {
    url: 'http://localhost:11434/api/chat',
    hasTools: true,
    user: (text) => ({ role: 'user', content: text }),
    stream(said) {
      const line = (message: Fields, rest: Fields = { done: false }): string =>
        `${JSON.stringify({ model: 'm', message: { role: 'assistant', ...message }, ...rest })}\n`
      return [
        ...(thinks ? [line({ content: '', thinking: said.thought })] : []),
        ...pieces(said.text).map((content) => line({ content })),
        ...(said.calls.length === 0 ? [] : [line({ content: '', ...callsOf(said) })]),
        line({ content: '' }, { done: true, done_reason: 'stop', prompt_eval_count: 0 }),
      ].join('')
    },
    keep: (said, history) => [
      ...history,
      {
        role: 'assistant',
        content: said.text,
        ...(thinks && keepsThoughts ? { thinking: said.thought } : {}),
        ...callsOf(said),
      },
    ],
    results: ({ calls }, outputs, history) => [
      ...history,
      ...calls.map(({ name }, i) => ({
        role: 'tool',
        ...(named ? { tool_name: name } : {}),
        content: outputs[i],
      })),
    ],
    body: (history, system) => ({
      model: 'm',
      messages: [{ role: 'system', content: system }, ...history],
    }),
    messagesOf: (body) => listIn(body, 'messages'),
    findFaults: (body) => findOllamaFaults(listIn(body, 'messages')),
  }
}

const responses: DrawDialect = (random) => {
  const keepsIds = random.chance(0.5)
  const isEasy = random.chance(0.3)
  const keepsReasoning = !isEasy && random.chance(0.5)
  const itemsOf = ({ id, thought, text, calls }: Said): readonly Fields[] => [
    {
      type: 'reasoning',
      id: `rs_${id}`,
      summary: [{ type: 'summary_text', text: thought }],
      encrypted_content: 'abc',
    },
    ...(text === ''
      ? []
      : [
          {
            type: 'message',
            id: `msg_${id}`,
            status: 'completed',
            role: 'assistant',
            content: [{ type: 'output_text', text, annotations: [] }],
          },
        ]),
    ...calls.map(({ id: call, name, input }) => ({
      type: 'function_call',
      id: `fc_${call}`,
      call_id: call,
      name,
      arguments: JSON.stringify(input),
      status: 'completed',
    })),
  ]
  return {
    url: 'https://api.example/v1/responses',
    hasTools: true,
    user: (text) => ({
      role: 'user',
      content: isEasy ? text : [{ type: 'input_text', text }],
    }),
    stream(said) {
      const output = itemsOf(said)
      const response = { id: said.id, object: 'response', status: 'completed', model: 'm', output }
      return sse(
        [
          {
            type: 'response.created',
            response: { ...response, status: 'in_progress', output: [] },
          },
          ...output.map((item, i) => ({
            type: 'response.output_item.done',
            output_index: i,
            item,
          })),
          { type: 'response.completed', response },
        ],
        true,
      )
    },
    keep: (said, history) => [
      ...history,
      ...itemsOf(said)
        .filter(({ type }) => type !== 'reasoning' || keepsReasoning)
        .map(({ id, ...item }) => {
          if (isEasy && item['type'] === 'message') return { role: 'assistant', content: said.text }
          return keepsIds || item['type'] === 'reasoning' ? { id, ...item } : item
        }),
    ],
    results: ({ calls }, outputs, history) => [
      ...history,
      ...calls.map(({ id }, i) => ({
        type: 'function_call_output',
        call_id: id,
        output: outputs[i],
      })),
    ],
    body: (history, system) => ({
      model: 'm',
      stream: true,
      store: false,
      instructions: system,
      input: history,
    }),
    messagesOf: (body) => listIn(body, 'input'),
    findFaults: (body) => findResponsesFaults(listIn(body, 'input')),
  }
}

/** `useChat`, whose tools run on the page: answers to their results go on with the message before. */
const aiSdkUi: DrawDialect = (random) => {
  const sendsReasoning = random.chance(0.6)
  const partsOf = ({ thought, text, calls }: Said): readonly Fields[] => [
    { type: 'step-start' },
    ...(sendsReasoning ? [{ type: 'reasoning', id: 'r', text: thought, state: 'done' }] : []),
    ...(text === '' ? [] : [{ type: 'text', text, state: 'done' }]),
    ...calls.map(({ id, name, input }) => ({
      type: `tool-${name}`,
      toolCallId: id,
      state: 'input-available',
      input,
    })),
  ]
  const open = (history: readonly Fields[]): Fields | undefined => {
    const last = history.at(-1)
    return last?.['role'] === 'assistant' ? last : undefined
  }
  return {
    url: 'https://app.example/api/chat',
    hasTools: true,
    hasGrowingMessages: true,
    user: (text) => ({
      id: `u${text.replaceAll('#', '').slice(0, 4)}`,
      role: 'user',
      parts: [{ type: 'text', text }],
    }),
    stream(said, history) {
      const { id, thought, text, calls } = said
      return `${sse([
        { type: 'start', messageId: open(history)?.['id'] ?? id },
        { type: 'start-step' },
        ...(sendsReasoning
          ? [
              { type: 'reasoning-start', id: 'r' },
              { type: 'reasoning-delta', id: 'r', delta: thought },
              { type: 'reasoning-end', id: 'r' },
            ]
          : []),
        ...(text === ''
          ? []
          : [
              { type: 'text-start', id: 't' },
              ...pieces(text).map((delta) => ({ type: 'text-delta', id: 't', delta })),
              { type: 'text-end', id: 't' },
            ]),
        ...calls.map(({ id: toolCallId, name: toolName, input }) => ({
          type: 'tool-input-available',
          toolCallId,
          toolName,
          input,
        })),
        { type: 'finish-step' },
        { type: 'finish' },
      ])}data: [DONE]\n\n`
    },
    keep(said, history) {
      const last = open(history)
      if (!last) return [...history, { id: said.id, role: 'assistant', parts: partsOf(said) }]
      return [
        ...history.slice(0, -1),
        { ...last, parts: [...listIn(last, 'parts'), ...partsOf(said)] },
      ]
    },
    results({ calls }, outputs, history) {
      const last = history.at(-1) ?? {}
      const answered = listIn(last, 'parts').map((part) => {
        const at = calls.findIndex(({ id }) => id === part['toolCallId'])
        return at < 0 ? part : { ...part, state: 'output-available', output: outputs[at] }
      })
      return [...history.slice(0, -1), { ...last, parts: answered }]
    },
    body: (history) => ({ id: 'chat', messages: history, trigger: 'submit-message' }),
    messagesOf: (body) => listIn(body, 'messages'),
    findFaults: (body) => findAiSdkUiFaults(listIn(body, 'messages')),
  }
}

const plain: DrawDialect = () => ({
  url: 'https://app.example/chat',
  hasTools: false,
  user: (text) => ({ role: 'user', text }),
  stream: ({ text }) => sse(pieces(text).map((piece) => ({ text: piece }))),
  keep: ({ text }, history) => [...history, { role: 'ai', text }],
  results: (_said, _outputs, history) => history,
  body: (history) => ({ messages: history }),
  messagesOf: (body) => listIn(body, 'messages'),
  findFaults: (body) => findPlainFaults(listIn(body, 'messages')),
})

export const DIALECTS: Readonly<Record<string, DrawDialect>> = {
  openai: openAi,
  anthropic,
  gemini,
  ollama,
  responses,
  'ai-sdk-ui': aiSdkUi,
  plain,
}
