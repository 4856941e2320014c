import type { Draft, Part, Wire, WireFormat } from '../core/session/message.ts'
import type { MessageInput } from '../protocol/requests.ts'
import { isAnthropicBlock } from './anthropic/anthropic-message.ts'
import { copyJson, copyJsonObject, isJsonObject, isText, type JsonObject } from './copy-json.ts'
import { invalidInput, kindOf, wordOrKind } from './invalid-input.ts'
import { OPENAI_ONLY_TYPES } from './openai/openai-message.ts'
import { readParts } from './canonical-parts.ts'
import { copyWire, isWireFormat, groupWire, readWire } from './read-wire.ts'

/**
 * Turns what a host hands over into a draft: a canonical message as it is, a chat-completions or
 * Messages API message with the original beside it. One message gives one draft.
 *
 * `id` is the message's id in the log and no part of the original, as neither provider takes one.
 * The format is told from the shape alone. Messages that both providers read alike (a text and
 * nothing else) count as `openai`; {@link toAnthropic} hands them out unchanged all the same.
 *
 * @param at - What to call the message in errors.
 * @throws BackfoldError `INVALID_INPUT` naming the field, what was expected and what came.
 * @see SPEC.md rules ADP1–ADP6
 */
export function toDraft(input: MessageInput, at = 'message'): Draft {
  if (!isJsonObject(input)) return invalidInput(`${at} must be an object, got ${kindOf(input)}`)
  const given: JsonObject = input
  if (given['parts'] !== undefined) return canonicalDraft(given, at)
  const { id, ...message } = given
  if ((id ?? null) !== null && !isText(id)) invalidInput(`${at}.id must be a non-empty string`)
  const format = detectFormat(message, at)
  const value = copyJsonObject(isReply(message) ? replyMessage(message) : message, at)
  return { ...(isText(id) ? { id } : {}), ...draftOf(format, value, at) }
}

/**
 * Turns several messages into drafts; errors name the index. All or nothing.
 *
 * @param format - The format of all of them. Without it each message's is told from its shape, which can be
 * done for canonical, chat-completions and Messages API messages only. With it the number of drafts may be
 * smaller, as what belongs together becomes one draft.
 * @throws BackfoldError `INVALID_INPUT`
 */
export function toDrafts(inputs: readonly object[], format?: WireFormat): readonly Draft[] {
  const given: unknown = inputs
  if (!Array.isArray(given)) return invalidInput(`messages must be an array, got ${kindOf(given)}`)
  if (format === undefined) {
    return inputs.map((input, i) => toDraft(input as MessageInput, `messages[${i}]`))
  }
  const values = inputs.map((input, i) =>
    isJsonObject(input)
      ? copyWire(format, input, `messages[${i}]`)
      : invalidInput(`messages[${i}] must be an object, got ${kindOf(input)}`),
  )
  return groupWire(format, values).map((value, i) => draftOf(format, value, `messages[${i}]`))
}

/** The draft of one wire value, which is kept as it is. @throws BackfoldError `INVALID_INPUT` */
export function draftOf(format: WireFormat, value: JsonObject, at: string): Draft {
  const { role, parts, name } = readWire(format, value, at)
  return { role, parts, ...(name === undefined ? {} : { name }), wire: { format, value } }
}

/** A whole reply of the Messages API, of which only role and content may be sent back. */
function isReply(message: JsonObject): boolean {
  return message['type'] === 'message'
}

function replyMessage({ role, content }: JsonObject): JsonObject {
  return { role, content }
}

function detectFormat(value: JsonObject, at: string): 'openai' | 'anthropic' {
  const { role, content } = value
  if (typeof role !== 'string') invalidInput(`${at}.role must be a string, got ${kindOf(role)}`)
  if (isReply(value)) return 'anthropic'
  if (!Array.isArray(content) || role === 'tool' || 'tool_calls' in value) return 'openai'
  const blocks = content.filter(isJsonObject)
  const foreign = blocks.find(({ type }) => typeof type === 'string' && OPENAI_ONLY_TYPES.has(type))
  const native = blocks.find(isAnthropicBlock)
  if (foreign && native) {
    invalidInput(
      `${at}.content mixes formats: ${String(native['type'])} with ${String(foreign['type'])}`,
    )
  }
  return native ? 'anthropic' : 'openai'
}

function canonicalDraft(given: JsonObject, at: string): Draft {
  if (given['content'] !== undefined) {
    invalidInput(`${at} has both parts and content: give one of them`)
  }
  const { id, name, at: time, wire } = given
  const role = given['role']
  if (role !== 'system' && role !== 'user' && role !== 'assistant' && role !== 'tool') {
    return invalidInput(
      `${at}.role must be system, user, assistant or tool, got ${wordOrKind(role)}`,
    )
  }
  if (id !== undefined && !isText(id)) invalidInput(`${at}.id must be a non-empty string`)
  if (name !== undefined && typeof name !== 'string') invalidInput(`${at}.name must be a string`)
  if (time !== undefined && !Number.isFinite(time)) {
    invalidInput(`${at}.at must be a Unix time in milliseconds`)
  }
  const parts: readonly Part[] = readParts(given['parts'], role, at)
  return {
    ...(isText(id) ? { id } : {}),
    role,
    parts,
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof time === 'number' ? { at: time } : {}),
    ...(wire === undefined ? {} : { wire: readGivenWire(wire, at) }),
  }
}

/** A draft made earlier comes back with its wire value, which must be kept. */
function readGivenWire(wire: unknown, at: string): Wire {
  const format = isJsonObject(wire) ? wire['format'] : undefined
  if (!isJsonObject(wire) || !isWireFormat(format)) {
    return invalidInput(`${at}.wire must be { format: one that is known, value }`)
  }
  if (wire['value'] === undefined && format === 'openai') return { format }
  return { format, value: copyJson(wire['value'], `${at}.wire.value`) }
}
