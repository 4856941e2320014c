import type { SliceQuery } from '../../core/memory/slice-payload.ts'
import type { RecallResult } from '../../protocol/requests.ts'
import { fullTokens } from './token-format.ts'

/** Ways of asking for a piece of a payload. */
export type SliceKind = 'whole' | 'lines' | 'path' | 'grep'

export const SLICE_KINDS: readonly SliceKind[] = ['whole', 'lines', 'path', 'grep']

/** Lines shown around each match. */
const MATCH_CONTEXT = 2

/** What each way is called, and what is typed for it. */
export const SLICE_FIELDS: Readonly<
  Record<SliceKind, { readonly name: string; readonly hint: string }>
> = {
  whole: { name: 'Whole', hint: '' },
  lines: { name: 'Lines', hint: '40-80' },
  path: { name: 'JSON path', hint: '$.items[0].name' },
  grep: { name: 'Matches', hint: 'words, or /one literal/' },
}

/**
 * Reads which piece is wanted. Null for nothing typed, and for lines that are no numbers.
 *
 * @see SPEC.md rule APP67
 */
export function readSlice(kind: SliceKind, typed: string): SliceQuery | null {
  const text = typed.trim()
  if (text === '' || kind === 'whole') return null
  if (kind === 'path') return { path: text }
  if (kind === 'grep') return { grep: text, context: MATCH_CONTEXT }
  const found = /^(\d{1,9})(?:\s*(?:-|–|\.\.)\s*(\d{1,9}))?$/.exec(text)
  if (found === null) return null
  const [first, second] = [Number(found[1]), Number(found[2] ?? found[1])]
  const from = Math.max(1, Math.min(first, second))
  return { lines: { from, to: Math.max(from, first, second) } }
}

/** What was brought back of a payload, in one line. */
export function describePiece(
  result: Extract<RecallResult, { readonly kind: 'artifact' | 'slice' }>,
): string {
  if (result.kind === 'artifact')
    return `${result.mediaType}, ${fullTokens(result.text.length)} characters`
  const { mediaType, shown, found, unit, cut, characters, lines } = result
  const left = cut > 0 ? `, ${fullTokens(cut)} characters left out` : ''
  const count = shown === found ? fullTokens(found) : `${fullTokens(shown)} of ${fullTokens(found)}`
  const whole = `${fullTokens(lines)} lines, ${fullTokens(characters)} characters in all`
  return `${mediaType}, ${count} ${unit}${left}; ${whole}`
}
