import type { Part, Role } from '../../core/session/message.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { formatDataUrl } from '../data-url.ts'
import { invalidInput, kindOf, stringAt, wordOrKind } from '../invalid-input.ts'
import { parseToolInput } from '../tool-input.ts'
import type { Place, WireReading } from '../wire-reading.ts'

const ANTHROPIC_ONLY_TYPES: ReadonlySet<unknown> = new Set([
  'tool_use',
  'tool_result',
  'thinking',
  'redacted_thinking',
  'image',
  'document',
  'search_result',
  'container_upload',
  'compaction',
])

/** Whether a content block can only be one of a Messages API message. */
export function isAnthropicBlock(block: JsonObject): boolean {
  if (ANTHROPIC_ONLY_TYPES.has(block['type']) || isServerToolBlock(block)) return true
  return block['type'] === 'text' && ('cache_control' in block || 'citations' in block)
}

/** Tools that the provider runs itself: call and result stand in one assistant message. */
function isServerToolBlock(block: JsonObject): boolean {
  return typeof block['type'] === 'string' && /._tool_(use|result)$/.test(block['type'])
}

/**
 * Reads a Messages API message: one part per content block. Blocks without a part of their own
 * become a text part of their JSON, so that they are counted and can be recalled.
 *
 * @param at - Where the message stands, for error messages.
 * @throws BackfoldError `INVALID_INPUT`
 */
export function readAnthropicMessage(value: JsonObject, at: string): WireReading {
  const { role, content } = value
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    return invalidInput(`${at}.role must be user, assistant or system, got ${kindOf(role)}`)
  }
  if (typeof content === 'string') {
    return { role, parts: [{ type: 'text', text: content }], places: [{ path: ['content'] }] }
  }
  if (!Array.isArray(content)) {
    return invalidInput(`${at}.content must be a string or an array, got ${kindOf(content)}`)
  }
  const blocks = content.map((block: unknown, i) =>
    isJsonObject(block)
      ? block
      : invalidInput(`${at}.content[${i}] must be an object, got ${kindOf(block)}`),
  )
  const parts = blocks.map((block, i) => readBlock(block, role, `${at}.content[${i}]`))
  const onlyResults = parts.length > 0 && parts.every(({ type }) => type === 'tool-result')
  return {
    role: onlyResults ? 'tool' : role,
    parts,
    places: blocks.map((block, i) => placeOf(block, i, blocks)),
  }
}

function readBlock(block: JsonObject, role: Role, at: string): Part {
  switch (block['type']) {
    case 'text':
      return { type: 'text', text: stringAt(block, 'text', at) }
    case 'thinking':
      return { type: 'reasoning', text: stringAt(block, 'thinking', at) }
    case 'redacted_thinking':
      return { type: 'reasoning', text: '' }
    case 'tool_use':
      if (role !== 'assistant') invalidInput(`${at} is a tool_use outside of role assistant`)
      return {
        type: 'tool-call',
        callId: stringAt(block, 'id', at),
        name: stringAt(block, 'name', at),
        input: JSON.stringify(block['input'] ?? {}),
      }
    case 'tool_result':
      if (role !== 'user') invalidInput(`${at} is a tool_result outside of role user`)
      return {
        type: 'tool-result',
        callId: stringAt(block, 'tool_use_id', at),
        output: resultText(block['content'], at),
        ...(block['is_error'] === true ? { isError: true } : {}),
      }
    case 'image':
      return { type: 'image', ...readSource(block['source'], at) }
    case 'document':
      return readDocument(block, at)
    default:
      if (isAnthropicBlock(block)) return { type: 'text', text: JSON.stringify(block) }
      return invalidInput(`${at}.type ${wordOrKind(block['type'])} is not known`)
  }
}

function resultText(content: unknown, at: string): string {
  if (content === undefined || content === null) return ''
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) {
    return invalidInput(`${at}.content must be a string or an array, got ${kindOf(content)}`)
  }
  return content
    .map((block: unknown, i) => {
      if (!isJsonObject(block)) return invalidInput(`${at}.content[${i}] must be an object`)
      if (block['type'] === 'text') return stringAt(block, 'text', `${at}.content[${i}]`)
      const { type } = block
      return type === 'image' || type === 'document' ? `[${type}]` : JSON.stringify(block)
    })
    .join('\n')
}

function readSource(source: unknown, at: string): { url: string; mediaType?: string } {
  if (!isJsonObject(source)) return invalidInput(`${at}.source must be an object`)
  const { type, data, url, media_type: mediaType, file_id: fileId } = source
  if (type === 'base64' && typeof data === 'string' && typeof mediaType === 'string') {
    return { url: formatDataUrl(mediaType, data), mediaType }
  }
  if (type === 'url' && typeof url === 'string') return { url }
  if (type === 'file' && typeof fileId === 'string') return { url: `file-id:${fileId}` }
  return invalidInput(`${at}.source must be base64 data with a media_type, a url or a file_id`)
}

/** Documents given as text are text to the model, so they count and fold as text. */
function readDocument(block: JsonObject, at: string): Part {
  const { source, title } = block
  const name = typeof title === 'string' ? { name: title } : {}
  if (!isJsonObject(source)) return invalidInput(`${at}.source must be an object`)
  if (source['type'] === 'text') return { type: 'text', text: stringAt(source, 'data', at) }
  if (source['type'] === 'content') {
    return { type: 'text', text: resultText(source['content'], `${at}.source`) }
  }
  return { type: 'file', ...readSource(source, at), ...name }
}

function placeOf(block: JsonObject, i: number, blocks: readonly JsonObject[]): Place {
  switch (block['type']) {
    case 'text':
      return { path: ['content', i, 'text'] }
    case 'tool_use':
      return { path: ['content', i, 'input'], write: parseToolInput }
    case 'tool_result':
      return { path: ['content', i, 'content'] }
    default:
      // Changed thinking would not fit its signature, and a changed image is no image: both become text.
      return {
        path: ['content', i],
        write: (text) => ({ type: 'text', text }),
        alsoAsText: isServerToolBlock(block) ? partnersOf(block, i, blocks) : [],
      }
  }
}

/** The provider refuses a server tool's call without its result, and the other way round. */
function partnersOf(
  block: JsonObject,
  i: number,
  blocks: readonly JsonObject[],
): readonly (readonly (string | number)[])[] {
  const id = block['tool_use_id'] ?? block['id']
  return blocks.flatMap((other, j) =>
    j !== i && isServerToolBlock(other) && (other['tool_use_id'] ?? other['id']) === id
      ? [['content', j]]
      : [],
  )
}
