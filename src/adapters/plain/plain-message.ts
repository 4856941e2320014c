import type { Part, Role } from '../../core/session/message.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { invalidInput, kindOf } from '../invalid-input.ts'
import { readingOf, type PlacedPart } from '../placed-part.ts'
import type { Place, WireReading } from '../wire-reading.ts'

/** What hosts call who speaks. Any other name is one of the model's: nothing that it says may become a rule. */
const ROLES: Readonly<Record<string, Role>> = {
  user: 'user',
  human: 'user',
  system: 'system',
  developer: 'system',
}

/**
 * Reads a message of the shape `{ role, text }`, with `html` and `files` as the deep-chat element has them.
 *
 * @param at - Where the message stands, for error messages.
 * @throws BackfoldError `INVALID_INPUT`
 * @see SPEC.md rules TXT1, TXT2
 */
export function readPlainMessage(value: JsonObject, at: string): WireReading {
  const { role, text, html, files } = value
  if (typeof role !== 'string' || role === '') {
    return invalidInput(`${at}.role must be a non-empty string, got ${kindOf(role)}`)
  }
  if (!isPlainMessage(value)) {
    return invalidInput(`${at}.text must be a string, got ${kindOf(text)}`)
  }
  const placed: readonly PlacedPart[] = [
    ...readText(text, 'text'),
    ...readText(html, 'html'),
    ...(Array.isArray(files) ? files.flatMap((file: unknown, i) => readFile(file, i)) : []),
  ]
  return readingOf(Object.hasOwn(ROLES, role) ? (ROLES[role] ?? 'user') : 'assistant', placed)
}

/** Whether a value is of this shape, and of no other that has a role. */
export function isPlainMessage(value: unknown): value is JsonObject {
  if (!isJsonObject(value) || typeof value['role'] !== 'string' || value['role'] === '')
    return false
  const { text, html, files } = value
  const isWhole = [text, html].every(
    (field) => (field ?? null) === null || typeof field === 'string',
  )
  return isWhole && (typeof text === 'string' || typeof html === 'string' || Array.isArray(files))
}

function readText(text: unknown, field: 'text' | 'html'): readonly PlacedPart[] {
  return typeof text === 'string'
    ? [{ part: { type: 'text', text }, place: { path: [field] } }]
    : []
}

function readFile(file: unknown, i: number): readonly PlacedPart[] {
  if (!isJsonObject(file) || typeof file['src'] !== 'string') return []
  const { src: url, type, name } = file
  const part: Part =
    type === 'image'
      ? { type: 'image', url }
      : { type: 'file', url, ...(typeof name === 'string' ? { name } : {}) }
  // A file without a source is shown by its name.
  const place: Place = { path: ['files', i], write: (text) => ({ type: 'any', name: text }) }
  return [{ part, place }]
}
