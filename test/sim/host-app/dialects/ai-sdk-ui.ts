import { findAiSdkUiFaults } from '../../../support/legality-ai-sdk-ui.ts'
import { listIn, pieces, sse, type DrawDialect, type Fields, type Said } from './dialect.ts'

/** `useChat`, whose tools run on the page: answers to their results go on with the message before. */
export const aiSdkUi: DrawDialect = (random) => {
  const sendsReasoning = random.chance(0.6)
  const tellsIds = random.chance(0.5)
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
        { type: 'start', ...(tellsIds ? { messageId: open(history)?.['id'] ?? id } : {}) },
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
