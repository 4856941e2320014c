import type { Message, Part } from '../../core/session/message.ts'
import type { JsonObject } from '../copy-json.ts'
import { parseDataUrl } from '../data-url.ts'
import { describePart } from '../openai/openai-render.ts'
import { splitParts } from '../split-parts.ts'
import { formatToolName, parseToolInput } from '../tool-input.ts'

/**
 * Builds messages of Ollama's chat from the parts of a message that came in another format. Reasoning stays out,
 * as models are trained to see only their own; approvals have no place there.
 */
export function renderOllama(
  message: Pick<Message, 'role' | 'parts' | 'name'>,
): readonly JsonObject[] {
  return splitParts(message).flatMap((saying): readonly JsonObject[] => {
    if (saying.kind === 'speech') return renderSpeech(message.role, saying.parts)
    const { callId, output } = saying.part
    // The name of the tool is that of the call, which stands in another message.
    return [{ role: 'tool', content: output, tool_name: '', tool_call_id: callId }]
  })
}

function renderSpeech(role: Message['role'], parts: readonly Part[]): readonly JsonObject[] {
  const images = parts.map((part) => (role === 'user' ? imageOf(part) : undefined))
  const texts = parts.filter((part, i) => images[i] === undefined && isSpoken(part))
  const shown = images.filter((image) => image !== undefined)
  const calls = parts.filter((part) => part.type === 'tool-call').map(renderCall)
  if (texts.length === 0 && shown.length === 0 && calls.length === 0) return []
  return [
    {
      role,
      content: texts.map(describePart).join('\n'),
      ...(shown.length === 0 ? {} : { images: shown }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  ]
}

function isSpoken({ type }: Part): boolean {
  return type === 'text' || type === 'image' || type === 'file'
}

/** The data of an image; undefined for what can only be named. */
function imageOf(part: Part): string | undefined {
  const data = part.type === 'image' ? parseDataUrl(part.url)?.base64 : undefined
  return data === '' ? undefined : data
}

function renderCall({ callId, name, input }: Extract<Part, { type: 'tool-call' }>): JsonObject {
  return { id: callId, function: { name: formatToolName(name), arguments: parseToolInput(input) } }
}
