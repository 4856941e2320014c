import type { ChartData, Sample } from './chart-samples.ts'
import { addMark, addSample, NO_CHART } from './chart-samples.ts'

/** What is read of a stored message: its place, when it was appended, and the log's tokens up to it. */
interface StoredMessage {
  readonly seq: number
  readonly at: number
  readonly through: number
}

/** What is read of a stored generation. */
interface StoredGeneration {
  readonly n: number
  readonly createdAt: number
  readonly appliedAt?: number
  readonly tokensBefore: number
  readonly tokensAfter: number
}

/**
 * Draws the chart of a session that was stored: the history exactly, the context as it follows from
 * the generations and the times at which they were applied. Rollbacks leave no trace in these, so
 * the line may differ from what was seen; the next state puts it right.
 *
 * @see SPEC.md rule APP57
 */
export function rebuildChart(
  messages: readonly StoredMessage[],
  generations: readonly StoredGeneration[],
): ChartData {
  const applied = generations
    .flatMap((generation) =>
      generation.appliedAt === undefined
        ? []
        : [{ ...generation, appliedAt: generation.appliedAt }],
    )
    .sort((a, b) => a.appliedAt - b.appliedAt)
  let data = NO_CHART
  let next = 0
  /** Tokens of the log that the context does not hold. */
  let folded = 0
  let last: Sample = { seq: 0, log: 0, context: 0 }
  const applyUntil = (time: number): void => {
    for (let g = applied[next]; g !== undefined && g.appliedAt <= time; g = applied[++next]) {
      const made = throughAt(messages, g.createdAt)
      const before = last.context
      folded = made - g.tokensAfter
      last = { ...last, context: Math.max(0, last.log - folded) }
      data = addSample(data, last)
      const mark = { seq: last.seq, kind: 'applied', generation: g.n } as const
      data = addMark(data, { ...mark, before, after: last.context })
    }
  }
  for (const { seq, at, through } of messages) {
    applyUntil(at)
    last = { seq, log: through, context: Math.max(0, through - folded) }
    data = addSample(data, last)
  }
  applyUntil(Number.POSITIVE_INFINITY)
  return data
}

/** Tokens of the log at a time. */
function throughAt(messages: readonly StoredMessage[], time: number): number {
  let low = 0
  let high = messages.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((messages[middle]?.at ?? 0) <= time) low = middle + 1
    else high = middle
  }
  return messages[low - 1]?.through ?? 0
}
