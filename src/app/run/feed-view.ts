import type { Seq } from '../../core/session/message.ts'
import type { SessionEvent, SessionState } from '../../protocol/events.ts'
import type { ContextResult, GenerationSummary } from '../../protocol/requests.ts'
import type { Announcer } from '../view/announcement.ts'
import { hear, SILENT } from '../view/announcement.ts'
import type { ChartData } from '../view/chart-samples.ts'
import { addMark, addSample, NO_CHART } from '../view/chart-samples.ts'
import type { EventLine } from '../view/event-line.ts'
import { addEvent, totalOf } from '../view/event-line.ts'

/** What the page gathers from a session's events, states and contexts. */
export interface FeedView {
  readonly chart: ChartData
  readonly events: readonly EventLine[]
  readonly generations: readonly GenerationSummary[]
  readonly pins: ReadonlySet<Seq>
  /** Messages whose large payloads the context holds as stubs. */
  readonly stubbed: ReadonlySet<Seq>
  /** Tokens of the largest context handed out so far; 0 for none. */
  readonly largestContext: number
  readonly announcer: Announcer
}

export const EMPTY_FEED: FeedView = {
  chart: NO_CHART,
  events: [],
  generations: [],
  pins: new Set(),
  stubbed: new Set(),
  largestContext: 0,
  announcer: SILENT,
}

/**
 * Takes in an event.
 *
 * @param newest - Newest message of the log at that moment: where a mark is drawn.
 * @see SPEC.md rule APP47
 */
export function takeEvent(view: FeedView, event: SessionEvent, newest: Seq, now: number): FeedView {
  return {
    ...view,
    events: addEvent(view.events, event),
    announcer: hear(view.announcer, event, now),
    chart: markEvent(view.chart, event, newest),
  }
}

/** Takes in a new state: one more point of the chart. */
export function takeState(view: FeedView, state: SessionState): FeedView {
  const { log, context } = state.tokens
  return { ...view, chart: addSample(view.chart, { seq: state.newest, log, context }) }
}

/** Takes in a context that was handed out: its size, which messages are pinned, which hold stubs. */
export function takeContext(
  view: FeedView,
  context: Pick<ContextResult, 'entries' | 'tokens'>,
): FeedView {
  const seqs = (kind: 'pinned' | 'stubbed'): readonly Seq[] =>
    context.entries.flatMap((entry) => (entry.kind === kind ? [entry.message.seq] : []))
  return {
    ...view,
    stubbed: new Set(seqs('stubbed')),
    pins: new Set([...view.pins, ...seqs('pinned')]),
    largestContext: Math.max(view.largestContext, context.tokens),
  }
}

function markEvent(chart: ChartData, event: SessionEvent, seq: Seq): ChartData {
  if (event.type === 'applied') {
    const [before, after] = [totalOf(event.before), totalOf(event.after)]
    return addMark(chart, { seq, kind: 'applied', generation: event.generation, before, after })
  }
  if (event.type !== 'rolled-back') return chart
  const before = chart.samples.at(-1)?.context ?? 0
  return addMark(chart, { seq, kind: 'rolled-back', generation: event.to, before, after: before })
}
