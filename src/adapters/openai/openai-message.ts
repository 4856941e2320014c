import type { Part, Role } from '../../core/session/message.ts'
import { isJsonObject, isText, type JsonObject } from '../copy-json.ts'
import { formatDataUrl } from '../data-url.ts'
import { invalidInput, kindOf, wordOrKind } from '../invalid-input.ts'
import { parseToolInput, wrapAsJson } from '../tool-input.ts'
import type { Place, WireReading } from '../wire-reading.ts'

/** Content types that only chat-completions messages have. */
export const OPENAI_ONLY_TYPES: ReadonlySet<string> = new Set([
  'image_url',
  'input_audio',
  'file',
  'refusal',
])

const ROLES: Readonly<Record<string, Role>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
}

interface PlacedPart {
  readonly part: Part
  readonly place: Place
}

/**
 * Reads a chat-completions message.
 *
 * @param at - Where the message stands, for error messages.
 * @throws BackfoldError `INVALID_INPUT`
 */
export function readOpenAiMessage(value: JsonObject, at: string): WireReading {
  const role = roleOf(value['role'], at)
  const name = typeof value['name'] === 'string' ? { name: value['name'] } : {}
  if (isJsonObject(value['function_call'])) {
    invalidInput(`${at}.function_call is no longer supported: use tool_calls`)
  }
  const placed =
    role === 'tool'
      ? [readResult(value, at)]
      : [
          ...readReasoning(value),
          ...readContent(value, role, at),
          ...readRefusal(value),
          ...readCalls(value['tool_calls'], role, at),
        ]
  return {
    role,
    parts: placed.map(({ part }) => part),
    places: placed.map(({ place }) => place),
    ...name,
  }
}

function roleOf(role: unknown, at: string): Role {
  const known = typeof role === 'string' && Object.hasOwn(ROLES, role) ? ROLES[role] : undefined
  return (
    known ??
    invalidInput(
      `${at}.role must be one of ${Object.keys(ROLES).join(', ')}, got ${wordOrKind(role)}`,
    )
  )
}

/** Servers of the same shape put a model's reasoning into one of two fields. */
function readReasoning(value: JsonObject): readonly PlacedPart[] {
  const field = ['reasoning_content', 'reasoning'].find((key) => isText(value[key]))
  if (field === undefined) return []
  return [{ part: { type: 'reasoning', text: String(value[field]) }, place: { path: [field] } }]
}

function readRefusal(value: JsonObject): readonly PlacedPart[] {
  const text = value['refusal']
  return isText(text) ? [{ part: { type: 'text', text }, place: { path: ['refusal'] } }] : []
}

function readContent(value: JsonObject, role: Role, at: string): readonly PlacedPart[] {
  const content = value['content']
  if (typeof content === 'string') {
    return [{ part: { type: 'text', text: content }, place: { path: ['content'] } }]
  }
  if (Array.isArray(content)) {
    return content.map((item: unknown, i) => readItem(item, i, `${at}.content[${i}]`))
  }
  if (role === 'assistant' && mayLackContent(value)) return []
  return invalidInput(`${at}.content must be a string or an array, got ${kindOf(content)}`)
}

/** Replies that only call tools, refuse or speak leave the content out or null. */
function mayLackContent(value: JsonObject): boolean {
  if (value['content'] === null) return true
  return (
    Array.isArray(value['tool_calls']) || isText(value['refusal']) || isJsonObject(value['audio'])
  )
}

function readItem(item: unknown, i: number, at: string): PlacedPart {
  if (!isJsonObject(item)) return invalidInput(`${at} must be an object, got ${kindOf(item)}`)
  const asBlock: Place = { path: ['content', i], write: (text) => ({ type: 'text', text }) }
  switch (item['type']) {
    case 'text':
      return { part: readTextField(item, 'text', at), place: { path: ['content', i, 'text'] } }
    case 'refusal':
      return {
        part: readTextField(item, 'refusal', at),
        place: { path: ['content', i, 'refusal'] },
      }
    case 'image_url': {
      const image = item['image_url']
      const url = isJsonObject(image) ? image['url'] : image
      if (typeof url !== 'string') return invalidInput(`${at}.image_url.url must be a string`)
      return { part: { type: 'image', url }, place: asBlock }
    }
    case 'input_audio':
      return { part: readAudio(item['input_audio'], at), place: asBlock }
    case 'file':
      return { part: readFile(item['file'], at), place: asBlock }
    default:
      return invalidInput(`${at}.type ${wordOrKind(item['type'])} is not known`)
  }
}

