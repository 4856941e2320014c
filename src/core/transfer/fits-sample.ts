/**
 * Whether a value has what a sample has, of the same kinds: what a file says of a row must not take those by surprise
 * who read the rows of all sessions. More fields do no harm; of lists only that they are lists is looked at.
 */
export function fitsSample(value: unknown, sample: unknown): boolean {
  if (typeof sample === 'number') return Number.isFinite(value)
  if (Array.isArray(sample)) return Array.isArray(value)
  if (sample === null) return value === null || isObject(value)
  if (!isObject(sample)) return typeof value === typeof sample
  return (
    isObject(value) &&
    Object.entries(sample).every(([name, field]) => fitsSample(Reflect.get(value, name), field))
  )
}

/** Whether a value is a time that every calendar has, in milliseconds. */
export function isTime(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
