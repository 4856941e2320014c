import {
  isJsonObject,
  stringOf,
  textOrNone,
  type JsonObject,
} from '../../../src/adapters/copy-json.ts'
import { parseJsonObject, readEvents } from '../../../src/adapters/requests/read-events.ts'
import { applyDelta, usualOp, type Growing } from '../responses/apply-delta.ts'
import { idOf } from '../responses/reading.ts'

/** What a stream of an answer says. */
export interface StreamedConversation {
  readonly conversation: string | undefined
  readonly title: string | undefined
  readonly isTemporary: boolean
  /** Newest state of each message, in the order in which they came. */
  readonly messages: readonly JsonObject[]
}

/**
 * Reads a stream of an answer: messages that grow by deltas (encoding v1, since 2025), or that each event holds whole
 * (before that). Total; linear.
 */
export function messagesOfStream(text: string): StreamedConversation {
  const growing = new Map<number, Growing>()
  const whole = new Map<string, JsonObject>()
  let channel = 0
  let path = ''
  let op = 'add'
  let conversation: string | undefined
  let title: string | undefined
  let isTemporary = false
  const hold = (value: unknown): void => {
    const message = isJsonObject(value) ? value['message'] : undefined
    const isTheirs = isJsonObject(message) && isJsonObject(message['author'])
    const id = isTheirs ? idOf(message['id']) : undefined
    if (id !== undefined) whole.set(id, message as JsonObject)
  }
  for (const { data } of readEvents(text)) {
    const event = data.startsWith('{') ? parseJsonObject(data) : undefined
    if (event === undefined) continue
    conversation ??= idOf(event['conversation_id'])
    if (event['is_temporary_chat'] === true) isTemporary = true
    if (event['type'] === 'title_generation') title = textOrNone(event['title'])
    if (event['type'] === 'input_message') hold({ message: event['input_message'] })
    else if ('v' in event) {
      if (typeof event['c'] === 'number') channel = event['c']
      if (typeof event['p'] === 'string') path = event['p']
      op = stringOf(event['o']) || (typeof event['p'] === 'string' ? usualOp(path) : op)
      const value = event['v']
      // A message that begins names neither place nor op, or the root.
      const begins = isJsonObject(value) && isJsonObject(value['message'])
      if (begins) {
        growing.set(channel, { value })
        conversation ??= idOf(value['conversation_id'])
        hold(value)
        path = ''
        op = 'add'
      } else {
        const target = growing.get(channel)
        if (target) applyDelta(target, { path, op, value })
      }
    } else hold(event)
  }
  return { conversation, title, isTemporary, messages: [...whole.values()] }
}
