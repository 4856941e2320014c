/** A number of tokens or messages as it may be drawn: whatever is no finite number above 0 is 0. */
export function asCount(value: number): number {
  return Number.isFinite(value) && value > 0 ? value : 0
}

/** Grouped digits, the same on every machine: `21,340`. */
export function groupedCount(value: number): string {
  return Math.round(asCount(value)).toLocaleString('en-US')
}
