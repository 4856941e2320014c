import type { Part, Role } from '../../core/session/message.ts'
import { bytesOf, toBase64 } from '../bytes.ts'
import { copyJsonObject, isJsonObject, type JsonObject } from '../copy-json.ts'
import { formatDataUrl } from '../data-url.ts'
import { invalidInput, kindOf, stringAt, wordOrKind } from '../invalid-input.ts'
import { asTextBlock, readingOf, type PlacedPart } from '../placed-part.ts'
import { parseToolInput, textOrJson } from '../tool-input.ts'
import type { Place, WireReading } from '../wire-reading.ts'

const ROLES: ReadonlySet<unknown> = new Set<Role>(['system', 'user', 'assistant', 'tool'])

/** What the SDK says of a call that was not allowed, where nobody gave a reason. */
const DENIED = 'Tool call execution denied.'

/**
 * Copies a message as JSON. The SDK takes bytes as well as base64, and URL objects as well as their text, and
 * sends the same for both: bytes become base64 here, and URLs text.
 *
 * @throws BackfoldError `INVALID_INPUT`
 * @see SPEC.md rule AIS2
 */
export function copyAiSdkMessage(value: JsonObject, at: string): JsonObject {
  const { content } = value
  if (!Array.isArray(content)) return copyJsonObject(value, at)
  return copyJsonObject({ ...value, content: content.map(withoutBytes) }, at)
}

function withoutBytes(part: unknown): unknown {
  if (!isJsonObject(part)) return part
  const field = part['type'] === 'image' ? 'image' : 'data'
  const bytes = bytesOf(part[field])
  return bytes ? { ...part, [field]: toBase64(bytes) } : part
}

/**
 * Reads one of the AI SDK's model messages. Parts of a type that is not known become a text part of their
 * JSON, so that they are counted and can be recalled.
 *
 * @param at - Where the message stands, for error messages.
 * @throws BackfoldError `INVALID_INPUT`
 * @see SPEC.md rules AIS1, AIS3
 */
export function readAiSdkMessage(value: JsonObject, at: string): WireReading {
  const { role, content } = value
  if (!isRole(role)) {
    return invalidInput(
      `${at}.role must be system, user, assistant or tool, got ${wordOrKind(role)}`,
    )
  }
  if (typeof content === 'string' && role !== 'tool') {
    return readingOf(role, [
      { part: { type: 'text', text: content }, place: { path: ['content'] } },
    ])
  }
  if (!Array.isArray(content)) {
    const expected = role === 'tool' ? 'an array' : 'a string or an array'
    return invalidInput(`${at}.content must be ${expected}, got ${kindOf(content)}`)
  }
  const blocks = content.map((block: unknown, i) =>
    isJsonObject(block)
      ? block
      : invalidInput(`${at}.content[${i}] must be an object, got ${kindOf(block)}`),
  )
  const partners = findPartners(blocks)
  const placed = blocks.map((block, i) =>
    readBlock(block, { role, i, partners, at: `${at}.content[${i}]` }),
  )
  return readingOf(role, placed)
}

function isRole(role: unknown): role is Role {
  return ROLES.has(role)
}

/** Where each call and result of a tool that the provider runs itself stands; both are in one message. */
type Partners = ReadonlyMap<string, readonly number[]>

function findPartners(blocks: readonly JsonObject[]): Partners {
  const own = new Map<string, number[]>()
  for (const [i, block] of blocks.entries()) {
    const id = block['toolCallId']
    if (typeof id !== 'string') continue
    if (block['type'] === 'tool-call' && block['providerExecuted'] === true) own.set(id, [i])
    else if (block['type'] === 'tool-result' && own.get(id)?.length === 1) own.get(id)?.push(i)
  }
  return own
}

interface Where {
  readonly role: Role
  readonly i: number
  readonly partners: Partners
  readonly at: string
}

function readBlock(block: JsonObject, { role, i, partners, at }: Where): PlacedPart {
  const asText: Place = { path: ['content', i], write: asTextBlock }
  switch (block['type']) {
    case 'text':
      return {
        part: { type: 'text', text: stringAt(block, 'text', at) },
        place: { path: ['content', i, 'text'] },
      }
    case 'reasoning':
      return {
        part: { type: 'reasoning', text: stringAt(block, 'text', at) },
        // Changed reasoning would not fit the signature that a provider may have put beside it.
        place: 'providerOptions' in block ? asText : { path: ['content', i, 'text'] },
      }
    case 'image':
      return { part: { type: 'image', ...readMedia(block, 'image', at) }, place: asText }
    case 'file':
      return { part: readFile(block, at), place: asText }
    case 'tool-call':
      if (role !== 'assistant') invalidInput(`${at} is a tool-call outside of role assistant`)
      return { part: readCall(block, at), place: callPlace(block, i, partners) }
    case 'tool-result':
      if (role !== 'assistant' && role !== 'tool') {
        invalidInput(`${at} is a tool-result outside of roles tool and assistant`)
      }
      return readResult(block, i, partners, at)
    case 'tool-approval-request': {
      const approvalId = stringAt(block, 'approvalId', at)
      const callId = stringAt(block, 'toolCallId', at)
      return { part: { type: 'approval-request', approvalId, callId }, place: asText }
    }
    case 'tool-approval-response': {
      const approvalId = stringAt(block, 'approvalId', at)
      const approved = block['approved'] === true
      return { part: { type: 'approval-response', approvalId, approved }, place: asText }
    }
    default:
      if (typeof block['type'] !== 'string') {
        return invalidInput(`${at}.type must be a string, got ${kindOf(block['type'])}`)
      }
      return { part: { type: 'text', text: JSON.stringify(block) }, place: asText }
  }
}

