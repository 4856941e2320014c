import {
  isJsonObject,
  stringOf,
  textOrNone,
  type JsonObject,
} from '../../../src/adapters/copy-json.ts'
import {
  parseJson,
  parseJsonObject,
  readEvents,
} from '../../../src/adapters/requests/read-events.ts'

/** An answer as its stream gives it: in the form in which a conversation holds it. */
export interface StreamedAnswer {
  readonly id: string | undefined
  readonly parent: string | undefined
  readonly model: string | undefined
  /** Blocks of text, thoughts, calls and results. */
  readonly content: readonly JsonObject[]
}

/** Most blocks of one answer. */
const MAX_BLOCKS = 5_000

/** Reads a stream of an answer; undefined where none began, or where it ended with an error. Total; linear. */
export function answerOfStream(text: string): StreamedAnswer | undefined {
  let message: JsonObject | undefined
  const blocks: Record<string, unknown>[] = []
  const inputs = new Map<Record<string, unknown>, string>()
  let open: Record<string, unknown> | undefined
  for (const { data } of readEvents(text)) {
    const event = parseJsonObject(data)
    switch (event?.['type']) {
      case 'message_start':
        if (isJsonObject(event['message'])) message = event['message']
        break
      case 'content_block_start':
        if (isJsonObject(event['content_block']) && blocks.length < MAX_BLOCKS) {
          open = { ...event['content_block'] }
          blocks.push(open)
        }
        break
      case 'content_block_delta':
        if (open && isJsonObject(event['delta'])) grow(open, event['delta'], inputs)
        break
      default:
    }
  }
  if (message === undefined) return undefined
  const content = blocks.map((block) => closeBlock(block, inputs.get(block)))
  return {
    id: textOrNone(message['uuid']),
    parent: textOrNone(message['parent_uuid']),
    model: textOrNone(message['model']),
    content,
  }
}

function grow(
  block: Record<string, unknown>,
  delta: JsonObject,
  inputs: Map<Record<string, unknown>, string>,
): void {
  switch (delta['type']) {
    case 'text_delta':
      block['text'] = stringOf(block['text']) + stringOf(delta['text'])
      break
    case 'thinking_delta':
      block['thinking'] = stringOf(block['thinking']) + stringOf(delta['thinking'])
      break
    case 'input_json_delta':
      inputs.set(block, (inputs.get(block) ?? '') + stringOf(delta['partial_json']))
      break
    default:
  }
}

/** Input of a call, and content of a result, come as JSON text in pieces. */
function closeBlock(block: JsonObject, written: string | undefined): JsonObject {
  if (written === undefined || written === '') return block
  const value = parseJson(written)
  return block['type'] === 'tool_result'
    ? { ...block, content: value ?? written }
    : { ...block, input: value ?? written }
}
