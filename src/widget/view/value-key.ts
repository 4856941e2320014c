/**
 * A text that is the same for equal plain data and another for any other: so options written anew at each
 * rendering count as the same. The order of fields does not matter, and what is undefined counts as missing.
 * Total: what can't be written (cycles, bigints) counts by its kind only.
 *
 * @see SPEC.md rule REACT6
 */
export function valueKey(value: unknown): string {
  try {
    return JSON.stringify(value, sortFields) ?? ''
  } catch {
    return `a ${typeof value}`
  }
}

/** JSON has no infinity and drops the order that it was given. */
function sortFields(_name: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return { number: String(value) }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return Object.fromEntries(fields)
}
