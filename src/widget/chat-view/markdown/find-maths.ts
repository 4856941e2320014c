/** A formula at the beginning of a text. */
export interface FoundMaths {
  /** With its signs. */
  readonly raw: string
  readonly tex: string
  readonly isDisplay: boolean
}

/** Longest formula within a line of text, in UTF-16 code units. */
const MAX_INLINE = 1_000
const MAX_DISPLAY = 4_000

/**
 * The formula that a text begins with: `$…$`, `$$…$$`, `\(…\)` or `\[…\]`. Prices are none: a formula in single dollars
 * has no space inside its signs, no letter or digit around them, and is no amount with words behind it.
 *
 * @param text - From a `$` or `\` on; only its beginning is looked at.
 * @param before - The character in front; empty for none.
 * @see SPEC.md rule MDV6
 */
export function findMaths(text: string, before: string): FoundMaths | null {
  if (text.startsWith('\\(')) return upTo(text, '\\)', MAX_INLINE, false)
  if (text.startsWith('\\[')) return upTo(text, '\\]', MAX_DISPLAY, true)
  if (text.startsWith('$$')) return upTo(text, '$$', MAX_DISPLAY, true)
  return text.startsWith('$') && !/[\p{L}\p{N}\\$]/u.test(before) ? inDollars(text) : null
}

function upTo(text: string, close: string, most: number, isDisplay: boolean): FoundMaths | null {
  const window = text.slice(2, 2 + most)
  const at = window.indexOf(close)
  const tex = window.slice(0, Math.max(0, at))
  if (at < 0 || tex.trim() === '' || /\n\s*\n/.test(tex)) return null
  return { raw: text.slice(0, at + 4), tex, isDisplay }
}

function inDollars(text: string): FoundMaths | null {
  const window = text.slice(0, MAX_INLINE)
  if (/^\$[\s$]/.test(window)) return null
  for (let at = window.indexOf('$', 1); at > 0; at = window.indexOf('$', at + 1)) {
    if (window[at - 1] === '\\') continue
    const tex = window.slice(1, at)
    // The first unescaped sign decides: a formula has none inside.
    const isEnd = !/\s$/.test(tex) && !/^[\p{L}\p{N}]/u.test(text.slice(at + 1, at + 3))
    if (!isEnd || tex.includes('\n\n') || tex.includes('`') || isAmount(tex)) return null
    return { raw: window.slice(0, at + 1), tex, isDisplay: false }
  }
  return null
}

/** `5`, `5, or 10` and `1,200 per month` are money; `5x`, `2 + 2` and `10^3` are not. */
function isAmount(tex: string): boolean {
  if (/[\\^_{}=+<>|]/.test(tex)) return false
  return /^[\d.,]+(?:[kKmM]|\s*bn)?(?:$|[\s,;.:/–-])/.test(tex)
}
