import type { Part } from '../../core/session/message.ts'
import type { NamedCall } from '../call-names.ts'
import { isJsonObject, textOrNone, type JsonObject } from '../copy-json.ts'
import { formatDataUrl } from '../data-url.ts'

export type Path = readonly (string | number)[]

/** A part of the wire, with where it stands and the content that it is in. */
export interface Found {
  readonly value: JsonObject
  readonly path: Path
}

/** Parts that the model's server writes in pairs, of which none is taken alone. */
const PARTNERS = [
  ['executableCode', 'codeExecutionResult'],
  ['toolCall', 'toolResponse'],
] as const

/** A field of the API, which takes both spellings of its names. */
export function fieldOf(value: JsonObject, name: string): unknown {
  return value[spellingIn(value, name)]
}

/** The spelling in which an object has a field. */
export function spellingIn(value: JsonObject, name: string): string {
  if (name in value) return name
  const snake = name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)
  return snake in value ? snake : name
}

/** The object in a field of a part; undefined for any other part. */
export function objectIn(part: JsonObject, name: string): JsonObject | undefined {
  const found = fieldOf(part, name)
  return isJsonObject(found) ? found : undefined
}

/** What a part's call or response says of the call. */
export function namedCall(made: JsonObject): NamedCall {
  return { id: textOrNone(made['id']), name: textOrNone(made['name']) }
}

/** The parts of a content. */
export function partsOf(content: JsonObject): readonly JsonObject[] {
  const { parts } = content
  return Array.isArray(parts) ? parts.filter(isJsonObject) : []
}

/** The calls of a content. */
export function callsOf(content: JsonObject): readonly NamedCall[] {
  return partsOf(content).flatMap((part) => {
    const call = objectIn(part, 'functionCall')
    return call === undefined ? [] : [namedCall(call)]
  })
}

/** The function responses of a content. */
export function responsesOf(content: JsonObject): readonly NamedCall[] {
  return partsOf(content).flatMap((part) => {
    const response = objectIn(part, 'functionResponse')
    return response === undefined ? [] : [namedCall(response)]
  })
}

/** The contents of a message's wire value. */
export function contentsOf(value: JsonObject): readonly JsonObject[] {
  const { contents } = value
  return Array.isArray(contents) ? contents.filter(isJsonObject) : [value]
}

/** Whether a value holds several contents that are one message. */
export function isGrouped(value: JsonObject): boolean {
  return Array.isArray(value['contents']) && !('role' in value) && !('parts' in value)
}

/** A result as text: the one text that it holds, else its JSON. */
export function responseText(response: unknown): string {
  if (!isJsonObject(response)) return JSON.stringify(response ?? {})
  const [only, ...more] = Object.values(response)
  return more.length === 0 && typeof only === 'string' ? only : JSON.stringify(response)
}

/** Data or a file as a part; undefined for a part that is neither. */
export function readMedia(part: JsonObject): Part | undefined {
  const inline = objectIn(part, 'inlineData')
  const file = objectIn(part, 'fileData')
  const source = inline ?? file
  if (source === undefined) return undefined
  const mediaType = textOrNone(fieldOf(source, 'mimeType'))
  const name = textOrNone(fieldOf(source, 'displayName'))
  const data = inline?.['data']
  const uri = file && fieldOf(file, 'fileUri')
  const url =
    typeof data === 'string' ? formatDataUrl(mediaType ?? 'application/octet-stream', data) : uri
  if (typeof url !== 'string') return undefined
  const typed = mediaType === undefined ? {} : { mediaType }
  return mediaType?.startsWith('image/') === true
    ? { type: 'image', url, ...typed }
    : { type: 'file', url, ...typed, ...(name === undefined ? {} : { name }) }
}

/** A part of a kind that can't be kept, as a text of what it said. */
export function textPartOf(part: unknown): unknown {
  return isJsonObject(part) && typeof part['text'] === 'string'
    ? part
    : { text: JSON.stringify(part) }
}

/** Where the other half of a pair stands that the model's server wrote: the next one of its kind. */
export function partnersOf(found: readonly Found[], at: number): readonly Path[] {
  const value = found[at]?.value ?? {}
  for (const [first, second] of PARTNERS) {
    const step = objectIn(value, first) ? 1 : objectIn(value, second) ? -1 : 0
    const [kind, other] = step === 1 ? [first, second] : [second, first]
    for (let i = at + step; step !== 0 && i >= 0 && i < found.length; i += step) {
      const { value: candidate, path } = found[i] ?? { value: {}, path: [] }
      if (objectIn(candidate, kind)) break
      if (objectIn(candidate, other)) return [path]
    }
  }
  return []
}
