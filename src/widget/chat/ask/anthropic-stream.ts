import type { Completion } from './completion-stream.ts'
import { errorText, list, parse, record, text } from './completion-stream.ts'

/**
 * Adds one event of a Messages API stream, or a whole message, to what has arrived. Total.
 *
 * @see SPEC.md rules SEND3, SEND5
 */
export function addAnthropicEvent(sofar: Completion, data: string): Completion {
  const event = parse(data)
  if (event === undefined) return { ...sofar, error: `not JSON: ${data.slice(0, 200)}` }
  switch (event['type']) {
    case 'error':
      return { ...sofar, error: errorText(event) ?? 'the server reported an error' }
    case 'message_start':
      return countInput(sofar, record(event['message'])['usage'])
    case 'content_block_start':
      return addBlock(sofar, record(event['content_block']), false)
    case 'content_block_delta':
      return addDelta(sofar, record(event['delta']))
    case 'message_delta': {
      const reason = text(record(event['delta'])['stop_reason'])
      return { ...countInput(sofar, event['usage']), finishReason: reason || sofar.finishReason }
    }
    case 'message_stop':
      return { ...sofar, finished: true }
    case 'message': {
      const whole = list(event['content']).reduce<Completion>(
        (grown, block) => addBlock(grown, record(block), true),
        countInput(sofar, event['usage']),
      )
      return { ...whole, finished: true, finishReason: text(event['stop_reason']) || null }
    }
    default:
      return sofar
  }
}

function addBlock(
  sofar: Completion,
  block: ReturnType<typeof record>,
  isWhole: boolean,
): Completion {
  switch (block['type']) {
    case 'text':
      return { ...sofar, text: sofar.text + text(block['text']) }
    case 'thinking':
      return { ...sofar, reasoning: sofar.reasoning + text(block['thinking']) }
    case 'tool_use': {
      const input = isWhole ? JSON.stringify(block['input'] ?? {}) : ''
      const call = { id: text(block['id']), name: text(block['name']), input }
      return { ...sofar, calls: [...sofar.calls, call] }
    }
    default:
      return sofar
  }
}

function addDelta(sofar: Completion, delta: ReturnType<typeof record>): Completion {
  switch (delta['type']) {
    case 'text_delta':
      return { ...sofar, text: sofar.text + text(delta['text']) }
    case 'thinking_delta':
      return { ...sofar, reasoning: sofar.reasoning + text(delta['thinking']) }
    case 'input_json_delta': {
      // Blocks come one after the other, so it is the newest call that grows.
      const newest = sofar.calls.at(-1)
      if (newest === undefined) return sofar
      const input = newest.input + text(delta['partial_json'])
      return { ...sofar, calls: [...sofar.calls.slice(0, -1), { ...newest, input }] }
    }
    default:
      return sofar
  }
}

/** Cached tokens are told apart from fresh ones; the request had all of them. */
function countInput(sofar: Completion, usage: unknown): Completion {
  const counts = record(usage)
  if (typeof counts['input_tokens'] !== 'number') return sofar
  const sum = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']
    .map((name) => counts[name])
    .reduce<number>((total, count) => total + (typeof count === 'number' ? count : 0), 0)
  return sum > 0 ? { ...sofar, inputTokens: sum } : sofar
}
