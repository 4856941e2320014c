import type { Role } from '../../core/session/message.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { invalidInput, kindOf, wordOrKind } from '../invalid-input.ts'
import { readingOf, type PlacedPart } from '../placed-part.ts'
import type { WireReading } from '../wire-reading.ts'
import { readLangChainBlock } from './langchain-block.ts'
import { readLangChainCalls } from './langchain-calls.ts'

const ROLES: Readonly<Record<string, Role>> = {
  human: 'user',
  ai: 'assistant',
  system: 'system',
  tool: 'tool',
}

/** Roles of generic messages. Any other name is one of the model's: nothing that it says may become a rule. */
const GENERIC_ROLES: Readonly<Record<string, Role>> = {
  user: 'user',
  human: 'user',
  system: 'system',
  developer: 'system',
}

/**
 * Reads a stored message of LangChain.
 *
 * @param at - Where the message stands, for error messages.
 * @throws BackfoldError `INVALID_INPUT`
 * @see SPEC.md rules LCH3–LCH5
 */
export function readLangChainMessage(value: JsonObject, at: string): WireReading {
  const { data } = value
  if (!isJsonObject(data)) return invalidInput(`${at}.data must be an object, got ${kindOf(data)}`)
  const role = roleOf(value['type'], data, at)
  const name = typeof data['name'] === 'string' ? data['name'] : undefined
  if (role === 'tool') return readingOf(role, [readResult(data, at)], name)
  if (role !== 'assistant') return readingOf(role, readContent(data, new Set(), at), name)
  const calls = readLangChainCalls(data, at)
  return readingOf(role, [...readContent(data, calls.ids, at), ...calls.placed], name)
}

function roleOf(type: unknown, data: JsonObject, at: string): Role {
  if (type === 'generic') {
    const role = String(data['role'])
    return Object.hasOwn(GENERIC_ROLES, role) ? (GENERIC_ROLES[role] ?? 'assistant') : 'assistant'
  }
  if (type === 'function') {
    return invalidInput(
      `${at} is a function message, which is no longer supported: use a tool message`,
    )
  }
  const known = typeof type === 'string' && Object.hasOwn(ROLES, type) ? ROLES[type] : undefined
  return (
    known ??
    invalidInput(`${at}.type must be human, ai, system, tool or generic, got ${wordOrKind(type)}`)
  )
}

function readContent(
  { content }: JsonObject,
  calls: ReadonlySet<unknown>,
  at: string,
): readonly PlacedPart[] {
  if (content === '' || content === undefined || content === null) return []
  if (typeof content === 'string') {
    return [{ part: { type: 'text', text: content }, place: { path: ['data', 'content'] } }]
  }
  if (!Array.isArray(content)) {
    return invalidInput(`${at}.data.content must be a string or an array, got ${kindOf(content)}`)
  }
  return content.flatMap((block: unknown, i) =>
    readLangChainBlock(block, ['data', 'content', i], calls),
  )
}

function readResult(data: JsonObject, at: string): PlacedPart {
  const { tool_call_id: callId, status } = data
  if (typeof callId !== 'string') {
    return invalidInput(`${at}.data.tool_call_id must be a string, got ${kindOf(callId)}`)
  }
  const output = readContent(data, new Set(), at)
    .map(({ part }) => (part.type === 'text' ? part.text : `[${part.type}]`))
    .join('\n')
  const error = status === 'error' ? { isError: true } : {}
  return {
    part: { type: 'tool-result', callId, output, ...error },
    place: { path: ['data', 'content'] },
  }
}
