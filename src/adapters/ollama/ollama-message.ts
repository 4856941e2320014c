import type { Part, Role } from '../../core/session/message.ts'
import { idsOfAnswered, idsOfCalls, type NamedCall } from '../call-names.ts'
import { isJsonObject, textOrNone, type JsonObject } from '../copy-json.ts'
import { formatDataUrl } from '../data-url.ts'
import { invalidInput, kindOf, wordOrKind } from '../invalid-input.ts'
import { parseToolInput } from '../tool-input.ts'
import type { Place, WireReading } from '../wire-reading.ts'

const ROLES: ReadonlySet<unknown> = new Set<Role>(['system', 'user', 'assistant', 'tool'])

interface PlacedPart {
  readonly part: Part
  readonly place: Place
}

/**
 * Puts the results of one message's calls together, as only all of them tell which answers which call. They
 * become `{ messages, calls }`, with the ids of the calls in the order of the results. A result that says by
 * itself what it answers stays a message.
 *
 * @see SPEC.md rule OLL2
 */
export function groupOllama(values: readonly JsonObject[]): readonly JsonObject[] {
  const grouped: JsonObject[] = []
  let calls: readonly NamedCall[] = []
  let results: JsonObject[] = []
  const flush = (): void => {
    if (results.length > 0) grouped.push(groupResults(calls, results))
    results = []
  }
  for (const value of values) {
    if (value['role'] === 'tool') {
      results.push(value)
      continue
    }
    flush()
    grouped.push(value)
    if (!isGrouped(value)) calls = callsOf(value)
  }
  flush()
  return grouped
}

function groupResults(calls: readonly NamedCall[], results: readonly JsonObject[]): JsonObject {
  const ids = idsOfAnswered(calls, results.map(answered))
  const [only] = results
  const alone = results.length === 1 && only !== undefined && idsOfCalls([answered(only)])[0]
  return alone === ids[0] && only !== undefined ? only : { messages: results, calls: ids }
}

/** Whether a value holds the results of several messages. */
export function isGrouped(value: JsonObject): boolean {
  return Array.isArray(value['messages']) && !('role' in value)
}

/** The calls that a message makes. */
export function callsOf({ tool_calls: calls }: JsonObject): readonly NamedCall[] {
  if (!Array.isArray(calls)) return []
  return calls.filter(isJsonObject).map((call) => {
    const made = isJsonObject(call['function']) ? call['function'] : {}
    return { id: textOrNone(call['id']), name: textOrNone(made['name']) }
  })
}

/** What a result says of the call that it answers. */
function answered({ tool_call_id: id, tool_name: toolName, name }: JsonObject): NamedCall {
  return { id: textOrNone(id), name: textOrNone(toolName) ?? textOrNone(name) }
}

/**
 * Reads a message of Ollama's chat, or results put together by {@link groupOllama}.
 *
 * @param at - Where the message stands, for error messages.
 * @throws BackfoldError `INVALID_INPUT`
 */
export function readOllamaMessage(value: JsonObject, at: string): WireReading {
  if (isGrouped(value)) return readResults(value, at)
  const { role } = value
  if (typeof role !== 'string' || !ROLES.has(role)) {
    return invalidInput(
      `${at}.role must be system, user, assistant or tool, got ${wordOrKind(role)}`,
    )
  }
  const placed =
    role === 'tool'
      ? [readResult(value, idsOfCalls([answered(value)])[0] ?? '', [], at)]
      : [
          ...readThinking(value),
          ...readContent(value, at),
          ...readImages(value, at),
          ...readCalls(value, at),
        ]
  return {
    role: role as Role,
    parts: placed.map(({ part }) => part),
    places: placed.map(({ place }) => place),
  }
}

function readResults({ messages, calls }: JsonObject, at: string): WireReading {
  if (!Array.isArray(messages) || !Array.isArray(calls) || calls.length !== messages.length) {
    return invalidInput(`${at} must hold as many calls as messages`)
  }
  const placed = messages.map((message: unknown, i) => {
    const id: unknown = calls[i]
    if (!isJsonObject(message) || typeof id !== 'string' || id === '') {
      return invalidInput(`${at}.messages[${i}] must be an object, and the result of a call`)
    }
    return readResult(message, id, ['messages', i], `${at}.messages[${i}]`)
  })
  return {
    role: 'tool',
    parts: placed.map(({ part }) => part),
    places: placed.map(({ place }) => place),
  }
}