function readFile(block: JsonObject, at: string): Part {
  const name = typeof block['filename'] === 'string' ? { name: block['filename'] } : {}
  return { type: 'file', ...readMedia(block, 'data', at), ...name }
}

/** Anything with a scheme is a URL, as the SDK has it; all else is base64. */
function readMedia(
  block: JsonObject,
  field: string,
  at: string,
): { readonly url: string; readonly mediaType?: string } {
  const data = stringAt(block, field, at)
  const { mediaType } = block
  const type = typeof mediaType === 'string' ? { mediaType } : {}
  if (/^[a-z][a-z0-9+.-]*:/i.test(data.slice(0, 64))) return { url: data, ...type }
  return { url: formatDataUrl(type.mediaType ?? '', data), ...type }
}

function readCall(block: JsonObject, at: string): Part {
  return {
    type: 'tool-call',
    callId: idAt(block, at),
    name: stringAt(block, 'toolName', at),
    input: JSON.stringify(block[inputField(block)] ?? {}),
  }
}

function idAt(block: JsonObject, at: string): string {
  const id = stringAt(block, 'toolCallId', at)
  return id === '' ? invalidInput(`${at}.toolCallId must not be empty`) : id
}

/** Called `args` before version 5. */
function inputField(block: JsonObject): 'input' | 'args' {
  return block['input'] === undefined && block['args'] !== undefined ? 'args' : 'input'
}

/** Providers check what they ran themselves: a call or result of theirs that changed becomes text, with the other. */
function callPlace(block: JsonObject, i: number, partners: Partners): Place {
  if (block['providerExecuted'] !== true) {
    return { path: ['content', i, inputField(block)], write: parseToolInput }
  }
  return { path: ['content', i], write: asTextBlock, alsoAsText: othersOf(block, i, partners) }
}

function othersOf(
  block: JsonObject,
  i: number,
  partners: Partners,
): readonly (string | number)[][] {
  const all = partners.get(String(block['toolCallId'])) ?? []
  return all.filter((other) => other !== i).map((other) => ['content', other])
}

function readResult(block: JsonObject, i: number, partners: Partners, at: string): PlacedPart {
  const { output, result } = block
  const isRun = partners.get(String(block['toolCallId']))?.includes(i) === true
  const says = isJsonObject(output)
    ? readOutput(output)
    : { text: textOrJson(result), isError: block['isError'] === true }
  const error = says.isError ? { isError: true } : {}
  const part: Part = { type: 'tool-result', callId: idAt(block, at), output: says.text, ...error }
  if (isRun) {
    const alsoAsText = othersOf(block, i, partners)
    return { part, place: { path: ['content', i], write: asTextBlock, alsoAsText } }
  }
  // Called `result`, and whatever the tool gave, before version 5.
  if (!isJsonObject(output)) return { part, place: { path: ['content', i, 'result'] } }
  return { part, place: { path: ['content', i, 'output'], write: writeOutput(output) } }
}

function readOutput(output: JsonObject): { readonly text: string; readonly isError: boolean } {
  const { type, value, reason } = output
  switch (type) {
    case 'execution-denied':
      return { text: typeof reason === 'string' ? reason : DENIED, isError: true }
    case 'error-text':
    case 'error-json':
      return { text: textOrJson(value), isError: true }
    case 'content':
      return { text: Array.isArray(value) ? value.map(itemText).join('\n') : '', isError: false }
    default:
      return { text: textOrJson(value), isError: false }
  }
}

function itemText(item: unknown): string {
  if (!isJsonObject(item)) return JSON.stringify(item)
  const { type, text, url } = item
  if (type === 'text' && typeof text === 'string') return text
  return typeof url === 'string' && !url.startsWith('data:')
    ? `[${String(type)} ${url}]`
    : `[${String(type)}]`
}

/** Whether it was an error stays to be seen, and so does what the host wrote beside the value. */
function writeOutput(output: JsonObject): (text: string) => JsonObject {
  const { type } = output
  if (type === 'execution-denied') return (text) => ({ ...output, reason: text })
  const isError = type === 'error-text' || type === 'error-json'
  return (text) => ({ ...output, type: isError ? 'error-text' : 'text', value: text })
}
