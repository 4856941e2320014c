import type { Message, Part } from '../../core/session/message.ts'
import type { JsonObject } from '../copy-json.ts'
import { parseDataUrl } from '../data-url.ts'
import { formatToolInput, formatToolName } from '../tool-input.ts'

/**
 * Builds chat-completions messages from the parts of a message that came in another format: usually
 * one, more if tool results stand among other parts. Reasoning and approvals have no place there.
 * A message with nothing to say in this format gives none.
 */
export function renderOpenAi(message: Pick<Message, 'role' | 'parts' | 'name'>): JsonObject[] {
  const out: JsonObject[] = []
  let said: Part[] = []
  const flush = (): void => {
    const rendered = message.role === 'tool' ? undefined : renderSpeech(message, said)
    if (rendered) out.push(rendered)
    said = []
  }
  for (const part of message.parts) {
    if (part.type !== 'tool-result') {
      said.push(part)
      continue
    }
    if (message.role !== 'tool') flush()
    out.push({ role: 'tool', tool_call_id: part.callId, content: part.output })
  }
  if (message.role === 'tool') return withRemarks(out, said)
  flush()
  return out
}

/** What a tool says beside its results must stay in the role of a tool: it is no instruction. */
function withRemarks(results: readonly JsonObject[], said: readonly Part[]): JsonObject[] {
  const remarks = said.map(describePart).filter((text) => text !== '')
  return results.map((result, i) =>
    i === results.length - 1 && remarks.length > 0
      ? { ...result, content: [result['content'], ...remarks].join('\n') }
      : result,
  )
}

function renderSpeech(
  message: Pick<Message, 'role' | 'name'>,
  parts: readonly Part[],
): JsonObject | undefined {
  const calls = parts.flatMap((part) => (part.type === 'tool-call' ? [renderCall(part)] : []))
  const content = renderContent(message.role, parts)
  if (content === undefined && calls.length === 0) return undefined
  return {
    role: message.role,
    content: content ?? null,
    ...(message.name === undefined ? {} : { name: formatName(message.name) }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
}

function renderCall(part: Extract<Part, { type: 'tool-call' }>): JsonObject {
  return {
    id: part.callId,
    type: 'function',
    function: { name: formatToolName(part.name), arguments: formatToolInput(part.input) },
  }
}

/** A string where that says it all: servers of the same shape do not all take arrays. */
function renderContent(
  role: Message['role'],
  parts: readonly Part[],
): string | JsonObject[] | undefined {
  const spoken = parts.filter(({ type }) => type === 'text' || type === 'image' || type === 'file')
  if (spoken.length === 0) return undefined
  const blocks = spoken.map((part) => (role === 'user' ? renderMedia(part) : undefined))
  if (blocks.every((block) => block === undefined)) return spoken.map(describePart).join('\n')
  return spoken.map((part, i) => blocks[i] ?? { type: 'text', text: describePart(part) })
}

/** Only users can show something; undefined for what can only be named. */
function renderMedia(part: Part): JsonObject | undefined {
  if (part.type === 'image' && /^(https?|data):/.test(part.url)) {
    return { type: 'image_url', image_url: { url: part.url } }
  }
  if (part.type !== 'file') return undefined
  const data = parseDataUrl(part.url)
  const audio = /^audio\/(wav|mp3)$/.exec(data?.mediaType ?? '')
  if (data && audio) {
    return { type: 'input_audio', input_audio: { data: data.base64, format: audio[1] } }
  }
  if (data?.mediaType !== 'application/pdf') return undefined
  return { type: 'file', file: { file_data: part.url, filename: part.name ?? 'file.pdf' } }
}

/** A part in words; media that a format can't take are named. */
export function describePart(part: Part): string {
  switch (part.type) {
    case 'text':
      return part.text
    case 'image':
      return part.url.startsWith('http') ? `[image ${part.url}]` : '[image]'
    case 'file': {
      const name = part.name ?? (part.url.startsWith('http') ? part.url : part.mediaType)
      return name === undefined ? '[file]' : `[file ${name}]`
    }
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
    case 'approval-request':
    case 'approval-response':
      return ''
  }
}

/** A speaker's name in the characters that the API accepts. */
function formatName(name: string): string {
  return name.replace(/[^\p{L}\p{N}_-]+/gu, '_').slice(0, 64) || 'unnamed'
}
