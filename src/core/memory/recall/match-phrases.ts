import { classAt, CONNECTOR, OTHER, UNSPACED } from './character-class.ts'
import { plainPhrase, type QueryPhrase } from './parse-query.ts'

/**
 * Whether all phrases stand in a text at the borders of words and begin in this stretch of it. The index only
 * knows which words stand close together.
 *
 * @see SPEC.md rule IDX4
 */
export function hasPhrases(
  text: string,
  offset: number,
  length: number,
  phrases: readonly QueryPhrase[],
): boolean {
  return phrases.every((phrase) => {
    // White space in the text may be longer than in the phrase.
    const most = offset + length + 2 * phrase.text.length
    return hasWhole(plainPhrase(text.slice(offset, most)), phrase.text)
  })
}

function hasWhole(text: string, phrase: string): boolean {
  for (let at = text.indexOf(phrase); at !== -1; at = text.indexOf(phrase, at + 1)) {
    const end = at + phrase.length
    if (!joins(text, at - 1, at) && !joins(text, end - 1, end)) return true
  }
  return false
}

/** Whether a word goes on from one place to the next. */
function joins(text: string, before: number, after: number): boolean {
  if (before < 0 || after >= text.length) return false
  return [before, after].every((at) => {
    const kind = classAt(text, at)
    return kind !== OTHER && kind !== CONNECTOR && kind !== UNSPACED
  })
}
