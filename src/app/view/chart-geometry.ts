import type { ChartData, ChartMark, Sample } from './chart-samples.ts'
import { shortTokens } from './token-format.ts'

/** Size of the drawing and the room around its plot, in CSS pixels. */
export interface ChartFrame {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** In a long session the context is a thin line under the history; `budget` shows it up close. */
export type ChartScale = 'history' | 'budget'

export interface AxisTick {
  /** Position along the axis, in pixels. */
  readonly at: number
  readonly label: string
}

/** A mark with its place, and whether there is room for its number. */
export interface PlacedMark extends ChartMark {
  readonly x: number
  readonly labelled: boolean
}

/** Numbers nearer than this would touch, in pixels. */
const LABEL_ROOM_PX = 16

/** The chart, ready to draw. */
export interface ChartGeometry {
  readonly history: string
  readonly context: string
  /** The context's line closed down to the axis. */
  readonly contextArea: string
  /** What folding saves: the area between the two lines. */
  readonly savedArea: string
  readonly budgetY: number
  readonly marks: readonly PlacedMark[]
  readonly xTicks: readonly AxisTick[]
  readonly yTicks: readonly AxisTick[]
}

/**
 * Draws history and context over the session's messages.
 *
 * The tokens' axis starts at 0 and always shows the budget; the messages' axis ends at the newest.
 * Every coordinate is finite whatever the data.
 *
 * @param scale - What the tokens' axis must have room for. At `budget` the history leaves the plot at
 * its top and is to be clipped there.
 * @see SPEC.md rules APP25, APP26
 */
export function drawChart(
  data: ChartData,
  budget: number,
  frame: ChartFrame,
  scale: ChartScale = 'history',
): ChartGeometry {
  const samples = data.samples
  const newest = samples.at(-1)?.seq ?? 0
  const lastX = Math.max(20, newest)
  const peak = samples.reduce(
    (most, { log, context }) => Math.max(most, context, scale === 'history' ? log : 0),
    0,
  )
  const step = niceStep(Math.max(peak, budget * 1.15) / 4)
  const top = Math.max(step, Math.ceil(Math.max(peak * 1.02, budget * 1.15) / step) * step)
  const x = (seq: number): number =>
    round(frame.left + (seq / lastX) * Math.max(0, frame.width - frame.left - frame.right))
  const y = (tokens: number): number =>
    round(
      frame.height -
        frame.bottom -
        (tokens / top) * Math.max(0, frame.height - frame.top - frame.bottom),
    )
  const line = (of: (sample: Sample) => number): string =>
    samples.map((sample, i) => `${i === 0 ? 'M' : 'L'}${x(sample.seq)} ${y(of(sample))}`).join('')
  const history = line((sample) => sample.log)
  const context = line((sample) => sample.context)
  const first = samples[0]
  const last = samples.at(-1)
  const back = [...samples]
    .reverse()
    .map((sample) => `L${x(sample.seq)} ${y(sample.context)}`)
    .join('')
  const closed = first !== undefined && last !== undefined
  return {
    history,
    context,
    contextArea: closed ? `${context}L${x(last.seq)} ${y(0)}L${x(first.seq)} ${y(0)}Z` : '',
    savedArea: closed ? `${history}${back}Z` : '',
    budgetY: y(budget),
    marks: placeMarks(data.marks, x),
    xTicks: ticks(lastX, niceStep(lastX / 6), x, (seq) => seq.toLocaleString('en-US')),
    yTicks: ticks(top, step, y, shortTokens),
  }
}

/** The sample nearest to a place along the messages' axis, for reading values off. */
export function sampleAt(
  samples: readonly Sample[],
  px: number,
  frame: ChartFrame,
): Sample | undefined {
  const lastX = Math.max(20, samples.at(-1)?.seq ?? 0)
  const plot = Math.max(1, frame.width - frame.left - frame.right)
  const seq = ((px - frame.left) / plot) * lastX
  let nearest: Sample | undefined
  for (const sample of samples)
    if (nearest === undefined || Math.abs(sample.seq - seq) <= Math.abs(nearest.seq - seq))
      nearest = sample
  return nearest
}

/** The smallest of 1, 2, 5 times a power of ten that is not below the value; at least 1. */
export function niceStep(value: number): number {
  if (!(value > 1)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const digit = [1, 2, 5, 10].find((candidate) => candidate * power >= value) ?? 10
  return digit * power
}

function placeMarks(
  marks: readonly ChartMark[],
  place: (seq: number) => number,
): readonly PlacedMark[] {
  let lastLabel = Number.NEGATIVE_INFINITY
  return marks.map((mark) => {
    const x = place(mark.seq)
    const labelled = x - lastLabel >= LABEL_ROOM_PX
    if (labelled) lastLabel = x
    return { ...mark, x, labelled }
  })
}

function ticks(
  end: number,
  step: number,
  place: (value: number) => number,
  label: (value: number) => string,
): readonly AxisTick[] {
  const found: AxisTick[] = []
  for (let value = 0; value <= end; value += step)
    found.push({ at: place(value), label: label(value) })
  return found
}

function round(value: number): number {
  return Number.isFinite(value) ? Math.round(value * 10) / 10 : 0
}
