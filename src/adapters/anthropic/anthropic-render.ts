import type { Message, Part } from '../../core/session/message.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { parseDataUrl } from '../data-url.ts'
import { describePart } from '../openai/openai-render.ts'
import { formatToolName, parseToolInput } from '../tool-input.ts'

/** Content blocks that one message says in one role. */
export interface Saying {
  readonly role: 'user' | 'assistant'
  readonly blocks: readonly JsonObject[]
}

const IMAGE_TYPES: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
])

/**
 * Builds Messages API blocks from the parts of a message that came in another format. Tool results
 * are the user's there, whoever's message held them. Reasoning without its signature is refused by
 * the provider and stays out, as do blank texts.
 */
export function renderAnthropic(
  message: Pick<Message, 'role' | 'parts' | 'name'>,
): readonly Saying[] {
  const role = message.role === 'assistant' ? 'assistant' : 'user'
  const remarks = message.role === 'tool' ? message.parts.map(describePart).filter(isSaid) : []
  const last = message.parts.findLastIndex(({ type }) => type === 'tool-result')
  const sayings: { readonly role: Saying['role']; readonly blocks: JsonObject[] }[] = []
  let open: JsonObject[] | undefined
  for (const [i, part] of message.parts.entries()) {
    if (part.type === 'tool-result') {
      const output = i === last ? [part.output, ...remarks].join('\n') : part.output
      sayings.push({ role: 'user', blocks: [renderResult(part, output)] })
      open = undefined
      continue
    }
    // What a tool says beside its results must stay in its result: it is no instruction.
    const block = message.role === 'tool' ? undefined : renderPart(part, role)
    if (block === undefined) continue
    if (open) open.push(block)
    else sayings.push({ role, blocks: (open = [block]) })
  }
  return withSpeaker(sayings, message)
}

/** Whether a text block is one that the provider accepts. */
export function isSaid(text: string): boolean {
  return text.trim() !== ''
}

/** Whether the provider accepts a block: it refuses blank texts. */
export function isSaidBlock(block: JsonObject): boolean {
  return block['type'] !== 'text' || isSaid(String(block['text']))
}

function renderResult(part: Extract<Part, { type: 'tool-result' }>, content: string): JsonObject {
  const error = part.isError === true ? { is_error: true } : {}
  return { type: 'tool_result', tool_use_id: part.callId, content, ...error }
}

function renderPart(part: Part, role: Saying['role']): JsonObject | undefined {
  if (part.type === 'tool-call') {
    const { callId: id, name, input } = part
    return { type: 'tool_use', id, name: formatToolName(name), input: parseToolInput(input) }
  }
  const media = role === 'user' ? renderMedia(part) : undefined
  if (media) return media
  const text = describePart(part)
  return isSaid(text) ? { type: 'text', text } : undefined
}

function renderMedia(part: Part): JsonObject | undefined {
  if (part.type !== 'image' && part.type !== 'file') return undefined
  const data = parseDataUrl(part.url)
  if (data) {
    const { mediaType: media_type, base64 } = data
    const source = { type: 'base64', media_type, data: base64 }
    if (IMAGE_TYPES.has(media_type)) return { type: 'image', source }
    return media_type === 'application/pdf' ? { type: 'document', source } : undefined
  }
  if (part.type === 'image' && /^https?:/.test(part.url)) {
    return { type: 'image', source: { type: 'url', url: part.url } }
  }
  return undefined
}

/** The format has no field for who speaks, so the name stands before the first text. */
function withSpeaker(
  sayings: readonly Saying[],
  message: Pick<Message, 'role' | 'name'>,
): readonly Saying[] {
  if (message.name === undefined || message.role === 'tool') return sayings
  const first = sayings.flatMap(({ blocks }) => blocks).find(({ type }) => type === 'text')
  const named = (block: JsonObject): JsonObject =>
    block === first ? { ...block, text: `${message.name}: ${String(block['text'])}` } : block
  return sayings.map(({ role, blocks }) => ({ role, blocks: blocks.map(named) }))
}

/** Whether a chat-completions message is a legal Messages API message as it stands. */
export function isReadAlike(value: JsonObject): boolean {
  const { role, content, ...rest } = value
  if ((role !== 'user' && role !== 'assistant') || Object.keys(rest).length > 0) return false
  if (typeof content === 'string') return true
  return (
    Array.isArray(content) && content.every((block) => isJsonObject(block) && isTextBlock(block))
  )
}

function isTextBlock(block: JsonObject): boolean {
  return block['type'] === 'text' && Object.keys(block).length === 2
}
