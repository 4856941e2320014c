import type { Completion } from './completion-stream.ts'
import { errorText, list, parse, record, text } from './completion-stream.ts'

/**
 * Adds one line of Ollama's chat stream, or its whole answer, to what has arrived. Total.
 *
 * @see SPEC.md rules SEND3, SEND5
 */
export function addOllamaLine(sofar: Completion, data: string): Completion {
  const line = parse(data)
  if (line === undefined) return { ...sofar, error: `not JSON: ${data.slice(0, 200)}` }
  if ('error' in line) return { ...sofar, error: errorText(line) ?? 'the server reported an error' }
  const message = record(line['message'])
  const calls = list(message['tool_calls']).map((made) => {
    const { name, arguments: input } = record(record(made)['function'])
    return { id: text(record(made)['id']), name: text(name), input: JSON.stringify(input ?? {}) }
  })
  const counted = line['prompt_eval_count']
  return {
    text: sofar.text + text(message['content']),
    reasoning: sofar.reasoning + text(message['thinking']),
    calls: calls.length === 0 ? sofar.calls : [...sofar.calls, ...calls],
    inputTokens: typeof counted === 'number' && counted > 0 ? counted : sofar.inputTokens,
    finished: sofar.finished || line['done'] === true,
    finishReason: text(line['done_reason']) || sofar.finishReason,
    error: sofar.error,
  }
}
