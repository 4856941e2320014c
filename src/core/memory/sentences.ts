/** Longest sentence that is quoted whole, in UTF-16 code units. */
export const MAX_QUOTE_LENGTH = 500

const BREAK = /(?<=[.!?])\s+(?=\S)|(?<=[。！？])|\n+/u
const BULLET = /^\s*(?:[-*•+]|\d{1,3}[.)]|#{1,6}|>)\s+/

/**
 * Splits prose into sentences and lines, without list marks. Code blocks, tables and blank lines are
 * left out: they are payload, not something said.
 */
export function splitSentences(text: string): readonly string[] {
  const sentences: string[] = []
  for (const piece of withoutCode(text).split(BREAK)) {
    const sentence = piece.replace(BULLET, '').trim()
    if (sentence.length > 1 && !sentence.startsWith('|')) sentences.push(sentence)
  }
  return sentences
}

/** Shortens a quote at a word boundary, marking that it was shortened. */
export function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const cut = text.slice(0, maxLength)
  const space = cut.lastIndexOf(' ')
  const end = space > maxLength * 0.6 ? space : maxLength
  return `${dropHalfPair(cut.slice(0, end))}…`
}

function withoutCode(text: string): string {
  if (!text.includes('```')) return text
  return text
    .split('```')
    .filter((_, index) => index % 2 === 0)
    .join('\n')
}

/** A cut inside a surrogate pair would leave half a character. */
function dropHalfPair(text: string): string {
  return text.isWellFormed() ? text : text.replace(/[\uD800-\uDBFF]$/, '')
}
