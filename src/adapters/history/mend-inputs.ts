import { isJsonObject, type JsonObject } from '../copy-json.ts'
import type { Repair } from './history-findings.ts'

/** Messages as a host gives them, with the gaps filled that would keep them from being read. */
export interface MendedInputs {
  /** The same values, those that needed nothing as the same objects. */
  readonly values: readonly unknown[]
  readonly repairs: readonly Repair[]
}

interface Desk {
  readonly repairs: Repair[]
  /** Ids of calls that wait for their results, in order. */
  open: string[]
}

/**
 * Fills in what a message of a provider's format must have to be read: content where there is none, an
 * id where a call has none, and the id of the oldest open call where a result names none. Anything
 * else that is wrong with a message is left for the reader to refuse.
 *
 * @see SPEC.md rule HEAL14
 */
export function mendInputs(values: readonly unknown[]): MendedInputs {
  const desk: Desk = { repairs: [], open: [] }
  const mended = values.map((value, at) =>
    isJsonObject(value) && value['parts'] === undefined ? mendMessage(value, at, desk) : value,
  )
  return { values: mended, repairs: desk.repairs }
}

function mendMessage(value: JsonObject, at: number, desk: Desk): JsonObject {
  const { role } = value
  if (role === 'tool') return mendResult(value, 'tool_call_id', at, desk)
  const filled = fillContent(value)
  if (Array.isArray(filled['content'])) return mendBlocks(filled, filled['content'], at, desk)
  return role === 'assistant' ? mendCalls(filled, at, desk) : filled
}

/** Without content a message says nothing, unless it does something else. */
function fillContent(value: JsonObject): JsonObject {
  const { role, content } = value
  if (content !== undefined && content !== null) return value
  if (role === 'assistant') return content === null ? value : { ...value, content: null }
  const known = role === 'user' || role === 'system' || role === 'developer'
  return known ? { ...value, content: '' } : value
}

function mendCalls(value: JsonObject, at: number, desk: Desk): JsonObject {
  const { tool_calls: calls, ...rest } = value
  if (!Array.isArray(calls)) return value
  if (calls.length === 0) {
    const detail =
      'The message had an empty list of calls, which providers refuse; it was taken out.'
    desk.repairs.push({ kind: 'calls-empty', at, detail })
    return rest
  }
  desk.open = []
  const mended = calls.map((call: unknown, i) => mendCall(call, at, i, desk))
  return mended.every((call, i) => call === calls[i]) ? value : { ...value, tool_calls: mended }
}

function mendBlocks(
  value: JsonObject,
  blocks: readonly unknown[],
  at: number,
  desk: Desk,
): JsonObject {
  const called = mendCalls(value, at, desk)
  if (blocks.some((block) => typeOf(block) === 'tool_use')) desk.open = []
  const mended = blocks.map((block, i) => {
    if (!isJsonObject(block)) return block
    if (typeOf(block) === 'tool_use') return mendCall(block, at, i, desk)
    return typeOf(block) === 'tool_result' ? mendResult(block, 'tool_use_id', at, desk) : block
  })
  return mended.every((block, i) => block === blocks[i]) ? called : { ...called, content: mended }
}

function typeOf(block: unknown): unknown {
  return isJsonObject(block) ? block['type'] : undefined
}

function mendCall(call: unknown, at: number, i: number, desk: Desk): unknown {
  if (!isJsonObject(call)) return call
  if (isId(call['id'])) {
    desk.open.push(call['id'])
    return call
  }
  const id = `call_${at}_${i}`
  desk.open.push(id)
  const detail = `A call has no id; it became ${id}.`
  desk.repairs.push({ kind: 'call-id-missing', at, detail })
  // Servers that number no calls leave out the type as well.
  const type = call['type'] === undefined && isJsonObject(call['function']) ? 'function' : undefined
  return { ...call, id, ...(type === undefined ? {} : { type }) }
}

function mendResult(
  value: JsonObject,
  field: 'tool_call_id' | 'tool_use_id',
  at: number,
  desk: Desk,
): JsonObject {
  const id = value[field]
  if (isId(id)) {
    desk.open = desk.open.filter((open) => open !== id)
    return value
  }
  const oldest = desk.open.shift()
  const detail =
    oldest === undefined
      ? 'A result names no call, and none is open.'
      : 'A result names no call; it was taken for that of the oldest open one.'
  desk.repairs.push({ kind: 'call-id-missing', at, detail })
  return { ...value, [field]: oldest ?? `call_${at}` }
}

function isId(id: unknown): id is string {
  return typeof id === 'string' && id !== ''
}
