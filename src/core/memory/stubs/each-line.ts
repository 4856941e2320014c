/** Longest piece of a line that anything looks at, in UTF-16 code units: patterns stay cheap on data. */
const MAX_LINE_LENGTH = 400

/**
 * Visits the lines of a text from its start, each cut to {@link MAX_LINE_LENGTH}, without a copy of the
 * whole in pieces. Ends early once the visitor answers false.
 *
 * @param visit - Given the line without its break, and its number, which counts from 1.
 */
export function eachLine(
  text: string,
  visit: (line: string, number: number) => boolean | void,
): void {
  let from = 0
  for (let number = 1; from <= text.length; number += 1) {
    const at = text.indexOf('\n', from)
    const end = at === -1 ? text.length : at
    const cut = Math.min(end, from + MAX_LINE_LENGTH)
    const line = text.slice(from, text.charCodeAt(cut - 1) === 13 && cut > from ? cut - 1 : cut)
    if (visit(line, number) === false) return
    from = end + 1
  }
}

/** Lines of a text: one more than its line breaks, a break at its very end aside. */
export function countLines(text: string): number {
  let lines = text.endsWith('\n') ? 0 : 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1
  return Math.max(1, lines)
}

/** The lines at a text's start that say something, at most so many, within its first code units. */
export function firstLines(text: string, most: number, within: number): readonly string[] {
  const lines: string[] = []
  eachLine(text.slice(0, within), (line) => {
    if (line.trim() !== '') lines.push(line)
    return lines.length < most
  })
  return lines
}

/** Pieces of a line that is longer than it can be shown have at least and at most so many code units. */
const PIECE = { least: 80, most: 240 } as const

/**
 * Visits a text in pieces that can be shown: its lines, and of lines that are data, such as JSON without
 * line breaks, pieces that end behind a brace, a comma or a space where there is one.
 */
export function eachPiece(text: string, visit: (piece: string) => void): void {
  let from = 0
  while (from < text.length) {
    const at = text.indexOf('\n', from)
    const end = at === -1 ? text.length : at
    while (end - from > MAX_LINE_LENGTH) {
      const cut = from + pieceLength(text.slice(from, from + PIECE.most))
      visit(text.slice(from, cut))
      from = cut
    }
    visit(text.slice(from, end))
    from = end + 1
  }
}

function pieceLength(window: string): number {
  for (const boundary of ['}', ',', ';', ' ']) {
    const at = window.lastIndexOf(boundary)
    if (at >= PIECE.least) return at + 1
  }
  return window.length
}
