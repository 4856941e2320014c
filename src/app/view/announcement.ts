import type { SessionEvent } from '../../protocol/events.ts'
import { textOfEvent } from './event-line.ts'

/** Least time between two announcements to screen readers, in milliseconds. */
export const ANNOUNCE_EVERY_MS = 8_000

/** What a screen reader is told, and when it was last told something. */
export interface Announcer {
  readonly spoken: string
  readonly spokenAt: number
  /** What waits for its time; the newest replaces what waited before. */
  readonly waiting: string | null
}

export const SILENT: Announcer = { spoken: '', spokenAt: Number.NEGATIVE_INFINITY, waiting: null }

/** Events worth interrupting nobody for, but worth saying. */
const WORTH_SAYING: ReadonlySet<SessionEvent['type']> = new Set([
  'applied',
  'rolled-back',
  'rejected',
  'failed',
  'worker-restarted',
])

/**
 * Takes in an event; speaks at once if the last announcement is long enough ago, else the newest
 * event waits.
 *
 * @see SPEC.md rule APP37
 */
export function hear(announcer: Announcer, event: SessionEvent, now: number): Announcer {
  if (!WORTH_SAYING.has(event.type)) return announcer
  return speakDue({ ...announcer, waiting: textOfEvent(event) }, now)
}

/** Speaks what waits if its time has come. */
export function speakDue(announcer: Announcer, now: number): Announcer {
  if (announcer.waiting === null || now - announcer.spokenAt < ANNOUNCE_EVERY_MS) return announcer
  return { spoken: announcer.waiting, spokenAt: now, waiting: null }
}
