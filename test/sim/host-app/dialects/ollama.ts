import { findOllamaFaults } from '../../../support/legality-ollama.ts'
import { listIn, pieces, type DrawDialect, type Fields, type Said } from './dialect.ts'

export const ollama: DrawDialect = (random) => {
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
