import type { Tokeniser } from '../core/ports/tokeniser.ts'
import {
  ASTRAL,
  DIGIT,
  END,
  LATIN,
  LOWER,
  NEWLINE,
  PUNCTUATION,
  SPACE,
  UPPER,
  isLatin,
  isLetter,
  isSign,
  kindAt,
  kindOf,
} from './character-kinds.ts'
import { LENGTHS, PAIRS, PREFIXES, SHAPES, scriptCost, symbolCost } from './estimator-weights.ts'

/**
 * Counts tokens without a vocabulary, by estimating what o200k would count.
 *
 * One pass over the character codes cuts the text where o200k's own pattern cuts it: words, groups
 * of three digits, runs of punctuation, line ends, spaces. Most pieces are one token. A word costs
 * more the rarer its letter pairs are; how much more depends on how plain the words around it are,
 * because the same letters are one token in English prose and three in an identifier. Scripts
 * without a letter-pair model cost by character.
 *
 * Total and linear: no text makes it throw, and a megabyte costs some tens of milliseconds whatever
 * is in it. A string that is not empty is at least one token. The same text always counts the same.
 *
 * @see SPEC.md rules TOK1–TOK5
 */
export function createEstimatingTokeniser(): Tokeniser {
  return { name: 'estimate', count: estimate }
}

function estimate(text: string): number {
  if (text === '') return 0
  let tokens = 0
  for (let at = 0; at < text.length;) {
    const tally: Tally = { tokens: 0, plain: 0, plainExtra: 0, other: 0, otherExtra: 0 }
    // The cut moves to the end of a piece, so chunks lose nothing at their borders.
    at = scan(text, at, Math.min(text.length, at + CHUNK), tally)
    tokens += tally.tokens + extraTokens(tally)
  }
  return Math.max(1, Math.round(tokens))
}

/** Characters over which the plainness of the words is averaged. */
const CHUNK = 4096

/** What one chunk adds up to. "Plain" words are lower case or capitalised, after a space. */
interface Tally {
  tokens: number
  plain: number
  plainExtra: number
  other: number
  otherExtra: number
}

/**
 * The tokens of words beyond one per word. The pair model pulls every word towards the average of
 * all texts; the chunk's own average says which way it erred. Ten average words stand in for what a
 * short text can't tell.
 */
function extraTokens({ plain, plainExtra, other, otherExtra }: Tally): number {
  const plainMean = (plainExtra + 0.9) / (plain + 10)
  const otherMean = (otherExtra + 4.5) / (other + 10)
  return (
    plainExtra * Math.max(0.15, 1.4 - 0.112 / plainMean) +
    otherExtra * Math.max(0.4, 1.2 - 0.15 / otherMean)
  )
}

/** Adds the pieces from `at` to at least `end` to the tally; returns where the last one ended. */
function scan(text: string, at: number, end: number, tally: Tally): number {
  while (at < end) {
    const code = text.charCodeAt(at)
    const kind = kindOf(code)
    if (isLetter(kind)) at = scanLetters(text, at, -1, tally)
    else if (kind === DIGIT) at = scanDigits(text, at, tally)
    else if (kind === SPACE || kind === NEWLINE) at = scanSpace(text, at, tally)
    else if (kind !== ASTRAL && isLetter(kindAt(text, at + 1))) {
      at = scanLetters(text, at + 1, code, tally)
    } else at = scanSymbols(text, at, tally)
  }
  return at
}

/** A run of letters and the one sign before it, if any, which belongs to the same piece. */
function scanLetters(text: string, at: number, prefix: number, tally: Tally): number {
  return isLatin(kindAt(text, at))
    ? scanWord(text, at, prefix, tally)
    : scanScript(text, at, prefix, tally)
}

