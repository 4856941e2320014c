/** Cuts a stream of text into whole events. */
export interface EventCutter {
  /** The events that are whole by now. */
  push(text: string): readonly string[]
  /** What is left when the stream ends; empty if it ended with an event. */
  rest(): string
}

/** A blank line ends a server-sent event. */
const BLANK_LINE = /\r\n\r\n|\n\n|\r\r/g
const END_OF_LINE = /\n/g

/** Most characters of an end. */
const MAX_END = 4

/** @param isLines - Each line is an event, instead of server-sent events. */
export function cutEvents(isLines: boolean): EventCutter {
  const end = isLines ? END_OF_LINE : BLANK_LINE
  /** Pieces of an event that is not whole: joined only once it is, so that long ones take linear time. */
  let pieces: string[] = []
  /** The last characters before the next piece, which may hold the begin of an end. */
  let tail = ''
  return {
    push(text) {
      const events: string[] = []
      const seam = tail + text
      let from = 0
      for (const { index, 0: found } of seam.matchAll(end)) {
        const upTo = index + found.length - tail.length
        pieces.push(text.slice(from, upTo))
        events.push(pieces.join(''))
        pieces = []
        from = upTo
      }
      if (from < text.length) pieces.push(text.slice(from))
      tail = (from > 0 ? text.slice(from) : seam).slice(1 - MAX_END)
      return events
    },
    rest() {
      const rest = pieces.join('')
      pieces = []
      tail = ''
      return rest
    },
  }
}
