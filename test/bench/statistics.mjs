/** The middle of some numbers; of an even count the mean of the two middle ones. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

/** The number that so large a share (0 to 1) of the values does not exceed. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]
}

/** `1.23 (1.01–1.45)`: median, least and most. */
export function spread(values, digits = 3) {
  if (values.length === 1) return round(values[0], digits)
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return `${round(median(values), digits)} (${round(least, digits)}–${round(most, digits)})`
}

/** To so many significant digits, never in exponents, whole above a thousand. */
export function round(value, digits = 3) {
  if (!Number.isFinite(value)) return String(value)
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(digits)))
}

/**
 * Runs every variant once in each repetition, in a new random order each time, so that a machine that
 * is slow for a while is slow for all of them.
 *
 * @param {Record<string, (repetition: number) => Promise<unknown>>} variants
 * @returns {Promise<Record<string, unknown[]>>} Results by variant; equal indices are one repetition.
 */
export async function interleave(repetitions, variants) {
  const results = Object.fromEntries(Object.keys(variants).map((name) => [name, []]))
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const name of shuffle(Object.keys(variants))) {
      results[name].push(await variants[name](repetition))
    }
  }
  return results
}

/** Ratios of two series, taken within each repetition. */
export function ratios(over, under) {
  return over.map((value, repetition) => value / under[repetition])
}

function shuffle(items) {
  const shuffled = [...items]
  for (let at = shuffled.length - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1))
    const swapped = shuffled[at]
    shuffled[at] = shuffled[other]
    shuffled[other] = swapped
  }
  return shuffled
}
