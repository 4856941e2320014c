import type { Message, Part } from '../../core/session/message.ts'
import type { JsonObject } from '../copy-json.ts'
import { parseDataUrl } from '../data-url.ts'
import { describePart } from '../openai/openai-render.ts'
import { splitParts } from '../split-parts.ts'
import { formatToolInput, formatToolName } from '../tool-input.ts'
import { functionCall, functionOutput } from './responses-items.ts'

/**
 * Builds items of the Responses API from the parts of a message that came in another format. Reasoning can't
 * be proved there and stays out, as do approvals.
 */
export function renderResponses(
  message: Pick<Message, 'role' | 'parts' | 'name'>,
): readonly JsonObject[] {
  return splitParts(message).flatMap((saying): readonly JsonObject[] =>
    saying.kind === 'result'
      ? [functionOutput(saying.part.callId, saying.part.output)]
      : renderSpeech(message.role, saying.parts),
  )
}

function renderSpeech(role: Message['role'], parts: readonly Part[]): readonly JsonObject[] {
  const spoken = parts.filter(({ type }) => type === 'text' || type === 'image' || type === 'file')
  const calls = parts.filter((part) => part.type === 'tool-call')
  return [
    ...(spoken.length === 0 ? [] : [{ role, content: renderContent(role, spoken) }]),
    ...calls.map(({ callId, name, input }) =>
      functionCall(callId, formatToolName(name), formatToolInput(input)),
    ),
  ]
}

/** A string where that says it all. */
function renderContent(role: Message['role'], parts: readonly Part[]): string | JsonObject[] {
  const media = parts.map((part) => (role === 'user' ? renderMedia(part) : undefined))
  if (media.every((block) => block === undefined)) return parts.map(describePart).join('\n')
  return parts.map((part, i) => media[i] ?? { type: 'input_text', text: describePart(part) })
}

/** Only users can show something; undefined for what can only be named. */
function renderMedia(part: Part): JsonObject | undefined {
  if (part.type === 'image' && /^(https?|data):/.test(part.url)) {
    return { type: 'input_image', image_url: part.url, detail: 'auto' }
  }
  if (part.type !== 'file' || parseDataUrl(part.url)?.mediaType !== 'application/pdf') {
    return undefined
  }
  return { type: 'input_file', file_data: part.url, filename: part.name ?? 'file.pdf' }
}
