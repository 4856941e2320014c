import type { Part } from '../../core/session/message.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { formatDataUrl } from '../data-url.ts'
import { asTextBlock, type PlacedPart } from '../placed-part.ts'
import type { Place } from '../wire-reading.ts'

/** Blocks that show or name something, with the fields in which providers' own blocks have it. */
const MEDIA: ReadonlySet<unknown> = new Set([
  'image',
  'image_url',
  'audio',
  'input_audio',
  'video',
  'file',
  'document',
  'media',
])

/**
 * Reads a content block: LangChain's own, or one of the providers', which stand there as well. One without a
 * part of ours becomes a text part of its JSON, so that it is counted and can be recalled. A call that the
 * message lists among its calls has no part of its own here.
 *
 * @see SPEC.md rule LCH4
 */
export function readLangChainBlock(
  block: unknown,
  path: Place['path'],
  calls: ReadonlySet<unknown>,
): readonly PlacedPart[] {
  if (typeof block === 'string') return [{ part: { type: 'text', text: block }, place: { path } }]
  const asText: Place = { path, write: asTextBlock }
  if (!isJsonObject(block)) {
    return [{ part: { type: 'text', text: JSON.stringify(block) ?? '' }, place: asText }]
  }
  const { type, text, reasoning, thinking, id } = block
  if (type === 'text' && typeof text === 'string') {
    return [{ part: { type: 'text', text }, place: { path: [...path, 'text'] } }]
  }
  if (type === 'reasoning' || type === 'thinking' || type === 'redacted_thinking') {
    const said = [reasoning, thinking].find((field) => typeof field === 'string') ?? ''
    return [{ part: { type: 'reasoning', text: String(said) }, place: asText }]
  }
  if (calls.has(id) && (type === 'tool_use' || type === 'tool_call')) return []
  const media = MEDIA.has(type) ? readMedia(block) : undefined
  return [{ part: media ?? { type: 'text', text: JSON.stringify(block) }, place: asText }]
}

function readMedia(block: JsonObject): Part | undefined {
  const found = findSource(block)
  if (!found) return undefined
  const { url, mediaType } = found
  const type = mediaType === undefined ? {} : { mediaType }
  if (block['type'] === 'image' || block['type'] === 'image_url')
    return { type: 'image', url, ...type }
  const name = nameOf(block)
  return { type: 'file', url, ...type, ...(name === undefined ? {} : { name }) }
}

interface Source {
  readonly url: string
  readonly mediaType?: string
}

/** Each kind of block has its source elsewhere; the first that is there counts. */
function findSource(block: JsonObject): Source | undefined {
  const { image_url: image, input_audio: audio, source, file } = block
  if (typeof image === 'string') return { url: image }
  for (const holder of [image, audio, source, file, block]) {
    const found = isJsonObject(holder) ? sourceIn(holder) : undefined
    if (found) return found
  }
  return undefined
}

function sourceIn(holder: JsonObject): Source | undefined {
  const { url, data, file_data: fileData } = holder
  const id = holder['file_id'] ?? holder['fileId']
  const given = holder['mime_type'] ?? holder['mimeType'] ?? holder['media_type']
  const format = typeof holder['format'] === 'string' ? `audio/${holder['format']}` : undefined
  const mediaType = typeof given === 'string' ? given : format
  const type = mediaType === undefined ? {} : { mediaType }
  if (typeof url === 'string') return { url, ...type }
  if (typeof fileData === 'string') return { url: fileData, ...type }
  if (typeof data === 'string') return { url: formatDataUrl(mediaType ?? '', data), ...type }
  return typeof id === 'string' ? { url: `file-id:${id}`, ...type } : undefined
}

function nameOf({ metadata, file, title, filename }: JsonObject): string | undefined {
  const names = [
    isJsonObject(metadata) ? (metadata['filename'] ?? metadata['name']) : undefined,
    isJsonObject(file) ? file['filename'] : undefined,
    filename,
    title,
  ]
  return names.find((name) => typeof name === 'string')
}
