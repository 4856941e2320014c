/** A piece of a text that can be quoted by itself. */
export interface Fragment {
  readonly from: number
  readonly to: number
}

/** Lengths of a fragment, in UTF-16 code units: shorter lines are joined with those behind them. */
const MAX_LENGTH = 180
const JOINED_LENGTH = 60
const LEAST_LENGTH = 60

/**
 * Cuts a part of a text into fragments: lines, and long lines at the ends of sentences, else at commas,
 * else at spaces. Short lines stay with those behind them, because a fact needs the words that it stands among.
 * Fragments are trimmed, in order, and leave nothing but white space out.
 *
 * @see SPEC.md rule SAL3
 */
export function cutFragments(
  text: string,
  from: number = 0,
  end: number = text.length,
): Fragment[] {
  const fragments: Fragment[] = []
  let start = -1
  let last = -1
  const close = (): void => {
    if (start !== -1) cutLine(text, start, last, fragments)
    start = -1
  }
  for (let at = from; at < end;) {
    const newline = text.indexOf('\n', at)
    const to = newline === -1 || newline > end ? end : newline
    if (start !== -1 && (last - start >= JOINED_LENGTH || to - start > MAX_LENGTH)) close()
    if (start === -1) start = at
    last = to
    at = to + 1
  }
  close()
  return fragments
}

function cutLine(text: string, from: number, to: number, fragments: Fragment[]): void {
  for (let at = from; at < to;) {
    while (at < to && isSpace(text.charCodeAt(at))) at++
    const end = to - at <= MAX_LENGTH ? to : findCut(text, at, at + MAX_LENGTH)
    let last = end
    while (last > at && isSpace(text.charCodeAt(last - 1))) last--
    if (last > at) fragments.push({ from: at, to: last })
    at = end
  }
}

/** The best place to cut at or below `most`: behind a sentence, behind a comma, at a space, anywhere. */
function findCut(text: string, from: number, most: number): number {
  let comma = -1
  let space = -1
  for (let at = most; at > from + LEAST_LENGTH; at--) {
    const code = text.charCodeAt(at - 1)
    if (code === 0x3002 || code === 0xff01 || code === 0xff1f) return at
    if (isSpace(text.charCodeAt(at))) {
      if (code === 0x2e || code === 0x21 || code === 0x3f) return at
      if (space === -1) space = at
    }
    if (comma === -1 && (code === 0x2c || code === 0x3b || code === 0xff0c)) comma = at
  }
  if (comma !== -1) return comma
  if (space !== -1) return space
  // Half a character is none.
  const code = text.charCodeAt(most)
  return code >= 0xdc00 && code < 0xe000 ? most - 1 : most
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0x3000
}
