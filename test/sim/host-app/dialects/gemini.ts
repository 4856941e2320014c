import { findGeminiFaults } from '../../../support/legality-gemini.ts'
import { listIn, pieces, sse, type DrawDialect, type Fields, type Said } from './dialect.ts'

export const gemini: DrawDialect = (random) => {
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