/** A Latin word: capitals, then small letters; `fooBar` is two. Costs by its letter pairs. */
function scanWord(text: string, start: number, prefix: number, tally: Tally): number {
  let at = start
  let capitals = 0
  let small = 0
  let previous = 0
  let score = 0
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const kind = kindOf(code)
    let letter: number
    if (kind === LOWER) {
      letter = code - 96
      small++
    } else if (kind === UPPER) {
      if (small > 0) break
      letter = code - 64
      capitals++
    } else if (isLatin(kind)) {
      letter = kind === LATIN ? 27 : 28
      small++
    } else break
    score += PAIRS[previous * 29 + letter] ?? 0
    previous = letter
  }
  score += PAIRS[previous * 29] ?? 0
  const before = prefix === -1 ? 0 : prefix === 32 ? 1 : 2
  const shape = capitals === 0 ? 0 : small === 0 ? (capitals === 1 ? 1 : 2) : capitals === 1 ? 1 : 3
  score += SHAPES[shape * 3 + before] ?? 0
  score += LENGTHS[Math.min(15, at - start) + (before === 1 ? 16 : 0)] ?? 0
  if (before === 2) {
    if (prefix < 128) score += PREFIXES[prefix] ?? 0
    else tally.tokens += symbolCost(kindOf(prefix), false)
  }
  const extra = softplus(score)
  tally.tokens++
  if (before === 1 && shape < 2) {
    tally.plain++
    tally.plainExtra += extra
  } else {
    tally.other++
    tally.otherExtra += extra
  }
  return capitals < 2 ? skipContraction(text, at) : at
}

/** `'s`, `'ll` and their like are cut with the word before them, and are usually part of its token. */
function skipContraction(text: string, at: number): number {
  if (text.charCodeAt(at) !== 39) return at
  const rest = text.slice(at + 1, at + 4)
  const match = /^(?:[stdm]|re|ve|ll)(?![a-z])/.exec(rest)
  return match === null ? at : at + 1 + match[0].length
}

/** A run of letters of other scripts. */
function scanScript(text: string, start: number, prefix: number, tally: Tally): number {
  const first = kindAt(text, start)
  const before = prefix === -1 ? 3 : prefix === 32 ? -1 : 4
  let cost = scriptCost(first, 0) + (before === -1 ? 0 : scriptCost(first, before))
  let at = start
  for (; at < text.length; at++) {
    const kind = kindAt(text, at)
    if (!isLetter(kind) || isLatin(kind)) break
    cost += scriptCost(kind, 1) + (at - start < 5 ? 0 : scriptCost(kind, 2))
  }
  tally.tokens += Math.max(1, cost)
  return at
}

function scanDigits(text: string, start: number, tally: Tally): number {
  let at = start + 1
  while (kindAt(text, at) === DIGIT) at++
  tally.tokens += Math.ceil((at - start) / 3)
  return at
}

/** White space up to and including its last line end, or all but the space that the next word takes. */
function scanSpace(text: string, start: number, tally: Tally): number {
  let at = start
  let afterLineEnd = -1
  for (; at < text.length; at++) {
    const kind = kindOf(text.charCodeAt(at))
    if (kind === NEWLINE) afterLineEnd = at + 1
    else if (kind !== SPACE) break
  }
  const end = afterLineEnd >= 0 ? afterLineEnd : at
  const next = kindAt(text, at)
  const last = text.charCodeAt(at - 1)
  if (afterLineEnd < 0 && next !== END) {
    if (at - start > 1) {
      tally.tokens += 1 + (at - start) * LONG_RUN
      return at - 1
    }
    if (isLetter(next)) return scanLetters(text, at, last, tally)
    if (isSign(next) && last === 32) return scanSymbols(text, at, tally)
  }
  tally.tokens += 1 + (end - start) * LONG_RUN
  return end
}

/** Tokens per character that a very long run of the same white space costs. */
const LONG_RUN = 1 / 96

/** A run of signs. A pair of different signs is a new token less often than not. */
function scanSymbols(text: string, start: number, tally: Tally): number {
  let at = start
  let cost = 0
  let previous = -1
  let previousSign = -1
  while (at < text.length) {
    const code = text.charCodeAt(at)
    const kind = kindOf(code)
    let unit = code
    if (!isSign(kind)) break
    if (kind === PUNCTUATION) {
      cost += previousSign < 0 ? 0.926 : previousSign === code ? 0.066 : 0.125
      previousSign = code
    } else {
      if (kind === ASTRAL && code < 0xdc00 && kindAt(text, at + 1) === ASTRAL) {
        unit = code * 0x10000 + text.charCodeAt(++at)
      }
      cost += symbolCost(kind, previous === unit)
    }
    previous = unit
    at++
  }
  while (kindAt(text, at) === NEWLINE) at++
  tally.tokens += Math.max(1, cost)
  return at
}

/** ln(1 + e^x) by table: a word's expected tokens beyond the first. */
function softplus(x: number): number {
  return x >= 8 ? x : x < -8 ? 0 : (SOFTPLUS[((x + 8) * 32) | 0] ?? 0)
}

const SOFTPLUS: Float64Array = Float64Array.from({ length: 512 }, (_, i) =>
  Math.log1p(Math.exp((i + 0.5) / 32 - 8)),
)
