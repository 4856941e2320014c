import { invalidInput, kindOf } from './invalid-input.ts'

/** An object as `JSON.parse` makes it. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Deepest nesting that is accepted; the bound keeps hostile input from exhausting the stack. */
const MAX_DEPTH = 100

/** Whether a value is an object with named fields. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The items of a list; none of what is no list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A text; empty for what is none. */
export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A text that says anything. */
export function textOrNone(value: unknown): string | undefined {
  return isText(value) ? value : undefined
}

/** Whether a value is a text that says anything. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/**
 * Copies JSON data, so that what the host changes later does not reach the log, nor the other way
 * round. Strings are shared, not copied. Fields that are `undefined` are left out, as JSON does.
 *
 * @param path - Where the value stands, for error messages.
 * @throws BackfoldError `INVALID_INPUT` for what JSON can't hold, and for cycles.
 */
export function copyJson(value: unknown, path: string): unknown {
  return copy(value, path, 0)
}

/** Like {@link copyJson} for a value that must be an object. */
export function copyJsonObject(value: JsonObject, path: string): JsonObject {
  return copyFields(value, path, 0)
}

function copy(value: unknown, path: string, depth: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value : invalidInput(`${path} must be finite, got ${value}`)
    case 'object':
      break
    default:
      return invalidInput(`${path} must be JSON data, got ${kindOf(value)}`)
  }
  if (value === null) return null
  if (depth >= MAX_DEPTH) return invalidInput(`${path} is nested deeper than ${MAX_DEPTH} levels`)
  if (Array.isArray(value)) {
    return value.map((item: unknown, i) => copy(item ?? null, `${path}[${i}]`, depth + 1))
  }
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return invalidInput(`${path} must be JSON data, got binary data: use a data: URL`)
  }
  // URLs and dates say themselves what they are as JSON; their fields say nothing.
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return copy((value as { toJSON(): unknown }).toJSON(), path, depth + 1)
  }
  if (value instanceof Map || value instanceof Set) {
    return invalidInput(`${path} must be JSON data, got a ${value.constructor.name}`)
  }
  return copyFields(value as JsonObject, path, depth)
}

/** Builds from entries, so that a field called `__proto__` stays a field. */
function copyFields(value: JsonObject, path: string, depth: number): JsonObject {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([key, field]) => [key, copy(field, `${path}.${key}`, depth + 1)]),
  )
}
