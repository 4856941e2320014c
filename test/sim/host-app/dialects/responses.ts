import { findResponsesFaults } from '../../../support/legality-responses.ts'
import { listIn, sse, type DrawDialect, type Fields, type Said } from './dialect.ts'

export const responses: DrawDialect = (random) => {
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