function readThinking({ thinking }: JsonObject): readonly PlacedPart[] {
  const text = textOrNone(thinking)
  return text === undefined
    ? []
    : [{ part: { type: 'reasoning', text }, place: { path: ['thinking'] } }]
}

/** Messages that only think, call or show have an empty content, or none. */
function readContent(value: JsonObject, at: string): readonly PlacedPart[] {
  const { content, thinking, images, tool_calls: calls } = value
  if (typeof content === 'string' && content !== '') return [textAt(content)]
  if (typeof content !== 'string' && (content ?? null) !== null) {
    return invalidInput(`${at}.content must be a string, got ${kindOf(content)}`)
  }
  const says = textOrNone(thinking) !== undefined || Array.isArray(images) || Array.isArray(calls)
  if (says) return []
  return typeof content === 'string'
    ? [textAt(content)]
    : invalidInput(`${at}.content must be a string, got ${kindOf(content)}`)
}

function textAt(text: string): PlacedPart {
  return { part: { type: 'text', text }, place: { path: ['content'] } }
}

function readImages({ images }: JsonObject, at: string): readonly PlacedPart[] {
  if (images === undefined || images === null) return []
  if (!Array.isArray(images)) return invalidInput(`${at}.images must be an array`)
  return images.map((image: unknown, i) => {
    if (typeof image !== 'string') {
      return invalidInput(`${at}.images[${i}] must be base64 text, got ${kindOf(image)}`)
    }
    const mediaType = mediaTypeOf(image)
    return {
      part: { type: 'image', url: formatDataUrl(mediaType, image), mediaType },
      place: { path: [], write: (stub) => (message: unknown) => tellImage(message, i, stub) },
    }
  })
}

/** Images are bare data; their first bytes tell what they are. */
function mediaTypeOf(base64: string): string {
  if (base64.startsWith('/9j/')) return 'image/jpeg'
  if (base64.startsWith('R0lG')) return 'image/gif'
  return base64.startsWith('UklG') ? 'image/webp' : 'image/png'
}

/** A list of images holds no text: what is said of one stands in the content, and its place stays empty. */
function tellImage(message: unknown, at: number, text: string): unknown {
  if (!isJsonObject(message) || !Array.isArray(message['images'])) return message
  const { content } = message
  const said = typeof content === 'string' && content !== '' ? `${content}\n${text}` : text
  const images = message['images'].map((image: unknown, i) => (i === at ? null : image))
  return { ...message, content: said, images }
}

function readCalls(value: JsonObject, at: string): readonly PlacedPart[] {
  const { tool_calls: calls, role } = value
  if (calls === undefined || calls === null) return []
  if (!Array.isArray(calls)) {
    return invalidInput(`${at}.tool_calls must be an array, got ${kindOf(calls)}`)
  }
  if (role !== 'assistant' && calls.length > 0) {
    return invalidInput(`${at}.tool_calls belong to role assistant, not ${String(role)}`)
  }
  const ids = idsOfCalls(callsOf(value))
  return calls.map((call: unknown, i) => {
    const made = isJsonObject(call) ? call['function'] : undefined
    if (!isJsonObject(made) || typeof made['name'] !== 'string') {
      return invalidInput(`${at}.tool_calls[${i}].function.name must be a string`)
    }
    const { name, arguments: args } = made
    const input = typeof args === 'string' ? args : JSON.stringify(args ?? {})
    return {
      part: { type: 'tool-call', callId: ids[i] ?? '', name, input },
      place: { path: ['tool_calls', i, 'function', 'arguments'], write: parseToolInput },
    }
  })
}

function readResult(
  value: JsonObject,
  callId: string,
  path: readonly (string | number)[],
  at: string,
): PlacedPart {
  const { content } = value
  if (typeof content !== 'string' && (content ?? null) !== null) {
    return invalidInput(`${at}.content must be a string, got ${kindOf(content)}`)
  }
  return {
    part: { type: 'tool-result', callId, output: typeof content === 'string' ? content : '' },
    place: { path: [...path, 'content'] },
  }
}
