import type { ToolField, ToolSpec } from './tool-specs.ts'

/** Longest arguments that are read, in UTF-16 code units. */
const MAX_LENGTH = 100_000

export type ToolValues = Readonly<Record<string, string | number | undefined>>

export type ReadArguments =
  | { readonly kind: 'read'; readonly values: ToolValues }
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * Reads what a model wrote as the arguments of a tool: JSON text or an object. Numbers may be written as text,
 * `#12` too, and names that the tool does not have are passed over.
 *
 * Total and pure: models send garbage, and are told what was wrong with it.
 *
 * @see SPEC.md rule TOOL4
 */
export function readArguments(spec: ToolSpec, given: unknown): ReadArguments {
  const object = toObject(given)
  if (!object) {
    const expected = Object.keys(spec.fields).join(', ')
    return refuse(`${spec.name} takes one JSON object with ${expected}`)
  }
  const values: Record<string, string | number> = {}
  for (const [name, field] of Object.entries(spec.fields)) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined
    if (value === undefined || value === null || value === '') continue
    const read = readField(field, value)
    if (read === undefined) return refuse(`${name} must be ${describeField(field)}`)
    values[name] = read
  }
  const missing = spec.required.filter((name) => values[name] === undefined)
  return missing.length > 0
    ? refuse(`${spec.name} needs ${missing.join(' and ')}`)
    : { kind: 'read', values }
}

/** Undefined if it is no object, nor the JSON of one. Nothing at all counts as an empty one. */
function toObject(given: unknown): Readonly<Record<string, unknown>> | undefined {
  if (given === undefined || given === null || given === '') return {}
  if (typeof given === 'object') {
    return Array.isArray(given) ? undefined : (given as Readonly<Record<string, unknown>>)
  }
  if (typeof given !== 'string' || given.length > MAX_LENGTH) return undefined
  try {
    // Some models fence their JSON.
    const text = given
      .trim()
      .replace(/^```(?:json)?/, '')
      .replace(/```$/, '')
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'string' || typeof parsed === 'object'
      ? toObjectOnce(parsed)
      : undefined
  } catch {
    return given.trim() === '' ? {} : undefined
  }
}

/** JSON that was written as a JSON string is read once more, and no deeper. */
function toObjectOnce(parsed: unknown): Readonly<Record<string, unknown>> | undefined {
  const inner: unknown = typeof parsed === 'string' ? JSON.parse(parsed) : parsed
  if (inner === null) return {}
  return typeof inner === 'object' && !Array.isArray(inner)
    ? (inner as Readonly<Record<string, unknown>>)
    : undefined
}

function readField(field: ToolField, value: unknown): string | number | undefined {
  if (field.type === 'integer') {
    const written = typeof value === 'string' ? /^\s*#?(-?\d{1,15})(?:\.0+)?\s*$/.exec(value) : null
    const number = written ? Number(written[1]) : value
    return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
  }
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  if (typeof text !== 'string') return undefined
  return field.oneOf && !field.oneOf.includes(text) ? undefined : text
}

function describeField({ type, oneOf }: ToolField): string {
  if (oneOf) return `one of ${oneOf.join(', ')}`
  return type === 'integer' ? 'a whole number' : 'a string'
}

function refuse(reason: string): ReadArguments {
  return { kind: 'refused', reason }
}
