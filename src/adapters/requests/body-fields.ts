import { isJsonObject, listOf, type JsonObject } from '../copy-json.ts'

/** The objects of a list that holds at least one, and nothing else; undefined for anything else. */
export function objectsIn(value: unknown): readonly JsonObject[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined
  const objects = value.filter(isJsonObject)
  return objects.length === value.length ? objects : undefined
}

/** A body with further tools, behind those that it has. */
export function withTools(body: JsonObject, tools: readonly JsonObject[]): JsonObject {
  return { ...body, tools: [...listOf(body['tools']), ...tools] }
}
