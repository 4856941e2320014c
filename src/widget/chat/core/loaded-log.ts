import type { Message, Seq } from '../../../core/session/message.ts'

/** What was read of a log: one stretch without gaps, up to the newest message that is known. */
export interface LoadedLog {
  /** First position of the stretch; one above the newest while nothing was read. */
  readonly from: Seq
  readonly messages: readonly Message[]
}

/** Position behind the last one that was read. */
export function endOf({ from, messages }: LoadedLog): Seq {
  return from + messages.length
}

/**
 * Puts a slice into the stretch: messages take the place of those that were read before. A slice that would leave a
 * gap, or has one, changes nothing.
 *
 * @see SPEC.md rule CHAT2
 */
export function addSlice(log: LoadedLog, slice: readonly Message[]): LoadedLog {
  const first = slice[0]
  if (first === undefined || slice.some(({ seq }, at) => seq !== first.seq + at)) return log
  const end = first.seq + slice.length
  if (first.seq > endOf(log) || end < log.from) return log
  const before = log.messages.slice(0, Math.max(0, first.seq - log.from))
  const behind = log.messages.slice(Math.max(0, end - log.from))
  return { from: Math.min(log.from, first.seq), messages: [...before, ...slice, ...behind] }
}

/** Whether a slice says of any of its messages that it left the active path since it was read. */
export function tellsNews(log: LoadedLog, slice: readonly Message[]): boolean {
  return slice.some(({ seq, active }) => log.messages[seq - log.from]?.active !== active)
}
