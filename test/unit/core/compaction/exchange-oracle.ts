import { startsTurn, type Message, type Part } from '../../../../src/core/session/message.ts'

/** An exchange by the indices of its two sides; without an answer, `to` is undefined. */
interface Exchange {
  readonly from: number
  readonly to: number | undefined
}

/**
 * Pairs calls with results and requests with responses by searching backwards from every answer for
 * the nearest question of its id that has none. Slow, and on purpose without a line of the cut's code.
 */
function findExchanges(messages: readonly Message[]): readonly Exchange[] {
  const questions = messages.flatMap((message, at) =>
    message.parts.flatMap((part) => {
      const id = idOf(part, 'tool-call', 'approval-request')
      return id === undefined ? [] : [{ id, at }]
    }),
  )
  const answers = messages.flatMap((message, at) =>
    message.parts.flatMap((part) => {
      const id = idOf(part, 'tool-result', 'approval-response')
      return id === undefined ? [] : [{ id, at }]
    }),
  )
  const answeredBy = new Map<number, number>()
  for (const { id, at } of answers) {
    const found = questions.findLastIndex(
      (question, index) => question.id === id && question.at <= at && !answeredBy.has(index),
    )
    if (found !== -1) answeredBy.set(found, at)
  }
  return questions.map(({ at }, index) => ({ from: at, to: answeredBy.get(index) }))
}

/** Whether a cut before the message at this index separates nothing that belongs together. */
export function isLegalGap(messages: readonly Message[], gap: number, patience: number): boolean {
  return findExchanges(messages).every(({ from, to }) => {
    if (from >= gap) return true
    if (to !== undefined) return to < gap
    return messages.slice(from + 1).filter(startsTurn).length >= patience
  })
}

function idOf(part: Part, ...types: readonly Part['type'][]): string | undefined {
  if (!types.includes(part.type)) return undefined
  if ('approvalId' in part) return `approval ${part.approvalId}`
  return 'callId' in part ? `call ${part.callId}` : undefined
}