function readTextField(item: JsonObject, field: string, at: string): Part {
  const text = item[field]
  if (typeof text !== 'string') {
    return invalidInput(`${at}.${field} must be a string, got ${kindOf(text)}`)
  }
  return { type: 'text', text }
}

function readAudio(audio: unknown, at: string): Part {
  if (!isJsonObject(audio) || typeof audio['data'] !== 'string') {
    return invalidInput(`${at}.input_audio.data must be a string`)
  }
  const mediaType = `audio/${isText(audio['format']) ? audio['format'] : 'wav'}`
  return { type: 'file', url: formatDataUrl(mediaType, audio['data']), mediaType }
}

function readFile(file: unknown, at: string): Part {
  if (!isJsonObject(file)) return invalidInput(`${at}.file must be an object, got ${kindOf(file)}`)
  const { file_data: data, file_id: id, filename } = file
  const name = typeof filename === 'string' ? { name: filename } : {}
  if (typeof data === 'string') return { type: 'file', url: data, ...name }
  if (typeof id === 'string') return { type: 'file', url: `file-id:${id}`, ...name }
  return invalidInput(`${at}.file must have file_data or file_id`)
}

function readResult(value: JsonObject, at: string): PlacedPart {
  const callId = idOf(value['tool_call_id'], `${at}.tool_call_id`)
  const items = (value['content'] ?? null) === null ? [] : readContent(value, 'tool', at)
  const output = items.map(({ part }) => (part.type === 'text' ? part.text : `[${part.type}]`))
  return {
    part: { type: 'tool-result', callId, output: output.join('\n') },
    place: { path: ['content'] },
  }
}

function readCalls(calls: unknown, role: Role, at: string): readonly PlacedPart[] {
  if (calls === undefined || calls === null) return []
  if (!Array.isArray(calls)) {
    return invalidInput(`${at}.tool_calls must be an array, got ${kindOf(calls)}`)
  }
  if (role !== 'assistant' && calls.length > 0) {
    return invalidInput(`${at}.tool_calls belong to role assistant, not ${role}`)
  }
  return calls.map((call: unknown, i) => readCall(call, i, `${at}.tool_calls[${i}]`))
}

function readCall(call: unknown, i: number, at: string): PlacedPart {
  if (!isJsonObject(call)) return invalidInput(`${at} must be an object, got ${kindOf(call)}`)
  const callId = idOf(call['id'], `${at}.id`)
  const [kind, field] = isJsonObject(call['custom'])
    ? ['custom', 'input']
    : ['function', 'arguments']
  const body = call[kind]
  if (!isJsonObject(body) || typeof body['name'] !== 'string') {
    return invalidInput(`${at}.${kind}.name must be a string`)
  }
  const written = body[field]
  const path = ['tool_calls', i, kind, field]
  if (typeof written === 'string') {
    const write = kind === 'custom' ? {} : { write: wrapAsJson }
    return { part: toolCall(callId, body['name'], written), place: { path, ...write } }
  }
  if (written !== undefined && !isJsonObject(written)) {
    return invalidInput(`${at}.${kind}.${field} must be a string, got ${kindOf(written)}`)
  }
  const input = JSON.stringify(written ?? {})
  return { part: toolCall(callId, body['name'], input), place: { path, write: parseToolInput } }
}

function toolCall(callId: string, name: string, input: string): Part {
  return { type: 'tool-call', callId, name, input }
}

function idOf(id: unknown, at: string): string {
  return isText(id) ? id : invalidInput(`${at} must be a non-empty string, got ${kindOf(id)}`)
}
