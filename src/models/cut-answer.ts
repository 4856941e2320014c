/**
 * Most code units that a token stands for in an answer. More than any text that people read has on average,
 * so that only an answer that does not keep to its bound is cut.
 */
const UNITS_PER_TOKEN = 12

/** Room that every answer has, in code units. */
const LEAST_UNITS = 400

/** A text within what so many tokens can hold, and whether anything was cut off. No character is cut in two. */
export function cutAnswer(
  text: string,
  maxTokens: number,
): { readonly text: string; readonly isWhole: boolean } {
  const most = Math.max(LEAST_UNITS, maxTokens * UNITS_PER_TOKEN)
  if (text.length <= most) return { text, isWhole: true }
  const last = text.charCodeAt(most - 1)
  const end = last >= 0xd800 && last < 0xdc00 ? most - 1 : most
  return { text: text.slice(0, end), isWhole: false }
}
