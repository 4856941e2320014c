import { isJsonObject, listOf, stringOf, type JsonObject } from '../copy-json.ts'
import { parseJson, parseJsonObject, readEvents } from '../requests/read-events.ts'
import type { ReadAnswer } from '../requests/request-format.ts'

/** Ends of an answer after which nothing is missing. */
const FINISHED: ReadonlySet<unknown> = new Set([
  'end_turn',
  'stop_sequence',
  'tool_use',
  'max_tokens',
])

/**
 * Reads an answer of the Messages API: a message, or the events of a stream.
 *
 * @see SPEC.md rules ANS1–ANS3
 */
export function readAnthropicAnswer(text: string): ReadAnswer | undefined {
  const whole = parseJsonObject(text)
  if (!whole) return readStream(text)
  return whole['type'] === 'message'
    ? finish(whole, listOf(whole['content']).filter(isJsonObject))
    : undefined
}

function readStream(text: string): ReadAnswer | undefined {
  let message: Record<string, unknown> | undefined
  const blocks: Record<string, unknown>[] = []
  const inputs = new Map<number, string>()
  for (const { data } of readEvents(text)) {
    const event = parseJsonObject(data)
    if (!event) continue
    const index = typeof event['index'] === 'number' ? event['index'] : -1
    switch (event['type']) {
      case 'error':
        return undefined
      case 'message_start':
        if (isJsonObject(event['message'])) message = { ...event['message'] }
        break
      case 'content_block_start':
        if (index === blocks.length && isJsonObject(event['content_block'])) {
          blocks.push({ ...event['content_block'] })
        }
        break
      case 'content_block_delta':
        addDelta(blocks[index], event['delta'], (json) =>
          inputs.set(index, `${inputs.get(index) ?? ''}${json}`),
        )
        break
      case 'message_delta':
        if (message && isJsonObject(event['delta'])) {
          const usage = { ...objectOf(message['usage']), ...objectOf(event['usage']) }
          message = { ...message, ...event['delta'], usage }
        }
        break
      default:
    }
  }
  for (const [index, json] of inputs) {
    const block = blocks[index]
    if (block && json.trim() !== '') block['input'] = parseJson(json)
  }
  return message && finish(message, blocks)
}

function addDelta(
  block: Record<string, unknown> | undefined,
  delta: unknown,
  addInput: (json: string) => void,
): void {
  if (!block || !isJsonObject(delta)) return
  switch (delta['type']) {
    case 'text_delta':
      block['text'] = `${stringOf(block['text'])}${stringOf(delta['text'])}`
      break
    case 'thinking_delta':
      block['thinking'] = `${stringOf(block['thinking'])}${stringOf(delta['thinking'])}`
      break
    case 'signature_delta':
      block['signature'] = `${stringOf(block['signature'])}${stringOf(delta['signature'])}`
      break
    case 'input_json_delta':
      addInput(stringOf(delta['partial_json']))
      break
    case 'citations_delta':
      block['citations'] = [...listOf(block['citations']), delta['citation']]
      break
    default:
  }
}

function finish(message: JsonObject, content: readonly JsonObject[]): ReadAnswer | undefined {
  const { role, stop_reason: reason, usage, model } = message
  if (role !== 'assistant' || !FINISHED.has(reason) || content.length === 0) return undefined
  const counts = objectOf(usage)
  const [fresh, cached, written] = [
    'input_tokens',
    'cache_read_input_tokens',
    'cache_creation_input_tokens',
  ].map((key) => (typeof counts[key] === 'number' ? counts[key] : 0))
  return {
    message: { role, content },
    ...(typeof counts['input_tokens'] === 'number'
      ? { inputTokens: (fresh ?? 0) + (cached ?? 0) + (written ?? 0), cachedTokens: cached ?? 0 }
      : {}),
    ...(typeof model === 'string' ? { model } : {}),
  }
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}
