import { bytesOf, toBase64 } from '../bytes.ts'
import { copyJsonObject, isJsonObject, type JsonObject } from '../copy-json.ts'
import { invalidInput, kindOf, wordOrKind } from '../invalid-input.ts'

/** Types of stored messages by the last part of a class's name, with or without `Chunk` behind it. */
const CLASS_TYPES: Readonly<Record<string, string>> = {
  HumanMessage: 'human',
  AIMessage: 'ai',
  SystemMessage: 'system',
  ToolMessage: 'tool',
  FunctionMessage: 'function',
  ChatMessage: 'generic',
}

/** Types by the roles that message-like objects may have instead. */
const ROLE_TYPES: Readonly<Record<string, string>> = {
  user: 'human',
  human: 'human',
  assistant: 'ai',
  ai: 'ai',
  system: 'system',
  developer: 'system',
  tool: 'tool',
}

/**
 * The stored form `{ type, data }` of a message, as LangChain's `toDict()` gives it and
 * `mapStoredMessagesToChatMessages()` takes it, of whatever stands for a message there: an instance of a message
 * class, or a copy of one that came from another thread; the form in which an instance is serialised; an object with a role or type and content.
 *
 * @throws BackfoldError `INVALID_INPUT`
 * @see SPEC.md rules LCH1, LCH2
 */
export function copyLangChainMessage(value: JsonObject, at: string): JsonObject {
  const stored = storedForm(value, at)
  const data = stored['data']
  if (!isJsonObject(data)) return invalidInput(`${at}.data must be an object, got ${kindOf(data)}`)
  const { content } = data
  const given = Array.isArray(content) ? { ...data, content: content.map(withoutBytes) } : data
  return copyJsonObject({ ...stored, data: given }, at)
}

function storedForm(value: JsonObject, at: string): JsonObject {
  const { lc, data, kwargs, lc_kwargs: fields } = value
  if (typeof value['type'] === 'string' && isJsonObject(data)) return value
  if (isJsonObject(fields))
    return { type: instanceType(value, at), data: instanceData(value, fields) }
  if (lc === 1 && isJsonObject(kwargs)) return { type: classType(value['id'], at), data: kwargs }
  const { role, type, ...rest } = value
  if (typeof role === 'string') return fromRole(role, rest)
  if (typeof type === 'string' && 'content' in rest) return { type, data: rest }
  return invalidInput(
    `${at} must be a message of LangChain, its stored or its serialised form, got ${wordOrKind(type)}`,
  )
}

/** Messages have their type in a field; before version 1 a method tells it, which a copy has lost. */
function instanceType(value: JsonObject, at: string): string {
  const { type, _getType: tell } = value
  if (typeof type === 'string') return type
  const told: unknown = typeof tell === 'function' ? tell.call(value) : undefined
  if (typeof told === 'string') return told
  if ('tool_call_id' in value) return 'tool'
  if ('tool_calls' in value) return 'ai'
  return invalidInput(`${at} is a message that does not tell its type: use its toDict()`)
}

/** What an instance was made from, as it is now, and fields that were set later. */
function instanceData(value: JsonObject, fields: JsonObject): JsonObject {
  const now = Object.keys(value).filter((key) => !key.startsWith('lc_') && key !== 'type')
  const entries = now
    .map((key): readonly [string, unknown] => [key, value[key]])
    .filter(([, field]) => field !== undefined && typeof field !== 'function')
  return { ...fields, ...Object.fromEntries(entries) }
}

function classType(id: unknown, at: string): string {
  const path: readonly unknown[] = Array.isArray(id) ? id : []
  const name = String(path.at(-1)).replace(/Chunk$/, '')
  const type = Object.hasOwn(CLASS_TYPES, name) ? CLASS_TYPES[name] : undefined
  return type ?? invalidInput(`${at}.id names no class of messages: ${name.slice(0, 64)}`)
}

function fromRole(role: string, rest: JsonObject): JsonObject {
  const type = Object.hasOwn(ROLE_TYPES, role) ? ROLE_TYPES[role] : undefined
  if (type === undefined) return { type: 'generic', data: { ...rest, role } }
  if (role !== 'developer') return { type, data: rest }
  const more = isJsonObject(rest['additional_kwargs']) ? rest['additional_kwargs'] : {}
  return { type, data: { ...rest, additional_kwargs: { ...more, __openai_role__: role } } }
}

/** A standard content block takes bytes as well as base64. */
function withoutBytes(block: unknown): unknown {
  const bytes = isJsonObject(block) ? bytesOf(block['data']) : undefined
  return isJsonObject(block) && bytes ? { ...block, data: toBase64(bytes) } : block
}
