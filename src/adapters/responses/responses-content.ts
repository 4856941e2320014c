import type { Part } from '../../core/session/message.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { formatDataUrl } from '../data-url.ts'
import { invalidInput, kindOf } from '../invalid-input.ts'
import type { Place } from '../wire-reading.ts'

interface BlockPlace {
  readonly path: readonly (string | number)[]
  /** Type of the text blocks that stand beside it. */
  readonly textType: 'input_text' | 'output_text'
  /** For error messages. */
  readonly at: string
}

/**
 * Reads a content block of a message item. A block of a kind that is not known becomes a text part of its JSON.
 *
 * @throws BackfoldError `INVALID_INPUT`
 */
export function readContentBlock(
  block: unknown,
  { path, textType, at }: BlockPlace,
): { readonly part: Part; readonly place: Place } {
  if (!isJsonObject(block)) return invalidInput(`${at} must be an object, got ${kindOf(block)}`)
  const text = textOfBlock(block, at)
  const whole: Place = { path, write: (stub) => textBlock(stub, textType) }
  if (text !== undefined) {
    const { field, value } = text
    const place = isAnnotated(block) ? whole : { path: [...path, field] }
    return { part: { type: 'text', text: value }, place }
  }
  const media = readMedia(block)
  return { part: media ?? { type: 'text', text: JSON.stringify(block) }, place: whole }
}

/** A text as a content block of the assistant or of anybody else. */
function textBlock(text: string, type: BlockPlace['textType']): JsonObject {
  return type === 'output_text' ? { type, text, annotations: [] } : { type, text }
}

function textOfBlock(
  block: JsonObject,
  at: string,
): { readonly field: string; readonly value: string } | undefined {
  const { type } = block
  if (type !== 'input_text' && type !== 'output_text' && type !== 'text' && type !== 'refusal') {
    return undefined
  }
  const field = type === 'refusal' ? 'refusal' : 'text'
  const value = block[field]
  return typeof value === 'string'
    ? { field, value }
    : invalidInput(`${at}.${field} must be a string, got ${kindOf(value)}`)
}

/** Whether places in the text are pointed at, which another text does not have. */
function isAnnotated({ annotations, logprobs }: JsonObject): boolean {
  return [annotations, logprobs].some((list) => Array.isArray(list) && list.length > 0)
}

function readMedia(block: JsonObject): Part | undefined {
  switch (block['type']) {
    case 'input_image': {
      const url = block['image_url'] ?? fileId(block)
      return typeof url === 'string' ? { type: 'image', url } : undefined
    }
    case 'input_file': {
      const url = block['file_data'] ?? block['file_url'] ?? fileId(block)
      const name = typeof block['filename'] === 'string' ? { name: block['filename'] } : {}
      return typeof url === 'string' ? { type: 'file', url, ...name } : undefined
    }
    case 'input_audio': {
      const audio = block['input_audio']
      if (!isJsonObject(audio) || typeof audio['data'] !== 'string') return undefined
      const mediaType = `audio/${typeof audio['format'] === 'string' ? audio['format'] : 'wav'}`
      return { type: 'file', url: formatDataUrl(mediaType, audio['data']), mediaType }
    }
    default:
      return undefined
  }
}

function fileId(block: JsonObject): string | undefined {
  return typeof block['file_id'] === 'string' ? `file-id:${block['file_id']}` : undefined
}
