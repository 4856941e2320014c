/**
 * A piece of a payload as one line that can be nothing but a quote: no control characters, no line
 * breaks of any kind, whole characters, and nothing that closes the digest. Inner spaces stay, so that
 * what it names is found to the letter.
 *
 * @param most - Longest result, in UTF-16 code units.
 */
export function quoteLine(text: string, most: number): string {
  if (most < 2) return ''
  // A little more than can be shown, so that what is cut off is seen to be.
  const piece = text.slice(0, most * 2 + 64)
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is removed
  const line = piece.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim()
  const safe = line.replaceAll('[End of digest]', '[end of digest]').toWellFormed()
  if (safe.length <= most) return safe
  const cut = safe.slice(0, most - 1)
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`
}

/** A label inside the brackets of a stub's first line; it can't close them. */
export function quoteLabel(text: string, most: number): string {
  return quoteLine(
    text
      .slice(0, most * 4)
      .replaceAll('[', '(')
      .replaceAll(']', ')'),
    most,
  )
}
