/** Text small enough to be drawn, and how much of it is left out. */
export interface ClippedText {
  readonly shown: string
  /** UTF-16 code units that are left out. */
  readonly rest: number
}

/** A text this much longer than the limit is shown whole: a button that brings two lines is worth less than they. */
const SLACK = 1.25

/**
 * The beginning of a text. Cuts no character in two, and takes as long for a megabyte as for a line.
 *
 * @param most - Most UTF-16 code units, from 1.
 * @see SPEC.md rule REACT14
 */
export function clipText(text: string, most: number): ClippedText {
  if (text.length <= most * SLACK) return { shown: text, rest: 0 }
  const before = text.charCodeAt(most - 1)
  const after = text.charCodeAt(most)
  const splits = before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000
  const cut = splits ? Math.max(1, most - 1) : most
  return { shown: text.slice(0, cut), rest: text.length - cut }
}
