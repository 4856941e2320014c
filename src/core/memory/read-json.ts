import { REPLACED_FIELDS } from './edit-fields.ts'

/** Longest text that is parsed; a longer one is read as it stands. */
const MAX_LENGTH = 400_000
/** Most values taken from one text. */
const MAX_VALUES = 20_000

/**
 * The values of a JSON text as lines of `name: value`, in order, with the escapes of its strings resolved; any
 * other text as it stands. Total.
 */
export function readJson(text: string): string {
  if (text.length > MAX_LENGTH || !/^\s*[[{]/.test(text)) return text
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return text
  }
  const lines: string[] = []
  collect(parsed, '', lines)
  return lines.join('\n')
}

function collect(value: unknown, name: string, lines: string[]): void {
  if (lines.length >= MAX_VALUES || value === null) return
  if (Array.isArray(value)) for (const item of value) collect(item, name, lines)
  else if (typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) {
      if (!REPLACED_FIELDS.has(key)) collect(inner, key, lines)
    }
  } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    lines.push(name ? `${name}: ${value}` : String(value))
  }
}
