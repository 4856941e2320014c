import type { Part, Role } from '../core/session/message.ts'
import { isJsonObject, type JsonObject } from './copy-json.ts'
import { invalidInput, kindOf } from './invalid-input.ts'

type FieldKind = 'string' | 'boolean' | 'string?' | 'boolean?'

/** Fields of each part type. Only these are kept, so that a stored part is never more than its type says. */
const FIELDS: Readonly<Record<Part['type'], Readonly<Record<string, FieldKind>>>> = {
  text: { text: 'string' },
  reasoning: { text: 'string' },
  'tool-call': { callId: 'string', name: 'string', input: 'string' },
  'tool-result': { callId: 'string', output: 'string', isError: 'boolean?' },
  'approval-request': { approvalId: 'string', callId: 'string' },
  'approval-response': { approvalId: 'string', approved: 'boolean' },
  image: { url: 'string', mediaType: 'string?' },
  file: { url: 'string', mediaType: 'string?', name: 'string?' },
}

/**
 * Checks and copies the parts of a canonical message.
 *
 * @throws BackfoldError `INVALID_INPUT`
 */
export function readParts(parts: unknown, role: Role, at: string): readonly Part[] {
  if (!Array.isArray(parts)) {
    return invalidInput(`${at}.parts must be an array, got ${kindOf(parts)}`)
  }
  const read = parts.map((part: unknown, i) => readPart(part, `${at}.parts[${i}]`))
  const misplaced = read.findIndex((part) => part.type === 'tool-call' && role !== 'assistant')
  if (misplaced >= 0) {
    invalidInput(`${at}.parts[${misplaced}] is a tool-call outside of role assistant`)
  }
  if (role === 'tool' && !read.some((part) => part.type === 'tool-result')) {
    invalidInput(`${at} has role tool but no tool-result part`)
  }
  return read
}

function readPart(part: unknown, at: string): Part {
  if (!isJsonObject(part)) return invalidInput(`${at} must be an object, got ${kindOf(part)}`)
  const type = part['type']
  if (typeof type !== 'string' || !Object.hasOwn(FIELDS, type)) {
    return invalidInput(`${at}.type must be one of ${Object.keys(FIELDS).join(', ')}`)
  }
  const fields = Object.entries(FIELDS[type as Part['type']])
  const read = fields.flatMap(([field, kind]) => readField(part, field, kind, at))
  return Object.fromEntries([['type', type], ...read]) as unknown as Part
}

function readField(
  part: JsonObject,
  field: string,
  kind: FieldKind,
  at: string,
): readonly (readonly [string, unknown])[] {
  const value = part[field]
  const optional = kind.endsWith('?')
  const type = optional ? kind.slice(0, -1) : kind
  if (value === undefined && optional) return []
  if (typeof value !== type) {
    invalidInput(`${at}.${field} must be a ${type}, got ${kindOf(value)}`)
  }
  if (field === 'callId' && value === '') invalidInput(`${at}.callId must not be empty`)
  return [[field, value]]
}
