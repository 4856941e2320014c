import type { Draft } from '../../core/session/message.ts'
import { textOf } from '../../core/session/message.ts'

/** How many times faster than recorded a replay goes; `max` waits for nothing but storage. */
export const SPEEDS = [1, 2, 5, 10, 20, 50, 100, 200, 'max'] as const

export type Speed = (typeof SPEEDS)[number]

/** Fast enough that folding is seen within seconds, slow enough to read along. */
export const DEFAULT_SPEED: Speed = 20

const SHORTEST_PAUSE_MS = 120
/** A recording holds nights and lunch breaks; nobody wants to sit through them. */
const LONGEST_PAUSE_MS = 6_000

/**
 * Time before a draft arrives at speed 1, in milliseconds: as recorded where both drafts carry a
 * time, else as long as writing it would have taken. Between 120 ms and 6 s; 0 before the first.
 *
 * @see SPEC.md rules APP1, APP2
 */
export function pauseBefore(previous: Draft | undefined, next: Draft): number {
  if (previous === undefined) return 0
  const recorded =
    previous.at !== undefined && next.at !== undefined ? next.at - previous.at : Number.NaN
  const pause = recorded >= 0 ? recorded : writingTime(next)
  return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, pause))
}

/** For each position, the time from there to the end: the sum of the pauses still to come. */
export function remainingTimes(pauses: readonly number[]): readonly number[] {
  const times = [...pauses, 0]
  for (let index = pauses.length - 1; index >= 0; index--)
    times[index] = (pauses[index] ?? 0) + (times[index + 1] ?? 0)
  return times
}

export function speedLabel(speed: Speed): string {
  return speed === 'max' ? 'fastest' : `${speed}×`
}

/** Characters per second: a person types 8, a model writes 300, a tool prints 4,000. */
function writingTime(draft: Draft): number {
  const perSecond = draft.role === 'user' ? 8 : draft.role === 'tool' ? 4_000 : 300
  return (textOf(draft).length / perSecond) * 1_000
}
