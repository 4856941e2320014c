/** A stretch of a text, in UTF-16 code units. */
export interface Stretch {
  readonly offset: number
  readonly length: number
}

/** Where a passage should end, and where it must, in UTF-16 code units. */
const PASSAGE_LENGTH = 280
const MAX_PASSAGE_LENGTH = 360
/** A break that comes earlier would make passages of a few words. */
const MIN_PASSAGE_LENGTH = 140

/**
 * Cuts a text into passages of some 280 characters: at the end of a line, else of a sentence, else at white
 * space, else anywhere but in the middle of a character. Together they are the text, apart from white space.
 * Linear: no look-back is longer than a passage.
 *
 * @see SPEC.md rule IDX2
 */
export function splitPassages(text: string): readonly Stretch[] {
  const passages: Stretch[] = []
  let from = skipSpace(text, 0)
  while (from < text.length) {
    const to = text.length - from <= MAX_PASSAGE_LENGTH ? text.length : findEnd(text, from)
    let end = to
    while (end > from && isSpace(text.charCodeAt(end - 1))) end -= 1
    passages.push({ offset: from, length: end - from })
    from = skipSpace(text, to)
  }
  return passages
}

/** The best place to end a passage that begins here. */
function findEnd(text: string, from: number): number {
  const [least, wanted, most] = [MIN_PASSAGE_LENGTH, PASSAGE_LENGTH, MAX_PASSAGE_LENGTH]
  for (const isBreak of [endsLine, endsSentence, endsWord]) {
    // Just behind the wanted length is as good as just before it.
    for (let length = wanted; length >= least; length -= 1) {
      if (isBreak(text, from + length)) return from + length
    }
    for (let length = wanted + 1; length <= most; length += 1) {
      if (isBreak(text, from + length)) return from + length
    }
  }
  const unit = text.charCodeAt(from + wanted)
  return unit >= 0xdc00 && unit <= 0xdfff ? from + wanted - 1 : from + wanted
}

function endsLine(text: string, at: number): boolean {
  return text.charCodeAt(at) === 10
}

function endsSentence(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1)
  // 。！？； end one without a space behind them.
  if (before === 0x3002 || before === 0xff01 || before === 0xff1f || before === 0xff1b) return true
  return (before === 46 || before === 33 || before === 63) && isSpace(text.charCodeAt(at))
}

function endsWord(text: string, at: number): boolean {
  return isSpace(text.charCodeAt(at))
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && isSpace(text.charCodeAt(at))) at += 1
  return at
}

function isSpace(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xa0 || unit === 0x3000
}
