/**
 * Whether a run of letters and digits alternates as no name, path or word does: what keys do and
 * identifiers don't. Linear.
 */
export function looksRandom(run: string): boolean {
  let digits = 0
  let capitals = 0
  let small = 0
  let changes = 0
  let before = 0
  for (let at = 0; at < run.length; at += 1) {
    const code = run.charCodeAt(at)
    const kind =
      code <= 57 && code >= 48
        ? 1
        : code >= 97 && code <= 122
          ? 2
          : code >= 65 && code <= 90
            ? 3
            : 0
    if (kind === 1) digits += 1
    if (kind === 2) small += 1
    if (kind === 3) capitals += 1
    if (kind !== 0 && before !== 0 && kind !== before) changes += 1
    if (kind !== 0) before = kind
  }
  if (digits < 2) return capitals >= 3 && small >= 3 && changes >= Math.max(8, run.length / 3)
  return changes >= Math.max(5, run.length / 6)
}
