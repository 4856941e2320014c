/** A number of at most so many characters is the same when it is read and written again. */
const SAFE_LENGTH = 15

/**
 * Whether all numbers of a JSON text are still the same numbers when they are read and written again. Ids and
 * seeds may have more digits than a number of this language holds. Total; linear.
 *
 * @param json - Valid JSON.
 * @see SPEC.md rule REQ3
 */
export function hasExactNumbers(json: string): boolean {
  let at = 0
  while (at < json.length) {
    const code = json.charCodeAt(at)
    if (code === QUOTE) at = endOfString(json, at)
    else if (!isNumeric(code)) at += 1
    else {
      const start = at
      while (at < json.length && isNumeric(json.charCodeAt(at))) at += 1
      const number = json.slice(start, at)
      if (number.length > SAFE_LENGTH && String(Number(number)) !== number) return false
    }
  }
  return true
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Behind the quote that ends the string. */
function endOfString(json: string, start: number): number {
  let at = start + 1
  while (at < json.length && json.charCodeAt(at) !== QUOTE) {
    at += json.charCodeAt(at) === BACKSLASH ? 2 : 1
  }
  return at + 1
}

/** Digits, signs, points and exponents; words such as `true` hold no digit and pass. */
function isNumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || NUMERIC.has(code)
}

const NUMERIC: ReadonlySet<number> = new Set(
  ['+', '-', '.', 'e', 'E'].map((letter) => letter.charCodeAt(0)),
)
