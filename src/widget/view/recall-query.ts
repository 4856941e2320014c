import type { RecallQuery } from '../../protocol/requests.ts'

/** Most messages asked for at once: a range is shown, not exported. */
const MOST_MESSAGES = 200

/**
 * Reads what was typed into the recall box: `12-40`, `12..40`, `#12` and `#12-#40` are ranges of
 * positions, `#12.0` is the first part of a message, a SHA-256 or `artifact` with 12 or more digits of one
 * is an artifact, everything else is words. Null for nothing typed.
 *
 * @see SPEC.md rule APP32
 */
export function readRecallQuery(typed: string): RecallQuery | null {
  const text = typed.trim()
  if (text === '') return null
  if (/^[0-9a-f]{64}$/.test(text)) return { artifact: text }
  const artifact = /^artifact\s+([0-9a-f]{12,64})$/i.exec(text)?.[1]
  if (artifact !== undefined) return { artifact: artifact.toLowerCase() }
  const place = /^#(\d{1,9})\.(\d{1,4})$/.exec(text)
  if (place !== null) return { seq: Number(place[1]), part: Number(place[2]) }
  const range = /^#?(\d{1,9})\s*(?:-|–|\.\.)\s*#?(\d{1,9})$/.exec(text)
  const single = /^#(\d{1,9})$/.exec(text)
  const first = Number(range?.[1] ?? single?.[1] ?? Number.NaN)
  const second = Number(range?.[2] ?? single?.[1] ?? Number.NaN)
  if (Number.isNaN(first)) return text
  const from = Math.max(1, Math.min(first, second))
  return { from, to: Math.min(Math.max(1, first, second), from + MOST_MESSAGES - 1) }
}
