/** What holds the history in the formats that are known. */
const HISTORIES = ['"messages"', '"contents"', '"input"']

/** In every format each message says whose it is. One alone is no history. */
const ROLE = '"role"'
const FEWEST = 2

/**
 * Whether the text of a JSON object may be a request with a history: cheap, and wrong at times, because the engine
 * looks closely. Within a string of JSON no quote is without a backslash, so words of a conversation don't count.
 */
export function isCandidate(text: string): boolean {
  return HISTORIES.some((history) => {
    let at = text.indexOf(history)
    for (let found = 0; at >= 0 && found < FEWEST; found += 1) at = text.indexOf(ROLE, at + 1)
    return at >= 0
  })
}
