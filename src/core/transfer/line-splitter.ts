import { joinBytes } from './json-splitter.ts'

/** One line of a file, without its end. */
export interface FileLine {
  /** Undefined where the line is larger than allowed. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined
  /** Counted from 1. */
  readonly line: number
  /** False for a last line that nothing ends. */
  readonly isEnded: boolean
}

/** Cuts a file that arrives in pieces into its lines. */
export interface LineSplitter {
  push(chunk: Uint8Array): readonly FileLine[]
  /** The last line, unless it is empty. */
  end(): FileLine | undefined
}

const NEWLINE = 0x0a

/**
 * Cuts bytes into lines. A carriage return stays with its line: JSON does not mind it.
 *
 * @param limit - Most bytes of one line; what a larger one holds is not kept.
 * @see SPEC.md rule ARC2
 */
export function createLineSplitter(limit: number): LineSplitter {
  let pieces: Uint8Array[] = []
  let size = 0
  let line = 1
  const keep = (piece: Uint8Array): void => {
    size += piece.length
    if (size > limit) pieces = []
    else if (piece.length > 0) pieces.push(piece.slice())
  }
  const take = (isEnded: boolean): FileLine => {
    const taken = { bytes: size > limit ? undefined : joinBytes(pieces, size), line, isEnded }
    pieces = []
    size = 0
    line += 1
    return taken
  }
  return {
    push(chunk) {
      const found: FileLine[] = []
      let from = 0
      for (;;) {
        const end = chunk.indexOf(NEWLINE, from)
        if (end < 0) break
        keep(chunk.subarray(from, end))
        found.push(take(true))
        from = end + 1
      }
      keep(chunk.subarray(from))
      return found
    },
    end: () => (size === 0 ? undefined : take(false)),
  }
}
