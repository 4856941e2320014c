import { isJsonObject, type JsonObject } from './copy-json.ts'

/** A call's arguments as an object, for formats that take no text. Text that is no object is kept under `input`. */
export function parseToolInput(input: string): JsonObject {
  if (input.trim() === '') return {}
  try {
    const parsed: unknown = JSON.parse(input)
    return isJsonObject(parsed) ? parsed : { input: parsed }
  } catch {
    return { input }
  }
}

/** A call's arguments as JSON text, for formats whose readers parse it. */
export function formatToolInput(input: string): string {
  if (input.trim() === '') return '{}'
  try {
    JSON.parse(input)
    return input
  } catch {
    return JSON.stringify({ input })
  }
}

/** A text that stands for arguments, as JSON text of an object: servers parse arguments. */
export function wrapAsJson(text: string): string {
  return JSON.stringify(parseToolInput(text))
}

/** What a tool was given or gave back, as text: a text as it is, anything else as JSON. */
export function textOrJson(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** A tool's name in the characters that both providers accept. */
export function formatToolName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64) || 'tool'
}

/** Result of a call whose own result the log does not hold. */
export const NO_RESULT = '[no result recorded]'

/** Name of the call that is put before a result whose own call the log does not hold. */
export const NO_CALL = 'call_not_recorded'
