import type { Message, Part } from '../../core/session/message.ts'
import type { JsonObject } from '../copy-json.ts'
import { parseDataUrl } from '../data-url.ts'
import { describePart } from '../openai/openai-render.ts'
import { splitParts } from '../split-parts.ts'
import { formatToolName, parseToolInput } from '../tool-input.ts'

/** Parts that one message says in one role, or one result. */
export interface GeminiSaying {
  readonly role: 'user' | 'model'
  readonly parts: readonly JsonObject[]
  /** Id of the call that a result answers. */
  readonly answers?: string
  /** Ids of the calls made, in order. */
  readonly calls: readonly string[]
}

/**
 * Builds parts of a Gemini request from the parts of a message that came in another format. Results are the
 * user's there, whoever's message held them. Reasoning stays out, as do approvals and blank texts. Calls have
 * no ids: they are found by name and order.
 */
export function renderGemini(
  message: Pick<Message, 'role' | 'parts' | 'name'>,
): readonly GeminiSaying[] {
  const role = message.role === 'assistant' ? 'model' : 'user'
  return splitParts(message).flatMap((saying): readonly GeminiSaying[] => {
    if (saying.kind === 'result') {
      const { callId, output, isError } = saying.part
      const response = functionResponse(isError === true ? { error: output } : { output })
      return [{ role: 'user', parts: [response], answers: callId, calls: [] }]
    }
    const parts = saying.parts
      .map((part) => renderPart(part, role))
      .filter((part) => part !== undefined)
    const calls = saying.parts.flatMap((part) => (part.type === 'tool-call' ? [part.callId] : []))
    return parts.length === 0 ? [] : [{ role, parts, calls }]
  })
}

/** A response whose name is that of the call, which is not known yet. */
export function functionResponse(response: JsonObject): JsonObject {
  return { functionResponse: { name: '', response } }
}

function renderPart(part: Part, role: GeminiSaying['role']): JsonObject | undefined {
  if (part.type === 'tool-call') {
    return { functionCall: { name: functionName(part.name), args: parseToolInput(part.input) } }
  }
  const media = role === 'user' ? renderMedia(part) : undefined
  if (media) return media
  const text = describePart(part)
  return text.trim() === '' ? undefined : { text }
}

/** Data goes with the request; an address is not fetched by all servers, so it can only be named. */
function renderMedia(part: Part): JsonObject | undefined {
  if (part.type !== 'image' && part.type !== 'file') return undefined
  const data = parseDataUrl(part.url)
  if (data === undefined || !/^(image|audio|video)\/|^application\/pdf$/.test(data.mediaType)) {
    return undefined
  }
  return { inlineData: { mimeType: data.mediaType, data: data.base64 } }
}

/** Names of functions begin with a letter or a line. */
function functionName(name: string): string {
  const formatted = formatToolName(name)
  return /^[a-zA-Z_]/.test(formatted) ? formatted : `_${formatted.slice(0, 63)}`
}
