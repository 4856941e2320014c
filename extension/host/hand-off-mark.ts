import type { SiteTurn } from '../sites/site.ts'

/** By what a conversation is known that began with a hand-off. */
export interface HandOffMark {
  /** Whether these turns are the beginning of that conversation. */
  isIn(turns: readonly SiteTurn[]): boolean
}

/** Letters and digits of a line from which on it is told from other lines, and how many of them are compared. */
const LEAST_LINE = 30
const MOST_LINE = 200
/** Lines that are remembered. */
const MOST_LINES = 400

const NO_WORDS = /[^\p{L}\p{N}]+/gu

/**
 * What a person leaves of a hand-off is enough: one of its longer lines in the first question, or all of it where it
 * has none. Where that can't be seen, because it went as a file, a conversation with no more than one question counts.
 *
 * @param text - What was put into the composer; empty where it was attached.
 * @see SPEC.md rule CHATS10
 */
export function createMark(text: string): HandOffMark {
  const all = text.split('\n', MOST_LINES).map(lettersOf)
  const long = all.filter((line) => line.length >= LEAST_LINE)
  const marks = long.length > 0 ? long.map((line) => line.slice(0, MOST_LINE)) : [all.join('')]
  return {
    isIn(turns) {
      const [asked, ...more] = turns.filter(({ role }) => role === 'user')
      if (text === '' || !asked) return more.length === 0
      const said = lettersOf(
        asked.parts.map((part) => ('text' in part ? part.text : '')).join('\n'),
      )
      return marks.some((mark) => mark !== '' && said.includes(mark))
    },
  }
}

function lettersOf(text: string): string {
  return text.replace(NO_WORDS, '')
}
