import {
  isJsonObject,
  listOf,
  stringOf,
  textOrNone,
  type JsonObject,
} from '../../../src/adapters/copy-json.ts'
import { parseJsonObject, readEvents } from '../../../src/adapters/requests/read-events.ts'
import { applyDelta, usualOp } from '../responses/apply-delta.ts'
import { idOf } from '../responses/reading.ts'

/** An answer as its stream gives it. */
export interface DeepSeekAnswer {
  readonly id: string | undefined
  /** The message that it answers. */
  readonly parent: string | undefined
  readonly title: string | undefined
  /** In the form in which a conversation holds it. */
  readonly message: JsonObject
}

/**
 * Reads a stream of an answer: a message that grows by steps (since 2025-04), or choices with deltas before. Total;
 * linear. Undefined where no answer began.
 */
export function answerOfDeepSeek(text: string): DeepSeekAnswer | undefined {
  const root: { value: unknown } = { value: { response: {} } }
  let path = ''
  let op = 'set'
  let human: string | undefined
  let id: string | undefined
  let title: string | undefined
  let older = { content: '', thinking: '' }
  for (const { event, data } of readEvents(text)) {
    const step = data.startsWith('{') ? parseJsonObject(data) : undefined
    if (step === undefined) continue
    human ??= idOf(step['request_message_id'])
    id ??= idOf(step['response_message_id'])
    if (event === 'title') title = textOrNone(step['content'])
    if (Array.isArray(step['choices'])) {
      older = growOlder(older, step)
      id ??= idOf(step['message_id'])
      human ??= idOf(step['parent_id'])
    }
    if (!('v' in step)) continue
    if (typeof step['p'] === 'string') path = step['p']
    op = stringOf(step['o']) || (typeof step['p'] === 'string' ? usualOp(path) : op)
    const value = step['v']
    if (step['p'] === undefined && isJsonObject(value) && isJsonObject(value['response'])) {
      const known = isJsonObject(root.value) ? root.value['response'] : {}
      root.value = { response: { ...(isJsonObject(known) ? known : {}), ...value['response'] } }
      path = ''
    } else applyDelta(root, { path, op, value })
  }
  const grown = isJsonObject(root.value) ? root.value['response'] : undefined
  const response = isJsonObject(grown) ? grown : {}
  const message =
    older.content + older.thinking === ''
      ? response
      : { content: older.content, thinking_content: older.thinking }
  const named = idOf(response['message_id']) ?? id
  if (named === undefined) return undefined
  return { id: named, parent: idOf(response['parent_id']) ?? human, title, message }
}

function growOlder(
  older: { readonly content: string; readonly thinking: string },
  step: JsonObject,
): { content: string; thinking: string } {
  const [choice] = listOf(step['choices'])
  const delta = isJsonObject(choice) ? choice['delta'] : undefined
  if (!isJsonObject(delta)) return older
  const text = stringOf(delta['content'])
  return delta['type'] === 'thinking'
    ? { ...older, thinking: older.thinking + text }
    : { ...older, content: older.content + text }
}
