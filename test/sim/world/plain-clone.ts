/**
 * A structured clone of plain data. Nearly all of a simulation's clones are rows of plain data, and the
 * platform's own clone, which goes through bytes, would be a good part of its time.
 */
export function plainClone<T>(value: T): T {
  return copy(value) as T
}

const nativeClone = globalThis.structuredClone

function copy(value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') return nativeClone(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copy)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return nativeClone(value)
  const fields: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    fields[key] = copy((value as Readonly<Record<string, unknown>>)[key])
  }
  return fields
}
