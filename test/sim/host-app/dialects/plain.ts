import { findPlainFaults } from '../../../support/legality-plain.ts'
import { listIn, pieces, sse, type DrawDialect } from './dialect.ts'

export const plain: DrawDialect = () => ({
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
