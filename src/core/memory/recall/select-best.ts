/**
 * The places with the highest scores above 0, highest first, the later of equals. Sorts numbers, and only those
 * it returns as pairs.
 */
export function selectBest(
  scores: Float64Array,
  most: number,
): readonly (readonly [place: number, score: number])[] {
  const found = scores.filter((score) => score > 0).sort()
  const least = found[Math.max(0, found.length - most)] ?? Infinity
  const best: (readonly [number, number])[] = []
  scores.forEach((score, place) => {
    if (score >= least && score > 0) best.push([place, score])
  })
  return best.toSorted(([a, x], [b, y]) => y - x || b - a).slice(0, Math.max(0, most))
}
