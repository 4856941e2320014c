import type { Part, Role } from '../../core/session/message.ts'
import { isJsonObject, isText, type JsonObject } from '../copy-json.ts'
import { invalidInput, kindOf, wordOrKind } from '../invalid-input.ts'
import { formatToolInput, wrapAsJson } from '../tool-input.ts'
import type { Place, WireReading } from '../wire-reading.ts'
import { readContentBlock } from './responses-content.ts'
import {
  callIdOf,
  functionCall,
  functionOutput,
  isGrouped,
  isMessageItem,
  resultIdOf,
  sayItem,
  sideOf,
} from './responses-items.ts'

const ROLES: Readonly<Record<string, Role>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
}

interface PlacedPart {
  readonly part: Part
  readonly place: Place
}

/**
 * Puts items together that are one message: whatever the assistant says, thinks and calls in a row, and
 * results in a row. What a person or the host says is a message by itself. Values that are messages already
 * stay as they are.
 *
 * @see SPEC.md rule RSP1
 */
export function groupResponses(values: readonly JsonObject[]): readonly JsonObject[] {
  const messages: JsonObject[] = []
  let run: { readonly side: string; readonly items: JsonObject[] } | undefined
  for (const value of values) {
    if (isGrouped(value)) {
      run = undefined
      messages.push(value)
      continue
    }
    const side = sideOf(value)
    if (run?.side === side && side !== 'speaker') {
      run.items.push(value)
      continue
    }
    run = { side, items: [value] }
    messages.push({ items: run.items })
  }
  return messages
}

/**
 * Reads a message of the Responses API: `{ items }`, as {@link groupResponses} makes it, or a single item.
 * Items without a part of their own become a text part of their JSON.
 *
 * @param at - Where the message stands, for error messages.
 * @throws BackfoldError `INVALID_INPUT`
 */
export function readResponsesMessage(value: JsonObject, at: string): WireReading {
  const given: unknown = isGrouped(value) ? value['items'] : [value]
  const path = isGrouped(value) ? (i: number) => ['items', i] : () => []
  if (!Array.isArray(given) || given.length === 0) {
    return invalidInput(`${at}.items must be an array of items`)
  }
  const items = given.map((item: unknown, i) =>
    isJsonObject(item)
      ? item
      : invalidInput(`${at}.items[${i}] must be an object, got ${kindOf(item)}`),
  )
  const placed = items.flatMap((item, i) => readItem(item, path(i), `${at}.items[${i}]`))
  return {
    role: roleOf(items, at),
    parts: placed.map(({ part }) => part),
    places: placed.map(({ place }) => place),
  }
}

function roleOf(items: readonly JsonObject[], at: string): Role {
  const sides = new Set(items.map(sideOf))
  if (sides.has('assistant')) return 'assistant'
  if (!sides.has('speaker')) return 'tool'
  const role = items.find(isMessageItem)?.['role']
  const known = typeof role === 'string' && Object.hasOwn(ROLES, role) ? ROLES[role] : undefined
  return (
    known ??
    invalidInput(
      `${at}: role must be user, assistant, system or developer, got ${wordOrKind(role)}`,
    )
  )
}

function readItem(
  item: JsonObject,
  path: readonly (string | number)[],
  at: string,
): readonly PlacedPart[] {
  if (isMessageItem(item)) return readSaid(item, path, at)
  const whole: Place = { path, write: sayItem }
  if (item['type'] === 'reasoning') {
    return [{ part: { type: 'reasoning', text: reasoningText(item) }, place: whole }]
  }
  const call = callIdOf(item)
  if (call !== undefined) return [readCall(item, call, path)]
  const result = resultIdOf(item)
  if (result !== undefined) return [readResult(item, result, path)]
  const approval = readApproval(item)
  const told: PlacedPart = { part: { type: 'text', text: JSON.stringify(item) }, place: whole }
  if (approval === undefined) return [told]
  const asked = { part: approval, place: { path } }
  // What is to be allowed must be counted and found again; the answer says no more than its part.
  return approval.type === 'approval-request' ? [told, asked] : [asked]
}

