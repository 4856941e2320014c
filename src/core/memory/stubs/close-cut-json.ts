/**
 * Closes JSON that a tool has cut off: drops what stands behind the last comma and closes what is open.
 * Two passes over the text. Undefined where nothing is open, or nothing whole stands before the cut.
 */
export function closeCutJson(text: string): string | undefined {
  const end = scan(text, text.length).lastComma
  if (end <= 0) return undefined
  const { open } = scan(text, end)
  if (open.length === 0 || open.length > MAX_DEPTH) return undefined
  return text.slice(0, end) + open.toReversed().join('')
}

/** What is nested deeper is no data that anybody reads. */
const MAX_DEPTH = 1_000

/** Brackets that are open at an end, as what closes them, and the last comma outside of texts. */
function scan(
  text: string,
  end: number,
): { readonly open: readonly string[]; readonly lastComma: number } {
  const open: string[] = []
  let lastComma = -1
  let isText = false
  for (let at = 0; at < end; at += 1) {
    const unit = text.charCodeAt(at)
    if (isText) {
      if (unit === BACKSLASH) at += 1
      else if (unit === QUOTE) isText = false
    } else if (unit === QUOTE) isText = true
    else if (unit === COMMA) lastComma = at
    else if (unit === OPEN_OBJECT) open.push('}')
    else if (unit === OPEN_ARRAY) open.push(']')
    else if (unit === CLOSE_OBJECT || unit === CLOSE_ARRAY) open.pop()
  }
  return { open, lastComma }
}

const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
