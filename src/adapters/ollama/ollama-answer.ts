import { isJsonObject, stringOf, type JsonObject } from '../copy-json.ts'
import { readJsonLines } from '../requests/read-events.ts'
import type { ReadAnswer } from '../requests/request-format.ts'

/**
 * Reads an answer of Ollama's chat: lines of JSON, of which a whole answer has one. Total.
 *
 * @see SPEC.md rule OLL10
 */
export function readOllamaAnswer(text: string): ReadAnswer | undefined {
  const lines = readJsonLines(text)
  const last = lines?.at(-1)
  if (lines === undefined || last?.['done'] !== true) return undefined
  // Older servers give no reason.
  if ((last['done_reason'] ?? 'stop') !== 'stop') return undefined
  const messages = lines.map(({ message }) => message).filter(isJsonObject)
  if (messages.length === 0 || messages.some(({ role }) => role !== 'assistant')) return undefined
  const { prompt_eval_count: inputTokens, model } = last
  return {
    message: joinMessages(messages),
    ...(typeof inputTokens === 'number' ? { inputTokens } : {}),
    ...(typeof model === 'string' ? { model } : {}),
  }
}

function joinMessages(messages: readonly JsonObject[]): JsonObject {
  const [only] = messages
  if (messages.length === 1 && only !== undefined) return only
  const thinking = messages.map(({ thinking: text }) => stringOf(text)).join('')
  const calls = messages.flatMap(({ tool_calls: made }): readonly unknown[] =>
    Array.isArray(made) ? made : [],
  )
  return {
    role: 'assistant',
    content: messages.map(({ content }) => stringOf(content)).join(''),
    ...(thinking === '' ? {} : { thinking }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
}
