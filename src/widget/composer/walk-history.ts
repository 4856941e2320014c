/** Where somebody is in what was written before. */
export interface HistoryPlace {
  /** -1 for what is being written now. */
  readonly at: number
  /** The text at that place, by which it shows whether it was changed since. */
  readonly text: string
}

export const NOT_IN_HISTORY: HistoryPlace = { at: -1, text: '' }

/**
 * What an arrow key makes of the composer: the text before or behind in the history, newest first. Null where the key
 * has its usual meaning: something of its own stands there, or there is no more.
 *
 * @see SPEC.md rule CHAT17
 */
export function walkHistory(
  history: readonly string[],
  place: HistoryPlace,
  text: string,
  key: 'ArrowUp' | 'ArrowDown',
): HistoryPlace | null {
  const isUnchanged = place.at >= 0 && text === place.text
  if (text !== '' && !isUnchanged) return null
  const from = isUnchanged ? place.at : -1
  const at = key === 'ArrowUp' ? from + 1 : from - 1
  if (at < -1 || at >= history.length) return null
  return at === -1 ? NOT_IN_HISTORY : { at, text: history[at] ?? '' }
}