function readSaid(
  item: JsonObject,
  path: readonly (string | number)[],
  at: string,
): readonly PlacedPart[] {
  const { content, role } = item
  if (typeof content === 'string') {
    return [{ part: { type: 'text', text: content }, place: { path: [...path, 'content'] } }]
  }
  if (!Array.isArray(content)) {
    return invalidInput(`${at}.content must be a string or an array, got ${kindOf(content)}`)
  }
  return content.map((block: unknown, i) =>
    readContentBlock(block, {
      path: [...path, 'content', i],
      textType: role === 'assistant' ? 'output_text' : 'input_text',
      at: `${at}.content[${i}]`,
    }),
  )
}

/** What a model shows of its reasoning; what it encrypted can't be read. */
function reasoningText(item: JsonObject): string {
  const { summary, content } = item
  return [summary, content]
    .flatMap((list): readonly unknown[] => (Array.isArray(list) ? list : []))
    .flatMap((block) => (isJsonObject(block) && isText(block['text']) ? [block['text']] : []))
    .join('\n')
}

function readCall(
  item: JsonObject,
  callId: string,
  path: readonly (string | number)[],
): PlacedPart {
  const { type, name, input, arguments: args } = item
  if (type === 'function_call' && isText(name) && typeof args === 'string') {
    const place: Place = { path: [...path, 'arguments'], write: wrapAsJson }
    return { part: { type: 'tool-call', callId, name, input: args }, place }
  }
  if (type === 'custom_tool_call' && isText(name) && typeof input === 'string') {
    return {
      part: { type: 'tool-call', callId, name, input },
      place: { path: [...path, 'input'] },
    }
  }
  const made = describeCall(item)
  return {
    part: { type: 'tool-call', callId, ...made },
    // Its own fields hold no text, so it becomes a call of the ordinary kind.
    place: { path, write: (text) => functionCall(callId, made.name, wrapAsJson(text)) },
  }
}

/** A call of any kind as name and arguments, which are JSON text or what the tool takes. */
export function describeCall(item: JsonObject): { readonly name: string; readonly input: string } {
  const { type, name, id: _id, call_id: _callId, status: _status, ...rest } = item
  const written = type === 'custom_tool_call' ? rest['input'] : rest['arguments']
  if (type === 'custom_tool_call' || type === 'function_call') {
    const input = typeof written === 'string' ? written : JSON.stringify(written ?? {})
    return { name: String(name), input: formatToolInput(input) }
  }
  return { name: String(type).replace(/_call$/, ''), input: JSON.stringify(rest) }
}

function readResult(
  item: JsonObject,
  callId: string,
  path: readonly (string | number)[],
): PlacedPart {
  const { type, output } = item
  const isList = Array.isArray(output) && type !== 'shell_call_output'
  const place: Place =
    typeof output === 'string' || isList
      ? { path: [...path, 'output'] }
      : { path, write: (text) => functionOutput(callId, text) }
  return { part: { type: 'tool-result', callId, output: outputText(item) }, place }
}

/** What a result says, whatever kind it is. Media are named. */
export function outputText(item: JsonObject): string {
  const { type, output, id: _id, call_id: _callId, status: _status, ...rest } = item
  if (typeof output === 'string') return output
  if (type === 'computer_call_output') return '[image]'
  if (!Array.isArray(output)) return JSON.stringify(output ?? rest)
  return output
    .map((block: unknown) => {
      const kind = isJsonObject(block) ? block['type'] : undefined
      if (isJsonObject(block) && typeof block['text'] === 'string') return block['text']
      if (kind === 'input_image') return '[image]'
      return kind === 'input_file' ? '[file]' : JSON.stringify(block)
    })
    .join('\n')
}

function readApproval(item: JsonObject): Part | undefined {
  const { type, id, approval_request_id: asked } = item
  if (type === 'mcp_approval_request' && isText(id)) {
    return { type: 'approval-request', approvalId: id, callId: id }
  }
  if (type === 'mcp_approval_response' && isText(asked)) {
    return { type: 'approval-response', approvalId: asked, approved: item['approve'] === true }
  }
  return undefined
}
