import { findAnthropicFaults } from '../../../support/legality.ts'
import { listIn, pieces, sse, type DrawDialect, type Fields, type Said } from './dialect.ts'

export const anthropic: DrawDialect = (random) => {
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
