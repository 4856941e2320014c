import type { Trigger } from '../../core/compaction/job.ts'
import type { Categories } from '../../core/session/context.ts'
import type { SessionEvent } from '../../protocol/events.ts'
import { reasonText } from './reason-text.ts'
import { CATEGORIES } from '../../widget/view/gauge-segments.ts'
import { shortTokens } from './token-format.ts'

/** One line of the event log. */
export interface EventLine {
  /** A key for lists: counts up; 0 is the one line for appends. */
  readonly n: number
  readonly at: number
  readonly type: SessionEvent['type']
  readonly text: string
  readonly tone: 'plain' | 'good' | 'bad'
}

/** Lines kept; older ones are forgotten by the page (jobs and generations stay stored). */
export const MOST_EVENTS = 500

const TRIGGERS: Readonly<Record<Trigger, string>> = {
  soft: 'the context passed the soft threshold',
  hard: 'the context reached the hard threshold',
  manual: 'asked for by hand',
  rebuild: 'the last candidate no longer fitted',
  extend: 'much was appended while the last one was prepared',
}

export function triggerText(trigger: Trigger): string {
  return TRIGGERS[trigger]
}

export function totalOf(categories: Categories): number {
  return CATEGORIES.reduce((sum, category) => sum + categories[category], 0)
}

/**
 * Adds an event to the log. All appends share one line, the newest, and so does the progress of one
 * job: at full speed there are hundreds a second, and what happened to the context must stay in sight.
 *
 * @see SPEC.md rules APP34, APP35
 */
export function addEvent(lines: readonly EventLine[], event: SessionEvent): readonly EventLine[] {
  const { at, type } = event
  const kept = type === 'appended' ? lines.filter((line) => line.type !== 'appended') : lines
  const last = kept.findLast((line) => line.type !== 'appended')
  const shared = type === 'job-progressed' && kept.at(-1)?.type === type
  const n = type === 'appended' ? 0 : shared ? (last?.n ?? 0) : (last?.n ?? 0) + 1
  const line: EventLine = { n, at, type, text: textOfEvent(event), tone: toneOf(type) }
  return [...(shared ? kept.slice(0, -1) : kept), line].slice(-MOST_EVENTS)
}

export function textOfEvent(event: SessionEvent): string {
  switch (event.type) {
    case 'appended':
      return `Log holds ${event.to.toLocaleString('en-US')} messages`
    case 'job-queued':
      return `Job queued: ${triggerText(event.trigger)}`
    case 'job-started':
      return `Job ${event.job} started, covers up to #${event.mark}: ${triggerText(event.trigger)}`
    case 'job-progressed':
      return `Job ${event.job}: ${event.done} of ${event.of} blocks`
    case 'candidate-ready':
      return `Candidate for generation ${event.generation} ready: ${change(event)}`
    case 'applied':
      return `Generation ${event.generation} applied: ${change(event)}`
    case 'skipped':
    case 'rejected':
    case 'failed':
      // Job 0 is none: there was not even a cut to start one with.
      return `${event.job > 0 ? `Job ${event.job}` : 'Fold'} ${event.type}: ${reasonText(event.reason)}`
    case 'rolled-back':
      return `Rolled back from generation ${event.from} to ${event.to}${event.reason ? `: ${event.reason}` : ''}`
    case 'mended':
      return `Generation ${event.generation} mended, ${event.pinned.length} messages pinned: ${event.reason}`
    case 'branched':
      return `Branched after #${event.behind}`
    case 'synced':
      return event.moved
        ? 'Other devices said more; messages changed places'
        : 'Other devices said more'
    case 'worker-restarted':
      return `Worker restarted: ${event.reason}`
  }
}

function change(event: { readonly before: Categories; readonly after: Categories }): string {
  return `${shortTokens(totalOf(event.before))} → ${shortTokens(totalOf(event.after))} tokens`
}

function toneOf(type: SessionEvent['type']): EventLine['tone'] {
  if (type === 'applied' || type === 'candidate-ready') return 'good'
  return type === 'failed' || type === 'rejected' || type === 'worker-restarted' ? 'bad' : 'plain'
}
