import { isJsonObject, type JsonObject } from '../copy-json.ts'

/** Calls that the host carries out, each with the item that brings its result. */
const OUTPUT_OF: Readonly<Record<string, string>> = {
  function_call: 'function_call_output',
  custom_tool_call: 'custom_tool_call_output',
  computer_call: 'computer_call_output',
  local_shell_call: 'local_shell_call_output',
  shell_call: 'shell_call_output',
  apply_patch_call: 'apply_patch_call_output',
  tool_search_call: 'tool_search_output',
}

const OUTPUTS: ReadonlySet<string> = new Set(Object.values(OUTPUT_OF))

/** Whose side an item stands on: what a run of one side holds is one message. */
export type Side = 'assistant' | 'tool' | 'speaker'

/**
 * The side of an item. What a person or the host says is a message by itself; whatever is not known is taken
 * for something of the assistant, as models' servers invent most kinds of items.
 */
export function sideOf(item: JsonObject): Side {
  if (resultIdOf(item) !== undefined || item['type'] === 'mcp_approval_response') return 'tool'
  return isMessageItem(item) && item['role'] !== 'assistant' ? 'speaker' : 'assistant'
}

/** Whether an item is something said in words. Easy messages have no type. */
export function isMessageItem(item: JsonObject): boolean {
  const { type, role } = item
  return type === 'message' || ((type ?? undefined) === undefined && role !== undefined)
}

/** The id of a call that the host carries out; undefined for any other item. */
export function callIdOf(item: JsonObject): string | undefined {
  const { type, call_id: id } = item
  return typeof type === 'string' && Object.hasOwn(OUTPUT_OF, type) && isId(id) ? id : undefined
}

/** The id of the call that an item answers; undefined for any other item. */
export function resultIdOf(item: JsonObject): string | undefined {
  const { type, call_id: id } = item
  if (typeof type !== 'string' || !OUTPUTS.has(type)) return undefined
  if (isId(id)) return id
  // The output of a local shell names its call in `id`.
  return type === 'local_shell_call_output' && isId(item['id']) ? item['id'] : undefined
}

/** The kind of item that answers a kind of call. */
export function outputTypeOf(type: unknown): string {
  return (typeof type === 'string' ? OUTPUT_OF[type] : undefined) ?? 'function_call_output'
}

/** The items of a message's wire value; empty if it is none. */
export function itemsOf(value: JsonObject): readonly JsonObject[] {
  const { items } = value
  return Array.isArray(items) ? items.filter(isJsonObject) : []
}

/** Whether a value is that of a message already, and not an item. */
export function isGrouped(value: JsonObject): boolean {
  return Array.isArray(value['items']) && value['type'] === undefined && !('role' in value)
}

/** What the assistant said, as an item. */
export function sayItem(text: string): JsonObject {
  return { role: 'assistant', content: text }
}

export function functionCall(callId: string, name: string, json: string): JsonObject {
  return { type: 'function_call', call_id: callId, name, arguments: json }
}

export function functionOutput(callId: string, output: string): JsonObject {
  return { type: 'function_call_output', call_id: callId, output }
}

function isId(id: unknown): id is string {
  return typeof id === 'string' && id !== ''
}
