/** Control tokens that models of web-llm's formats end with, when they leak as text. */
export const CONTROL_STOPS: readonly string[] = [
  '<|im_end|>',
  '<|endoftext|>',
  '<|eot_id|>',
  '<|end_of_text|>',
  '<end_of_turn>',
]

/** Shorter beginnings are ordinary text, such as a sign for less. */
const LEAST_LEAK = 2

/**
 * A text without what comes after a stop string, and without the beginning of one at its end: an engine that
 * streams has sent that on before it could know that it stops.
 *
 * @param stops - Not empty themselves.
 */
export function trimStops(text: string, stops: readonly string[] = CONTROL_STOPS): string {
  let end = text.length
  for (const stop of stops) {
    const at = text.indexOf(stop)
    if (at >= 0 && at < end) end = at
  }
  return end < text.length ? text.slice(0, end) : text.slice(0, end - leakAtEnd(text, stops))
}

function leakAtEnd(text: string, stops: readonly string[]): number {
  let longest = 0
  for (const stop of stops) {
    for (let length = stop.length - 1; length >= LEAST_LEAK && length > longest; length -= 1) {
      if (text.endsWith(stop.slice(0, length))) longest = length
    }
  }
  return longest
}
