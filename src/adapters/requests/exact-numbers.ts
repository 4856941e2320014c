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
      if (!isExact(json.slice(start, at))) return false
    }
  }
  return true
}

/** Largest number, and one by the smallest, that is surely read as it is written; beyond are infinity and 0. */
const SAFE_SIZE = 1e300

function isExact(number: string): boolean {
  const value = Number(number)
  if (number.length > SAFE_LENGTH) return String(value) === number
  const size = Math.abs(value)
  if (size > SAFE_SIZE) return false
  return !(size < 1 / SAFE_SIZE) || !/[1-9]/.test(number.split(/e/i)[0] ?? '')
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
