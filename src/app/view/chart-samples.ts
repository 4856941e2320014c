/** The session's size at one moment. */
export interface Sample {
  /** Newest message at that moment: the only order there is. */
  readonly seq: number
  readonly log: number
  readonly context: number
}

/** A change of the head generation, drawn as a mark. */
export interface ChartMark {
  readonly seq: number
  readonly kind: 'applied' | 'rolled-back'
  readonly generation: number
  readonly before: number
  readonly after: number
}

/** What the chart is drawn from. */
export interface ChartData {
  readonly samples: readonly Sample[]
  readonly marks: readonly ChartMark[]
}

export const NO_CHART: ChartData = { samples: [], marks: [] }

/** More points than this are not told apart on a screen. */
export const MOST_SAMPLES = 600
const MOST_MARKS = 400

/**
 * Adds a moment. A moment equal to the last is dropped; a third one at the same place replaces the
 * second, so that a vertical step keeps its two ends. Past {@link MOST_SAMPLES}, every second sample
 * is dropped, but none beside a step: peaks before a fold are what the chart is for.
 *
 * @see SPEC.md rules APP23, APP24
 */
export function addSample(data: ChartData, sample: Sample): ChartData {
  const { samples } = data
  const last = samples.at(-1)
  if (last !== undefined && sample.seq < last.seq)
    return { ...data, samples: [...samples.filter(({ seq }) => seq < sample.seq), sample] }
  if (last?.seq === sample.seq && last.log === sample.log && last.context === sample.context)
    return data
  const stacked = last?.seq === sample.seq && samples.at(-2)?.seq === sample.seq
  const next = [...(stacked ? samples.slice(0, -1) : samples), sample]
  return { ...data, samples: next.length > MOST_SAMPLES ? thinOut(next) : next }
}

/** Adds a mark. The oldest of more than 400 are dropped. */
export function addMark(data: ChartData, mark: ChartMark): ChartData {
  return { ...data, marks: [...data.marks, mark].slice(-MOST_MARKS) }
}

function thinOut(samples: readonly Sample[]): readonly Sample[] {
  const falls = (index: number): boolean =>
    (samples[index]?.context ?? 0) < (samples[index - 1]?.context ?? 0)
  return samples.filter(
    (_, index) =>
      index === 0 ||
      index === samples.length - 1 ||
      index % 2 === 0 ||
      falls(index) ||
      falls(index + 1),
  )
}
