/** What has arrived of a model's answer. */
export interface Completion {
  readonly text: string
  /** Thinking that some servers send beside the answer; shown, never put into the log. */
  readonly reasoning: string
  /** Tool calls as far as they have come; their input is JSON text that may be cut off. */
  readonly calls: readonly CompletionCall[]
  /** Input tokens as the provider counted them, once it has said so. */
  readonly inputTokens: number | null
  /** True once the server said that the answer is whole. */
  readonly finished: boolean
  /** Why the model stopped, in the server's word (`stop`, `length`, …). */
  readonly finishReason: string | null
  /** What the server reported as an error inside the stream. */
  readonly error: string | null
}

/** A tool call on its way. */
export interface CompletionCall {
  /** Empty where the protocol has none. */
  readonly id: string
  readonly name: string
  readonly input: string
}

export const EMPTY_COMPLETION: Completion = {
  text: '',
  reasoning: '',
  calls: [],
  inputTokens: null,
  finished: false,
  finishReason: null,
  error: null,
}

/**
 * Adds one `data` of a chat-completions stream to what has arrived.
 *
 * Total: a field that is missing or has another shape counts as absent, and data that is no JSON
 * counts as the server's error. A whole, unstreamed completion is understood too, because some
 * servers ignore `stream`.
 *
 * @see SPEC.md rules APP12–APP14
 */
export function addChunk(sofar: Completion, data: string): Completion {
  if (data.trim() === '[DONE]') return { ...sofar, finished: true }
  const chunk = parse(data)
  if (chunk === undefined) return { ...sofar, error: `not JSON: ${data.slice(0, 200)}` }
  const error = errorText(chunk)
  if (error !== null) return { ...sofar, error }
  const choice = record(list(chunk['choices'])[0])
  const piece = record(choice['delta'] ?? choice['message'])
  const finishReason = text(choice['finish_reason']) || sofar.finishReason
  const counted = record(chunk['usage'])['prompt_tokens']
  return {
    text: sofar.text + text(piece['content']),
    reasoning: sofar.reasoning + text(piece['reasoning_content'] ?? piece['reasoning']),
    calls: addCalls(sofar.calls, list(piece['tool_calls'])),
    inputTokens: typeof counted === 'number' && counted > 0 ? counted : sofar.inputTokens,
    finished: sofar.finished || finishReason !== null,
    finishReason,
    error: sofar.error,
  }
}

/** Most calls of one answer; an index beyond it is nonsense. */
const MAX_CALLS = 256

function addCalls(
  calls: readonly CompletionCall[],
  deltas: readonly unknown[],
): readonly CompletionCall[] {
  if (deltas.length === 0) return calls
  const grown = [...calls]
  for (const delta of deltas.map(record)) {
    const { index, id } = delta
    const made = record(delta['function'])
    const at = typeof index === 'number' && Number.isInteger(index) ? index : grown.length
    if (at < 0 || at > grown.length || at >= MAX_CALLS) continue
    const before = grown[at] ?? { id: '', name: '', input: '' }
    grown[at] = {
      id: before.id || text(id),
      name: before.name + text(made['name']),
      input: before.input + text(made['arguments']),
    }
  }
  return grown
}

/** The message of an error body: `{ error: { message } }`, `{ error: "…" }`, `{ message }`, `{ detail }`. */
export function errorText(body: Readonly<Record<string, unknown>>): string | null {
  const error = body['error']
  if (typeof error === 'string' && error !== '') return error
  const inner = record(error)
  const said = text(inner['message']) || text(inner['code']) || text(inner['type'])
  if (said !== '') return said
  if ('choices' in body) return null
  return text(body['message']) || text(body['detail']) || null
}

/** The fields of a JSON object in text form; undefined for anything else. */
export function parse(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? record(value) : undefined
  } catch {
    return undefined
  }
}

/** The fields of anything; none for what has none. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** The items of a list; none for anything else. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A text, or an empty one for anything else. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
