/** Facts about prompts: markers, lengths, prefixes, pairs. */

const MARKER = /\b[UCRA]\d{4}x\b/g

/** @param {string} text */
export function markersIn(text) {
  return [...new Set(text.match(MARKER) ?? [])]
}

/** @param {readonly import('./peer.mjs').Line[]} lines */
export function textOf(lines) {
  return lines.map(({ text }) => text).join('\n')
}

/** Four characters are one token. @param {readonly import('./peer.mjs').Line[]} lines */
export function tokensOf(lines) {
  return Math.ceil(textOf(lines).length / 4)
}

/**
 * Whether one prompt is the beginning of the next, so that a provider's cache of it is of use.
 *
 * @param {readonly import('./peer.mjs').Line[]} before
 * @param {readonly import('./peer.mjs').Line[]} after
 */
export function isPrefix(before, after) {
  return before.every((line, index) => JSON.stringify(line) === JSON.stringify(after[index]))
}

/**
 * Calls that no result follows directly, and results without a call: providers refuse a prompt with one.
 *
 * @param {readonly import('./peer.mjs').Line[]} lines
 */
export function brokenPairs(lines) {
  let broken = 0
  let open = new Set()
  for (const { callIds, resultIds } of lines) {
    for (const id of resultIds) if (!open.delete(id)) broken += 1
    if (resultIds.length > 0) continue
    // A message with several calls may come as several lines.
    if (callIds.length === 0) {
      broken += open.size
      open = new Set()
    }
    for (const id of callIds) open.add(id)
  }
  return broken + open.size
}
