/** One event of a `text/event-stream`, comments and empty events left out. */
export interface SseEvent {
  readonly event: string
  readonly data: string
}

export interface SseParser {
  /** Takes the next piece of the stream, cut anywhere; returns the events that it completed. */
  push(piece: string): readonly SseEvent[]
  /** Ends the stream; returns an event that lacked only its closing empty line. */
  end(): readonly SseEvent[]
}

/** A line longer than this, in UTF-16 code units, is no completion chunk but a server gone wrong. */
const LONGEST_LINE = 4_000_000

/**
 * Parses server-sent events piece by piece, per the WHATWG rules for `data`, `event`, comments and
 * line ends (LF, CR LF, CR), whatever the cut between pieces; `id` and `retry` are of no use here.
 *
 * An event that the stream's end cuts off is still returned by `end()`: some servers leave out the
 * last empty line.
 *
 * @throws RangeError when a line does not end within 4,000,000 code units.
 * @see SPEC.md rules APP9–APP11
 */
export function createSseParser(): SseParser {
  let rest = ''
  let event = ''
  let data: string[] = []
  let started = false

  const finishEvent = (): readonly SseEvent[] => {
    const finished = data.length > 0 ? [{ event: event || 'message', data: data.join('\n') }] : []
    event = ''
    data = []
    return finished
  }
  const takeLine = (line: string): readonly SseEvent[] => {
    if (line === '') return finishEvent()
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') data.push(value)
    if (field === 'event') event = value
    return []
  }

  return {
    push(piece) {
      rest += piece
      if (!started && rest !== '') {
        started = true
        if (rest.startsWith('\uFEFF')) rest = rest.slice(1)
      }
      const events: SseEvent[] = []
      let from = 0
      const lineEnd = /\r\n|\n|\r/g
      for (let found = lineEnd.exec(rest); found !== null; found = lineEnd.exec(rest)) {
        // A CR at the very end may be the first half of a CR LF.
        if (found[0] === '\r' && lineEnd.lastIndex === rest.length) break
        events.push(...takeLine(rest.slice(from, found.index)))
        from = lineEnd.lastIndex
      }
      rest = rest.slice(from)
      if (rest.length > LONGEST_LINE) throw new RangeError('the stream has a line without end')
      return events
    },
    end() {
      const last = rest.replace(/\r$/, '')
      rest = ''
      return [...(last === '' ? [] : takeLine(last)), ...finishEvent()]
    },
  }
}
