import type { Part, Role } from '../../core/session/message.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { invalidInput, kindOf, stringAt, wordOrKind } from '../invalid-input.ts'
import { asTextBlock, readingOf, type PlacedPart } from '../placed-part.ts'
import { parseToolInput, textOrJson } from '../tool-input.ts'
import type { WireReading } from '../wire-reading.ts'

const ROLES: ReadonlySet<unknown> = new Set<Role>(['system', 'user', 'assistant'])

/** What the SDK tells the model of a call that was not allowed, where nobody gave a reason. */
const DENIED = 'Tool call execution denied.'

/**
 * Reads a UI message of the AI SDK. A tool's part is its call and, once there is one, its result, in one
 * message. Sources, data parts and the starts of steps are for the page and never reach a model: they have no
 * part of ours and stay in the wire value.
 *
 * @param at - Where the message stands, for error messages.
 * @throws BackfoldError `INVALID_INPUT`
 * @see SPEC.md rules AUI1–AUI3
 */
export function readAiSdkUiMessage(value: JsonObject, at: string): WireReading {
  const { role, parts } = value
  if (!isRole(role)) {
    return invalidInput(`${at}.role must be system, user or assistant, got ${wordOrKind(role)}`)
  }
  if (!Array.isArray(parts)) {
    return invalidInput(`${at}.parts must be an array, got ${kindOf(parts)}`)
  }
  const placed = parts.flatMap((part: unknown, i) => {
    const where = `${at}.parts[${i}]`
    if (!isJsonObject(part)) {
      return invalidInput(`${where} must be an object, got ${kindOf(part)}`)
    }
    if (!isToolPart(part)) return readPart(part, i, where)
    if (role !== 'assistant') invalidInput(`${where} is a tool part outside of role assistant`)
    return readTool(part, i, where)
  })
  return readingOf(role, placed)
}

function isRole(role: unknown): role is Role {
  return ROLES.has(role)
}

/** Whether a part is a tool's: a call with its state. */
export function isToolPart(part: JsonObject): boolean {
  const { type } = part
  return type === 'dynamic-tool' || (typeof type === 'string' && type.startsWith('tool-'))
}

function readPart(part: JsonObject, i: number, at: string): readonly PlacedPart[] {
  const asText = { path: ['parts', i], write: asTextBlock }
  const inText = { path: ['parts', i, 'text'] }
  const { type } = part
  switch (type) {
    case 'text':
      return [{ part: { type: 'text', text: stringAt(part, 'text', at) }, place: inText }]
    case 'reasoning': {
      // Changed reasoning would not fit the signature that a provider may have put beside it.
      const place = 'providerMetadata' in part ? asText : inText
      return [{ part: { type: 'reasoning', text: stringAt(part, 'text', at) }, place }]
    }
    case 'file':
      return [{ part: readFile(part, at), place: asText }]
    default:
      return typeof type === 'string'
        ? []
        : invalidInput(`${at}.type must be a string, got ${kindOf(type)}`)
  }
}

function readFile(part: JsonObject, at: string): Part {
  const { mediaType, filename } = part
  const type = typeof mediaType === 'string' ? { mediaType } : {}
  const url = stringAt(part, 'url', at)
  if (type.mediaType?.startsWith('image/') === true) return { type: 'image', url, ...type }
  const name = typeof filename === 'string' ? { name: filename } : {}
  return { type: 'file', url, ...type, ...name }
}

function readTool(part: JsonObject, i: number, at: string): readonly PlacedPart[] {
  const callId = stringAt(part, 'toolCallId', at)
  if (callId === '') invalidInput(`${at}.toolCallId must not be empty`)
  // A call whose arguments could not be read has them as they came.
  const field = part['input'] === undefined && part['rawInput'] !== undefined ? 'rawInput' : 'input'
  const call: PlacedPart = {
    part: {
      type: 'tool-call',
      callId,
      name: toolName(part, at),
      input: JSON.stringify(part[field] ?? {}),
    },
    place: { path: ['parts', i, field], write: parseToolInput },
  }
  return [call, ...readApproval(part, i, callId), ...readResult(part, i, callId)]
}

function toolName(part: JsonObject, at: string): string {
  const { type } = part
  return type === 'dynamic-tool' ? stringAt(part, 'toolName', at) : String(type).slice(5)
}

function readApproval(part: JsonObject, i: number, callId: string): readonly PlacedPart[] {
  const { approval } = part
  if (!isJsonObject(approval) || typeof approval['id'] !== 'string') return []
  const { id: approvalId, approved } = approval
  const place = { path: ['parts', i, 'approval', 'id'] }
  const request: PlacedPart = { part: { type: 'approval-request', approvalId, callId }, place }
  return typeof approved === 'boolean'
    ? [request, { part: { type: 'approval-response', approvalId, approved }, place }]
    : [request]
}

function readResult(part: JsonObject, i: number, callId: string): readonly PlacedPart[] {
  const { state, output, errorText, approval } = part
  const failed = { type: 'tool-result', callId, isError: true } as const
  switch (state) {
    case 'output-available':
      return [
        {
          part: { type: 'tool-result', callId, output: textOrJson(output) },
          place: { path: ['parts', i, 'output'] },
        },
      ]
    case 'output-error':
      return [
        {
          part: { ...failed, output: textOrJson(errorText) },
          place: { path: ['parts', i, 'errorText'] },
        },
      ]
    case 'output-denied': {
      const reason = isJsonObject(approval) ? approval['reason'] : undefined
      return [
        {
          part: { ...failed, output: typeof reason === 'string' ? reason : DENIED },
          place: { path: ['parts', i, 'approval', 'reason'] },
        },
      ]
    }
    default:
      return []
  }
}
