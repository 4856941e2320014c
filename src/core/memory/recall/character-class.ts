/** What a code unit is to whoever cuts a text into terms. */
export const OTHER = 0
/** A letter without case, a lower-case one, or a mark on one. */
export const LETTER = 1
export const CAPITAL = 2
export const DIGIT = 3
/** Joins the parts of an identifier: `/ . - @ :`. */
export const CONNECTOR = 4
export const UNDERSCORE = 5
/** Of a script that is written without spaces between words. */
export const UNSPACED = 6

export type CharacterClass = 0 | 1 | 2 | 3 | 4 | 5 | 6

const UNKNOWN = 255
const SCRIPTS =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u
const WORD = /[\p{L}\p{M}]/u
const NUMBER = /\p{N}/u
const UPPER = /[\p{Lu}\p{Lt}]/u

/** Classes of the basic plane, found once each. */
const known: Uint8Array = new Uint8Array(0x10000).fill(UNKNOWN)

/** The class of the character at this place of a text; both halves of a pair have that of the pair. */
export function classAt(text: string, at: number): CharacterClass {
  const unit = text.charCodeAt(at)
  if ((unit & 0xf800) === 0xd800) return classOfHalf(text, at, unit)
  const found = known[unit]
  if (found !== UNKNOWN) return found as CharacterClass
  const first = classify(String.fromCharCode(unit))
  known[unit] = first
  return first
}

function classOfHalf(text: string, at: number, unit: number): CharacterClass {
  const isLow = unit >= 0xdc00
  const code = text.codePointAt(isLow ? at - 1 : at) ?? 0
  // A half without the other says nothing.
  return code > 0xffff ? classify(String.fromCodePoint(code)) : OTHER
}

function classify(character: string): CharacterClass {
  if ('/.-@:'.includes(character)) return CONNECTOR
  if (character === '_') return UNDERSCORE
  if (NUMBER.test(character)) return DIGIT
  if (!WORD.test(character)) return OTHER
  if (SCRIPTS.test(character)) return UNSPACED
  return UPPER.test(character) ? CAPITAL : LETTER
}
