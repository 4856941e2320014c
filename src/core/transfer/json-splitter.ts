/** One element of a list in a file, as bytes. */
export interface JsonElement {
  /** Undefined where it was left out. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined
  /** Line and column in which it begins, counted from 1; a column is one byte. */
  readonly line: number
  readonly column: number
  /** Why it was left out. */
  readonly reason?: 'too-deep' | 'too-large'
}

/** How a list ended. */
export interface SplitEnd {
  /** False where the file ends before its list does. */
  readonly isClosed: boolean
  /** What stands between the last comma and the end of a list that was not closed. */
  readonly rest: JsonElement | undefined
  /** Where what is behind the list begins; 0 if nothing is. */
  readonly trailingLine: number
  readonly line: number
  readonly column: number
}

export interface SplitLimits {
  /** Most bytes of one element. */
  readonly bytes: number
  /** Deepest nesting within one element. */
  readonly depth: number
}

/** Cuts a list that arrives in pieces into its elements. */
export interface JsonSplitter {
  /** The elements that are whole with this piece. */
  push(chunk: Uint8Array): readonly JsonElement[]
  end(): SplitEnd
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const NEWLINE = 0x0a
const COMMA = 0x2c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * Cuts the bytes of a JSON list into its elements without parsing any: it only knows strings and brackets. So a list
 * of any length needs the memory of one element. Linear, and total: what is no JSON comes out as elements that do not
 * parse. Begins at the list's first bracket; what stands before is skipped.
 *
 * @see SPEC.md rules ARC1, ARC2
 */
export function createJsonSplitter(limits: SplitLimits): JsonSplitter {
  let state: 'before' | 'between' | 'within' | 'behind' = 'before'
  let inString = false
  let escaped = false
  let depth = 0
  let line = 1
  /** Bytes before the current line, counted from the beginning of the file. */
  let lineStart = 0
  let offset = 0
  let pieces: Uint8Array[] = []
  let size = 0
  let start = { line: 1, column: 1 }
  let reason: JsonElement['reason']
  let trailingLine = 0

  const keep = (chunk: Uint8Array, from: number, to: number): void => {
    if (reason !== undefined || to <= from) return
    size += to - from
    if (size > limits.bytes) {
      reason = 'too-large'
      pieces = []
      return
    }
    // A copy: whoever reads a stream may use its buffer again.
    pieces.push(chunk.slice(from, to))
  }
  const take = (): JsonElement => {
    const element =
      reason === undefined
        ? { bytes: joinBytes(pieces, size), ...start }
        : { bytes: undefined, ...start, reason }
    pieces = []
    size = 0
    reason = undefined
    return element
  }

  return {
    push(chunk) {
      const found: JsonElement[] = []
      let from = 0
      for (let i = 0; i < chunk.length; i += 1) {
        const byte = chunk[i] as number
        if (byte === NEWLINE) {
          line += 1
          lineStart = offset + i + 1
        }
        if (inString) {
          if (escaped) escaped = false
          else if (byte === BACKSLASH) escaped = true
          else if (byte === QUOTE) inString = false
          continue
        }
        if (state === 'within') {
          if (byte === QUOTE) inString = true
          else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
            depth += 1
            if (depth > limits.depth && reason === undefined) {
              reason = 'too-deep'
              pieces = []
            }
          } else if (depth > 0) {
            if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth -= 1
          } else if (byte === COMMA || byte === CLOSE_LIST) {
            keep(chunk, from, i)
            found.push(take())
            state = byte === COMMA ? 'between' : 'behind'
          }
        } else if (byte > 0x20) {
          if (state === 'before') {
            if (byte === OPEN_LIST) state = 'between'
          } else if (state === 'behind') trailingLine ||= line
          else if (byte === CLOSE_LIST) state = 'behind'
          else if (byte !== COMMA) {
            state = 'within'
            start = { line, column: offset + i - lineStart + 1 }
            from = i
            inString = byte === QUOTE
            depth = byte === OPEN_OBJECT || byte === OPEN_LIST ? 1 : 0
          }
        }
      }
      if (state === 'within') keep(chunk, from, chunk.length)
      offset += chunk.length
      return found
    },
    end: () => ({
      isClosed: state === 'behind',
      rest: state === 'within' ? take() : undefined,
      trailingLine,
      line,
      column: offset - lineStart + 1,
    }),
  }
}

/** Several pieces as one. */
export function joinBytes(pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
