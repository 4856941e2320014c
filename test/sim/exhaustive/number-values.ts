/** The number of a value, by what is to be compared of it: all of it, unless told otherwise. */
export type NumberOf = <Value extends object>(
  value: Value,
  compared?: (value: Value) => unknown,
) => number

/**
 * Gives equal values the same number, so that a state is a few numbers and equal states are found at once.
 * Values are compared by their JSON; one that was seen before is not written out again.
 */
export function createNumbers(): NumberOf {
  const byText = new Map<string, number>()
  const known = new WeakMap<object, number>()
  return (value, compared = (same) => same) => {
    const found = known.get(value)
    if (found !== undefined) return found
    const text = JSON.stringify(compared(value))
    const number = byText.get(text) ?? byText.size + 1
    byText.set(text, number)
    known.set(value, number)
    return number
  }
}
