import type { Message, Part } from '../../../core/session/message.ts'

/** What the chat writes behind an answer that is not whole, for the model that reads it again. */
const MARKS: Readonly<Record<string, 'stopped' | 'failed'>> = {
  '[The answer was stopped here.]': 'stopped',
  '[The answer broke off here.]': 'failed',
}

/** Why an answer is not whole; null where it is. */
export function cutMark(message: Pick<Message, 'role' | 'parts'>): 'stopped' | 'failed' | null {
  const last = message.parts.at(-1)
  if (message.role !== 'assistant' || last?.type !== 'text') return null
  return Object.hasOwn(MARKS, last.text) ? (MARKS[last.text] ?? null) : null
}

/** Whether a part only says that the answer is not whole: people are told in their own language. */
export function isCutMark(message: Pick<Message, 'role' | 'parts'>, part: Part): boolean {
  return part === message.parts.at(-1) && cutMark(message) !== null
}
