import type { Message, Part } from '../../../core/session/message.ts'
import { CUT_MARKS } from '../../chat/ask/cut-marks.ts'

/** Why an answer is not whole; null where it is. */
export function cutMark(message: Pick<Message, 'role' | 'parts'>): 'stopped' | 'failed' | null {
  const last = message.parts.at(-1)
  if (message.role !== 'assistant' || last?.type !== 'text') return null
  if (last.text === CUT_MARKS.stopped) return 'stopped'
  return last.text === CUT_MARKS.failed ? 'failed' : null
}

/** Whether a part only says that the answer is not whole: people are told in their own language. */
export function isCutMark(message: Pick<Message, 'role' | 'parts'>, part: Part): boolean {
  return part === message.parts.at(-1) && cutMark(message) !== null
}
