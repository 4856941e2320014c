import { streamed } from '../../../support/host-app.ts'
import { findOpenAiFaults } from '../../../support/legality.ts'
import { listIn, pieces, sse, type DrawDialect, type Fields, type Said } from './dialect.ts'

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

export const openAi: DrawDialect = (random) => {
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
