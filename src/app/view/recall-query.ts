import type { RecallQuery } from '../../protocol/requests.ts'

/** Most messages asked for at once: a range is shown, not exported. */
const MOST_MESSAGES = 200

/**
 * Reads what was typed into the recall box: `12-40`, `12..40`, `#12` and `#12-#40` are ranges of
 * positions, a SHA-256 is an artifact, everything else is words. Null for nothing typed.
 *
 * @see SPEC.md rule APP32
 */
export function readRecallQuery(typed: string): RecallQuery | null {
  const text = typed.trim()
  if (text === '') return null
  if (/^[0-9a-f]{64}$/.test(text)) return { artifact: text }
  const range = /^#?(\d{1,9})\s*(?:-|–|\.\.)\s*#?(\d{1,9})$/.exec(text)
  const single = /^#(\d{1,9})$/.exec(text)
  const first = Number(range?.[1] ?? single?.[1] ?? Number.NaN)
  const second = Number(range?.[2] ?? single?.[1] ?? Number.NaN)
  if (Number.isNaN(first)) return text
  const from = Math.max(1, Math.min(first, second))
  return { from, to: Math.min(Math.max(1, first, second), from + MOST_MESSAGES - 1) }
}
