import { isJsonObject, listOf, stringOf, type JsonObject } from '../copy-json.ts'
import { parseJsonObject, readEvents } from '../requests/read-events.ts'
import type { ReadAnswer } from '../requests/request-format.ts'

/** Ends of an answer after which nothing is missing. */
const FINISHED: ReadonlySet<unknown> = new Set(['stop', 'tool_calls', 'function_call', 'length'])

/**
 * Reads a chat completion: the JSON of one, or the chunks of a stream.
 *
 * @see SPEC.md rules ANS1–ANS3
 */
export function readOpenAiAnswer(text: string): ReadAnswer | undefined {
  const whole = parseJsonObject(text)
  return whole ? readCompletion(whole) : readStream(text)
}

function readCompletion(completion: JsonObject): ReadAnswer | undefined {
  const { choices, usage, model } = completion
  if (!Array.isArray(choices) || choices.length !== 1) return undefined
  const choice: unknown = choices[0]
  if (!isJsonObject(choice) || !FINISHED.has(choice['finish_reason'])) return undefined
  const { message } = choice
  return isJsonObject(message) && message['role'] === 'assistant'
    ? { message, ...readUsage(usage), ...nameOf(model) }
    : undefined
}

function readStream(text: string): ReadAnswer | undefined {
  const message: Record<string, unknown> = { role: 'assistant', content: null }
  const calls: Record<string, unknown>[] = []
  let usage: unknown
  let model: unknown
  let isFinished = false
  for (const { data } of readEvents(text)) {
    const chunk = parseJsonObject(data)
    if (!chunk) continue
    if ('error' in chunk) return undefined
    usage = chunk['usage'] ?? usage
    model ??= chunk['model']
    for (const choice of listOf(chunk['choices']).filter(isJsonObject)) {
      if (choice['index'] !== undefined && choice['index'] !== 0) return undefined
      if (isJsonObject(choice['delta'])) addDelta(message, calls, choice['delta'])
      if (FINISHED.has(choice['finish_reason'])) isFinished = true
    }
  }
  if (!isFinished) return undefined
  const made = calls.filter((call) => call !== undefined)
  return {
    message: made.length === 0 ? message : { ...message, tool_calls: made },
    ...readUsage(usage),
    ...nameOf(model),
  }
}

/** Texts grow; whatever else a chunk says is taken as it stands. */
function addDelta(
  message: Record<string, unknown>,
  calls: Record<string, unknown>[],
  delta: JsonObject,
): void {
  for (const [key, value] of Object.entries(delta)) {
    if (key === 'tool_calls') {
      for (const call of listOf(value).filter(isJsonObject)) addCall(calls, call)
    } else if (key === 'role' || value === null || value === undefined) {
      continue
    } else {
      message[key] = typeof value === 'string' ? `${stringOf(message[key])}${value}` : value
    }
  }
}

/** Most calls of one answer; an index beyond it is nonsense. */
const MAX_CALLS = 256

function addCall(calls: Record<string, unknown>[], delta: JsonObject): void {
  const { index, function: made, ...rest } = delta
  const at = typeof index === 'number' ? index : calls.length
  if (!Number.isInteger(at) || at < 0 || at >= MAX_CALLS) return
  const call = (calls[at] ??= {})
  for (const [key, value] of Object.entries(rest)) if (value !== null) call[key] ??= value
  if (!isJsonObject(made)) return
  const before = isJsonObject(call['function']) ? call['function'] : {}
  call['function'] = {
    ...before,
    name: `${stringOf(before['name'])}${stringOf(made['name'])}`,
    arguments: `${stringOf(before['arguments'])}${stringOf(made['arguments'])}`,
  }
}

function readUsage(usage: unknown): Pick<ReadAnswer, 'inputTokens' | 'cachedTokens'> {
  if (!isJsonObject(usage)) return {}
  const { prompt_tokens: input, prompt_tokens_details: details } = usage
  const cached = isJsonObject(details) ? details['cached_tokens'] : undefined
  return {
    ...(typeof input === 'number' ? { inputTokens: input } : {}),
    ...(typeof cached === 'number' ? { cachedTokens: cached } : {}),
  }
}

function nameOf(model: unknown): Pick<ReadAnswer, 'model'> {
  return typeof model === 'string' ? { model } : {}
}
