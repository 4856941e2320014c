import { isJsonObject, type JsonObject } from '../copy-json.ts'
import type { ReadAnswer } from '../requests/request-format.ts'
import { parseJsonObject, readEvents } from '../requests/read-events.ts'
import { groupResponses } from './responses-message.ts'

/**
 * Reads an answer of the Responses API: a whole response, or its event stream. Total.
 *
 * @see SPEC.md rule RSP12
 */
export function readResponsesAnswer(text: string): ReadAnswer | undefined {
  return readResponse(parseJsonObject(text) ?? completedOf(text))
}

function readResponse(response: JsonObject | undefined): ReadAnswer | undefined {
  const output = response?.['output']
  if (response?.['status'] !== 'completed' || !Array.isArray(output)) return undefined
  const items = output.filter(isJsonObject)
  const [message, ...more] = groupResponses(items)
  if (items.length !== output.length || message === undefined || more.length > 0) return undefined
  const { model, usage } = response
  const details = isJsonObject(usage) ? usage['input_tokens_details'] : undefined
  const inputTokens = isJsonObject(usage) ? usage['input_tokens'] : undefined
  const cachedTokens = isJsonObject(details) ? details['cached_tokens'] : undefined
  return {
    message,
    ...(typeof inputTokens === 'number' ? { inputTokens } : {}),
    ...(typeof cachedTokens === 'number' ? { cachedTokens } : {}),
    ...(typeof model === 'string' ? { model } : {}),
  }
}

/** The response that the stream's last event holds; some servers leave its output to the events before. */
function completedOf(text: string): JsonObject | undefined {
  const done: [number, JsonObject][] = []
  for (const { data } of readEvents(text)) {
    const event = parseJsonObject(data)
    const { type, item, output_index: at, response } = event ?? {}
    if (type === 'response.output_item.done' && isJsonObject(item) && typeof at === 'number') {
      done.push([at, item])
    }
    if (type !== 'response.completed' || !isJsonObject(response)) continue
    const { output } = response
    if (Array.isArray(output) && output.length > 0) return response
    return { ...response, output: done.toSorted(([a], [b]) => a - b).map(([, item]) => item) }
  }
  return undefined
}
