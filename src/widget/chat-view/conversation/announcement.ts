import type { Message } from '../../../core/session/message.ts'
import type { ChatItem, ChatState } from '../../chat/chat.ts'
import { cutMark } from './cut-mark.ts'
import type { ChatLabels } from '../labels/chat-labels.ts'

/** Longest text that is read out, in UTF-16 code units: of a longer answer the rest is a message away. */
const MAX_SAID = 2_000

export type Heard = Pick<ChatState, 'items' | 'answer' | 'failure'>

/**
 * What a screen reader is told of a change: that an answer begins, once; the whole answer, once; and what failed. Null
 * where nothing is to be told: never token by token.
 *
 * @see SPEC.md rule VIEW5
 */
export function announcement(before: Heard, after: Heard, labels: ChatLabels): string | null {
  if (after.failure !== null && after.failure !== before.failure) {
    return labels.failureWords(after.failure).join(' ').trim()
  }
  if (before.answer === null && after.answer !== null) return labels.answerBegins
  if (before.answer === null || after.answer !== null) return null
  const newest = newestAnswer(after.items)
  if (newest === undefined || newest === newestAnswer(before.items)) return labels.answerStopped
  if (cutMark(newest) === 'stopped') return labels.answerStopped
  return labels.answerFinished(clip(spokenText(newest)))
}

function newestAnswer(items: readonly ChatItem[]): Message | undefined {
  const item = items.findLast((one) => one.kind === 'message' && one.message.role === 'assistant')
  return item?.kind === 'message' ? item.message : undefined
}

/** The words of a message, without the signs of Markdown. */
export function spokenText(message: Pick<Message, 'parts'>): string {
  const texts = message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  return clip(texts.join('\n'), 2 * MAX_SAID)
    .replace(/!?\[([^\]\n]{0,300})\]\([^)\n]{0,2000}\)/g, '$1')
    .replace(/[*_~`#>|]+/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}

function clip(text: string, most: number = MAX_SAID): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`
}
