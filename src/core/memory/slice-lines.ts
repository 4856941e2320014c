import { countLines, MAX_SLICE_LENGTH, type Sliced } from './slice.ts'

/**
 * Lines of a text by number, exactly as they stand, from the first to the last asked for. What is longer
 * than a slice may be ends early, and says so.
 *
 * @see SPEC.md rule REC5
 */
export function sliceLines(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
): Sliced {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 1 || to < from) {
    return { kind: 'invalid', reason: `lines need 1 ≤ from ≤ to, got ${from} to ${to}` }
  }
  const start = lineStart(text, 0, from - 1)
  if (start === -1) {
    const count = countLines(text)
    return { kind: 'missing', reason: `there is no line ${from}: the payload has ${count} lines` }
  }
  const next = lineStart(text, start, to - from + 1)
  const wanted = text.slice(start, next === -1 ? text.length : next - 1)
  const shown = wholeCharacters(wanted.slice(0, MAX_SLICE_LENGTH), wanted.length)
  return {
    kind: 'sliced',
    text: shown,
    unit: 'lines',
    found: countLines(wanted),
    shown: countLines(shown),
    cut: wanted.length - shown.length,
  }
}

/** Where the line begins that is so many lines behind a position; -1 if there are fewer. */
function lineStart(text: string, from: number, lines: number): number {
  let at = from
  for (let left = lines; left > 0; left -= 1) {
    const end = text.indexOf('\n', at)
    if (end === -1) return -1
    at = end + 1
  }
  return at
}

/** A cut text without half a character at its end. */
function wholeCharacters(text: string, whole: number): string {
  return text.length < whole && /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text
}
