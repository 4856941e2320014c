import type { Message, Part } from '../../core/session/message.ts'
import type { JsonObject } from '../copy-json.ts'
import { parseDataUrl } from '../data-url.ts'
import { describePart } from '../openai/openai-render.ts'
import { asTextBlock } from '../placed-part.ts'
import { formatToolName, parseToolInput } from '../tool-input.ts'

/** A stored message with the fields that every one has. */
export function storedMessage(type: string, data: JsonObject): JsonObject {
  return { type, data: { ...data, additional_kwargs: {}, response_metadata: {} } }
}

/**
 * Builds stored messages from the parts of a message that came in another format: usually one, more if results
 * stand among other parts. Reasoning and approvals have no place there. A message with nothing to say gives
 * none.
 */
export function renderLangChain(message: Pick<Message, 'role' | 'parts' | 'name'>): JsonObject[] {
  const out: JsonObject[] = []
  let said: Part[] = []
  const flush = (): void => {
    const rendered = renderSpeech(message, said)
    if (rendered) out.push(rendered)
    said = []
  }
  const isTool = message.role === 'tool'
  // What a tool says beside its results must stay in its result: it is no instruction.
  const remarks = isTool ? message.parts.map(describePart).filter((text) => text !== '') : []
  const last = message.parts.findLastIndex(({ type }) => type === 'tool-result')
  for (const [i, part] of message.parts.entries()) {
    if (part.type === 'tool-result') {
      if (!isTool) flush()
      out.push(renderResult(part, i === last ? [part.output, ...remarks].join('\n') : part.output))
    } else if (!isTool) said.push(part)
  }
  if (!isTool) flush()
  return out
}

function renderResult(part: Extract<Part, { type: 'tool-result' }>, content: string): JsonObject {
  const status = part.isError === true ? 'error' : 'success'
  return storedMessage('tool', { content, tool_call_id: part.callId, status })
}

function renderSpeech(
  { role, name }: Pick<Message, 'role' | 'name'>,
  parts: readonly Part[],
): JsonObject | undefined {
  const named = name === undefined ? {} : { name }
  const content = renderContent(role, parts)
  if (role !== 'assistant') {
    const type = role === 'system' ? 'system' : 'human'
    return content === undefined ? undefined : storedMessage(type, { content, ...named })
  }
  const calls = parts.flatMap((part) => (part.type === 'tool-call' ? [renderCall(part)] : []))
  if (content === undefined && calls.length === 0) return undefined
  return storedMessage('ai', {
    content: content ?? '',
    ...named,
    tool_calls: calls,
    invalid_tool_calls: [],
  })
}

function renderCall({ callId: id, name, input }: Extract<Part, { type: 'tool-call' }>): JsonObject {
  return { name: formatToolName(name), args: parseToolInput(input), id, type: 'tool_call' }
}

/** A string where that says it all. */
function renderContent(
  role: Message['role'],
  parts: readonly Part[],
): string | readonly JsonObject[] | undefined {
  const spoken = parts.filter(({ type }) => type === 'text' || type === 'image' || type === 'file')
  if (spoken.length === 0) return undefined
  const blocks = spoken.map((part) => (role === 'user' ? renderMedia(part) : undefined))
  if (blocks.every((block) => block === undefined)) return spoken.map(describePart).join('\n')
  return spoken.map((part, i) => blocks[i] ?? asTextBlock(describePart(part)))
}

/** Only users can show something; undefined for what can only be named. */
function renderMedia(part: Part): JsonObject | undefined {
  if (part.type === 'image' && /^(https?|data):/.test(part.url)) {
    return { type: 'image_url', image_url: { url: part.url } }
  }
  const data = part.type === 'file' ? parseDataUrl(part.url) : undefined
  if (part.type !== 'file' || !data || data.mediaType === '') return undefined
  const type = data.mediaType.startsWith('audio/') ? 'audio' : 'file'
  const source = { source_type: 'base64', mime_type: data.mediaType, data: data.base64 }
  // Some providers refuse a file without a name.
  return { type, ...source, metadata: { filename: part.name ?? 'file' } }
}
