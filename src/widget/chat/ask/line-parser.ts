import type { SseParser } from './sse-parser.ts'

/** A line longer than this, in UTF-16 code units, is no piece of an answer but a server gone wrong. */
const LONGEST_LINE = 4_000_000

/**
 * Parses a stream of JSON lines piece by piece: each line that is not blank is the data of an event. Linear in the
 * text, however it is cut.
 *
 * @throws RangeError when a line does not end within 4,000,000 code units.
 * @see SPEC.md rule SEND4
 */
export function createLineParser(): SseParser {
  let pieces: string[] = []
  let length = 0
  const take = (): string => {
    const line = pieces.join('')
    pieces = []
    length = 0
    return line
  }
  return {
    push(piece) {
      const events: { readonly event: string; readonly data: string }[] = []
      const lines = piece.split('\n')
      for (const [at, part] of lines.entries()) {
        pieces.push(part)
        length += part.length
        if (length > LONGEST_LINE) throw new RangeError('the stream has a line without end')
        if (at === lines.length - 1) break
        const line = take()
        if (line.trim() !== '') events.push({ event: 'message', data: line })
      }
      return events
    },
    end() {
      const line = take()
      return line.trim() === '' ? [] : [{ event: 'message', data: line }]
    },
  }
}
