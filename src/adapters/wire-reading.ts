import type { Part, Role } from '../core/session/message.ts'
import { isJsonObject, type JsonObject } from './copy-json.ts'

/** What a message in a provider's format says, in our words. */
export interface WireReading {
  readonly role: Role
  readonly parts: readonly Part[]
  /** Where each part stands in the wire value; parallel to `parts`. */
  readonly places: readonly Place[]
  readonly name?: string
}

/** Where a part's payload stands in a wire value, and how a replacement is written there. */
export interface Place {
  readonly path: Path
  /**
   * Turns a replacing text into what stands at `path`, or into a function of what stood there. The text itself
   * unless given.
   */
  readonly write?: (text: string) => unknown
  /** Blocks that mean nothing without this one: they become text when it is replaced. */
  readonly alsoAsText?: readonly Path[]
  /** How they become text. A content block `{ type: 'text', text }` of their JSON unless given. */
  readonly asText?: (block: unknown) => unknown
  /** Where else the same payload stands, each place in a way of its own. */
  readonly copies?: readonly Pick<Place, 'path' | 'write'>[]
}

type Path = readonly (string | number)[]

/**
 * Writes changed payloads into a wire value and leaves everything else of it as it was.
 *
 * @param parts - The parts as they shall be; same number, same tool ids as read from the value.
 * @returns undefined if the parts do not fit the value, so that the caller builds a message instead.
 */
export function patchWire(
  value: JsonObject,
  reading: WireReading,
  parts: readonly Part[],
): JsonObject | undefined {
  if (parts.length !== reading.parts.length) return undefined
  let patched: unknown = value
  for (const [i, part] of parts.entries()) {
    const was = reading.parts[i]
    const place = reading.places[i]
    if (was === undefined || place === undefined || !canStandFor(part, was)) return undefined
    const text = payloadOf(part)
    if (text === payloadOf(was)) continue
    patched = setAt(patched, place.path, place.write?.(text) ?? text)
    for (const path of place.alsoAsText ?? [])
      patched = setAt(patched, path, place.asText ?? textBlockOf)
    for (const { path, write } of place.copies ?? []) {
      patched = setAt(patched, path, write?.(text) ?? text)
    }
  }
  return isJsonObject(patched) ? patched : undefined
}

/** The text of a part that may be moved out. */
function payloadOf(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.text
    case 'tool-call':
      return part.input
    case 'tool-result':
      return part.output
    case 'image':
    case 'file':
      return part.url
    case 'approval-request':
    case 'approval-response':
      return ''
  }
}

/** Calls and results must keep their ids; anything else may have become a text. */
function canStandFor(part: Part, was: Part): boolean {
  if (was.type === 'tool-call') return part.type === 'tool-call' && part.callId === was.callId
  if (was.type === 'tool-result') return part.type === 'tool-result' && part.callId === was.callId
  return part.type === was.type || part.type === 'text'
}

/** A block of a kind that can't be kept, as a text of what it said. */
function textBlockOf(block: unknown): unknown {
  return isJsonObject(block) && block['type'] === 'text'
    ? block
    : { type: 'text', text: JSON.stringify(block) }
}

function setAt(target: unknown, path: Path, to: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return typeof to === 'function' ? (to as typeof textBlockOf)(target) : to
  if (Array.isArray(target)) {
    return target.map((item: unknown, i) => (i === key ? setAt(item, rest, to) : item))
  }
  if (!isJsonObject(target)) return target
  return { ...target, [key]: setAt(target[key], rest, to) }
}
