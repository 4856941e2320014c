/** Largest text that is put into a composer, in characters. */
export const MAX_FILL_CHARACTERS = 1_000_000

// oxlint-disable-next-line no-control-regex -- these are what is taken out
const UNTYPABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g

/** A text as a person could type it: whole characters, one kind of line end, no control characters. */
export function typableText(text: string): string {
  return text.toWellFormed().replace(/\r\n?/g, '\n').replace(UNTYPABLE, '')
}

/**
 * What of a text has to come back from an editor: all but what editors add and drop by themselves, which are line
 * breaks at its end, the kind of spaces, and invisible fillers.
 *
 * @see SPEC.md rule FILL4
 */
export function comparableText(text: string): string {
  const plain = typableText(text)
    .replace(/\u00a0/g, ' ')
    .replace(/[\u200b\ufeff]/g, '')
  let end = plain.length
  while (end > 0 && plain.charCodeAt(end - 1) === 10) end -= 1
  return plain.slice(0, end)
}

/** Whether two texts are the same but for what {@link comparableText} leaves out. */
export function isSameText(a: string, b: string): boolean {
  return a === b || comparableText(a) === comparableText(b)
}

/** Whether a composer that reads like this is empty: of spaces and fillers alone, nothing would be lost. */
export function isBlank(text: string): boolean {
  return comparableText(text).trim() === ''
}
