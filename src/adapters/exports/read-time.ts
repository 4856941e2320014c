/** Times outside these are no times of a conversation. In milliseconds. */
const FIRST = Date.UTC(1990, 0, 1)
const LAST = Date.UTC(2200, 0, 1)

/** Unix time in milliseconds from one in seconds, with or without a fraction. */
export function timeInSeconds(value: unknown): number | undefined {
  return typeof value === 'number' ? sensible(Math.round(value * 1_000)) : undefined
}

/** Unix time in milliseconds from a date as text. */
export function timeOfText(value: unknown): number | undefined {
  return typeof value === 'string' && value.length < 64 ? sensible(Date.parse(value)) : undefined
}

function sensible(at: number): number | undefined {
  return at >= FIRST && at <= LAST ? at : undefined
}
