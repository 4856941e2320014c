import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { invalidInput, kindOf } from '../invalid-input.ts'
import type { PlacedPart } from '../placed-part.ts'
import { formatToolInput, parseToolInput } from '../tool-input.ts'
import type { Place } from '../wire-reading.ts'

/** The calls of a message. */
export interface LangChainCalls {
  readonly placed: readonly PlacedPart[]
  readonly ids: ReadonlySet<unknown>
}

type Copies = ReadonlyMap<unknown, readonly Pick<Place, 'path' | 'write'>[]>

/**
 * Reads the calls of a message of the assistant. Providers' integrations keep them in several places at once,
 * all of which are changed when one is moved out: `tool_calls`, blocks of the content, and the provider's own
 * form among `additional_kwargs`, which counts where there is no other.
 *
 * @throws BackfoldError `INVALID_INPUT`
 * @see SPEC.md rule LCH5
 */
export function readLangChainCalls(data: JsonObject, at: string): LangChainCalls {
  const calls: unknown = data['tool_calls'] ?? []
  if (!Array.isArray(calls)) {
    return invalidInput(`${at}.data.tool_calls must be an array, got ${kindOf(calls)}`)
  }
  const raw = rawCallsOf(data)
  const copies = findCopies(data, calls.length > 0 ? raw : [])
  const placed =
    calls.length > 0
      ? calls.map((call: unknown, i) => readCall(call, i, copies, `${at}.data.tool_calls[${i}]`))
      : raw.map((call, i) => readRawCall(call, i, copies))
  return { placed, ids: new Set(placed.map(({ part }) => 'callId' in part && part.callId)) }
}

/** Ids of the calls that a message makes. */
export function langChainCallIds(data: JsonObject): readonly string[] {
  const { tool_calls: calls } = data
  const made =
    Array.isArray(calls) && calls.length > 0 ? calls.filter(isJsonObject) : rawCallsOf(data)
  return made.map(({ id }) => idOf(id))
}

/** Some models give calls no id; their results have none, either. */
function idOf(id: unknown): string {
  return typeof id === 'string' ? id : ''
}

function rawCallsOf({ additional_kwargs: more }: JsonObject): readonly JsonObject[] {
  const raw = isJsonObject(more) ? more['tool_calls'] : undefined
  const calls: readonly unknown[] = Array.isArray(raw) ? raw : []
  // Of a list that is not whole no index would fit.
  return calls.every(isRawCall) ? calls : []
}

function isRawCall(call: unknown): call is JsonObject {
  return isJsonObject(call) && isJsonObject(call['function'])
}

function readCall(call: unknown, i: number, copies: Copies, at: string): PlacedPart {
  if (!isJsonObject(call)) return invalidInput(`${at} must be an object, got ${kindOf(call)}`)
  const { id, name, args } = call
  if (typeof name !== 'string')
    return invalidInput(`${at}.name must be a string, got ${kindOf(name)}`)
  const callId = idOf(id)
  return {
    part: { type: 'tool-call', callId, name, input: JSON.stringify(args ?? {}) },
    place: {
      path: ['data', 'tool_calls', i, 'args'],
      write: parseToolInput,
      copies: copies.get(callId) ?? [],
    },
  }
}

function readRawCall(call: JsonObject, i: number, copies: Copies): PlacedPart {
  const made = isJsonObject(call['function']) ? call['function'] : {}
  const { name, arguments: written } = made
  const callId = idOf(call['id'])
  const input = typeof written === 'string' ? written : JSON.stringify(written ?? {})
  return {
    part: { type: 'tool-call', callId, name: typeof name === 'string' ? name : '', input },
    place: { ...rawPlace(i), copies: copies.get(callId) ?? [] },
  }
}

function rawPlace(i: number): Pick<Place, 'path' | 'write'> {
  return {
    path: ['data', 'additional_kwargs', 'tool_calls', i, 'function', 'arguments'],
    write: formatToolInput,
  }
}

/** Where calls stand besides their list. */
function findCopies({ content }: JsonObject, raw: readonly JsonObject[]): Copies {
  const copies = new Map<unknown, Pick<Place, 'path' | 'write'>[]>()
  const add = (id: unknown, place: Pick<Place, 'path' | 'write'>): void => {
    // Nothing says which call is meant.
    if (id === '' || id === undefined) return
    const known = copies.get(id)
    if (known) known.push(place)
    else copies.set(id, [place])
  }
  const blocks: readonly unknown[] = Array.isArray(content) ? content : []
  for (const [i, block] of blocks.entries()) {
    if (!isJsonObject(block)) continue
    const field = block['type'] === 'tool_use' ? 'input' : 'args'
    if (block['type'] !== 'tool_use' && block['type'] !== 'tool_call') continue
    add(block['id'], { path: ['data', 'content', i, field], write: parseToolInput })
  }
  for (const [i, call] of raw.entries()) add(call['id'], rawPlace(i))
  return copies
}
