import { isJsonObject, type JsonObject } from '../copy-json.ts'

/** Deeper than this, metadata that came later replaces what was there: the bound keeps the stack. */
const MAX_DEPTH = 100

/** Metadata of a message with what came later laid over it, field by field. Lists are replaced. */
export function mergeMetadata(before: unknown, later: unknown, depth: number = 0): unknown {
  if (later === undefined || later === null) return before
  if (!isJsonObject(before) || !isJsonObject(later) || depth >= MAX_DEPTH) return later
  const merged: JsonObject = { ...before, ...later }
  return Object.fromEntries(
    Object.entries(merged).map(([key, value]) => [
      key,
      Object.hasOwn(before, key) && Object.hasOwn(later, key) && isJsonObject(value)
        ? mergeMetadata(before[key], value, depth + 1)
        : value,
    ]),
  )
}
