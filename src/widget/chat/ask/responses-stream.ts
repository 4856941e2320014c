import type { Completion } from './completion-stream.ts'
import { errorText, list, parse, record, text } from './completion-stream.ts'

/**
 * Adds one event of a Responses API stream, or a whole response, to what has arrived. Total.
 *
 * @see SPEC.md rules SEND3, SEND5
 */
export function addResponsesEvent(sofar: Completion, data: string): Completion {
  if (data.trim() === '[DONE]') return sofar
  const event = parse(data)
  if (event === undefined) return { ...sofar, error: `not JSON: ${data.slice(0, 200)}` }
  const delta = text(event['delta'])
  switch (event['type']) {
    case 'response.output_text.delta':
    case 'response.refusal.delta':
      return { ...sofar, text: sofar.text + delta }
    case 'response.reasoning_text.delta':
    case 'response.reasoning_summary_text.delta':
      return { ...sofar, reasoning: sofar.reasoning + delta }
    case 'response.output_item.added':
      return addCall(sofar, record(event['item']))
    case 'response.function_call_arguments.delta': {
      // Items come one after the other, so it is the newest call that grows.
      const newest = sofar.calls.at(-1)
      if (newest === undefined) return sofar
      const grown = { ...newest, input: newest.input + delta }
      return { ...sofar, calls: [...sofar.calls.slice(0, -1), grown] }
    }
    case 'response.completed':
    case 'response.incomplete':
      return finish(sofar, record(event['response']))
    case 'response.failed':
      return { ...sofar, error: errorText(record(event['response'])) ?? 'the answer failed' }
    case 'error':
      return { ...sofar, error: text(event['message']) || errorText(event) || 'the answer failed' }
    default:
      return event['object'] === 'response' ? addWhole(sofar, event) : readOther(sofar, event)
  }
}

function addCall(sofar: Completion, item: ReturnType<typeof record>): Completion {
  if (item['type'] !== 'function_call') return sofar
  const call = {
    id: text(item['call_id']),
    name: text(item['name']),
    input: text(item['arguments']),
  }
  return { ...sofar, calls: [...sofar.calls, call] }
}

function finish(sofar: Completion, response: ReturnType<typeof record>): Completion {
  const counted = record(response['usage'])['input_tokens']
  const reason = text(record(response['incomplete_details'])['reason']) || text(response['status'])
  return {
    ...sofar,
    inputTokens: typeof counted === 'number' && counted > 0 ? counted : sofar.inputTokens,
    finished: true,
    finishReason: reason || null,
  }
}

function addWhole(sofar: Completion, response: ReturnType<typeof record>): Completion {
  const error = response['status'] === 'failed' ? errorText(response) : null
  if (error !== null) return { ...sofar, error }
  const items = list(response['output']).map(record)
  const content = items.flatMap((item) => list(item['content']).map(record))
  const said = content.map((piece) => text(piece['text']) || text(piece['refusal'])).join('')
  return items.reduce<Completion>(addCall, finish({ ...sofar, text: sofar.text + said }, response))
}

/** A body that is no event may be an error of whatever stands in front of the server. */
function readOther(sofar: Completion, event: ReturnType<typeof record>): Completion {
  const error = 'type' in event ? null : errorText(event)
  return error === null ? sofar : { ...sofar, error }
}
