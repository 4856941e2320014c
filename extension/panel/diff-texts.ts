/** A stretch of lines that both have, or that only one has. */
export interface DiffRun {
  readonly kind: 'same' | 'removed' | 'added'
  readonly lines: readonly string[]
}

/** Pairs of lines that are compared at most; beyond that, all of the one stands before all of the other. */
const MOST_PAIRS = 1_000_000

/**
 * What changed between two bodies of requests, line by line. Bodies of JSON are laid out before. What both begin and
 * end with is found in linear time; the middle is compared where it is small enough.
 *
 * @see SPEC.md rule PANEL10
 */
export function diffTexts(before: string, after: string): readonly DiffRun[] {
  const a = layOut(before)
  const b = layOut(after)
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1
  let tail = 0
  while (
    tail < a.length - head &&
    tail < b.length - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  ) {
    tail += 1
  }
  const middle = diffMiddle(a.slice(head, a.length - tail), b.slice(head, b.length - tail))
  return joinRuns([
    { kind: 'same', lines: a.slice(0, head) },
    ...middle,
    { kind: 'same', lines: a.slice(a.length - tail) },
  ])
}

/** JSON with one value a line; anything else as it is. */
function layOut(text: string): readonly string[] {
  try {
    return JSON.stringify(JSON.parse(text), null, 2).split('\n')
  } catch {
    return text.split('\n')
  }
}

function diffMiddle(a: readonly string[], b: readonly string[]): readonly DiffRun[] {
  if (a.length * b.length > MOST_PAIRS) {
    return [
      { kind: 'removed', lines: a },
      { kind: 'added', lines: b },
    ]
  }
  const width = b.length + 1
  // Longest common lines from each pair of places to the ends.
  const common = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        a[i] === b[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0)
    }
  }
  const runs: DiffRun[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const [mine, other] = [a[i], b[j]]
    if (mine !== undefined && mine === other) {
      runs.push({ kind: 'same', lines: [mine] })
      i += 1
      j += 1
    } else if (
      mine !== undefined &&
      (other === undefined ||
        (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
    ) {
      runs.push({ kind: 'removed', lines: [mine] })
      i += 1
    } else {
      runs.push({ kind: 'added', lines: [other ?? ''] })
      j += 1
    }
  }
  return runs
}

function joinRuns(runs: readonly DiffRun[]): readonly DiffRun[] {
  const joined: { kind: DiffRun['kind']; lines: string[] }[] = []
  for (const { kind, lines } of runs) {
    if (lines.length === 0) continue
    const last = joined.at(-1)
    if (last?.kind === kind) {
      for (const line of lines) last.lines.push(line)
    } else joined.push({ kind, lines: [...lines] })
  }
  return joined
}
