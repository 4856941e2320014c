/**
 * A short mark of a value, by which a line is recognised that shows it: FNV-1a, 32 bits, over the text with its
 * white space joined. Two values with one mark cost a line of a digest, nothing more.
 */
export function markOf(value: string): string {
  let hash = 0x811c9dc5
  let wasSpace = true
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at)
    const isSpace = code <= 0x20
    if (isSpace && wasSpace) continue
    wasSpace = isSpace
    hash = Math.imul(hash ^ (isSpace ? 0x20 : code), 0x01000193)
  }
  return (hash >>> 0).toString(36)
}

/** What tools put before the lines of a file. */
const LINE_NUMBER = /^\s*\d{1,7}\s?[→|:\t]/

/** Shortest line that says something by itself. */
const LEAST_LENGTH = 12

/** The marks of the lines that a text is made of. */
export function marksOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(LINE_NUMBER, '').trim())
    .filter((line) => line.length >= LEAST_LENGTH)
    .map(markOf)
}
