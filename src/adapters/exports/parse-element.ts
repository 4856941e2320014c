import { invalidInput } from '../invalid-input.ts'

/** A piece of a file, with the place where it begins. */
export interface Piece {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly line: number
  readonly column: number
}

/** Why a piece could not be read, and where. */
export interface Unreadable {
  readonly line: number
  readonly column: number
  readonly reason: string
}

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** Text of bytes. @throws BackfoldError `INVALID_INPUT` for what is no UTF-8. */
export function decodeText(bytes: Uint8Array, name: string): string {
  try {
    return UTF8.decode(bytes)
  } catch {
    return invalidInput(`${name}: not UTF-8 text`)
  }
}

/** Parses a piece of a file; where it is no JSON, says where and why, without quoting it. */
export function parseElement({
  bytes,
  line,
  column,
}: Piece): { readonly value: unknown } | { readonly unreadable: Unreadable } {
  let text: string
  try {
    text = UTF8.decode(bytes)
  } catch {
    return { unreadable: { line, column, reason: 'It is not UTF-8 text.' } }
  }
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (failure) {
    const said = failure instanceof Error ? failure.message : ''
    const place = placeIn(text, said)
    return {
      unreadable: {
        line: line + place.lines,
        column: place.lines === 0 ? column + place.columns : place.columns + 1,
        reason: place.isEnd ? 'It breaks off here.' : 'It is not JSON here.',
      },
    }
  }
}

/** Where parsing stopped, as far as the engine tells it; else the end. */
function placeIn(
  text: string,
  said: string,
): { readonly lines: number; readonly columns: number; readonly isEnd: boolean } {
  const position = /\bposition (\d+)/.exec(said)
  const named = /\bline (\d+) column (\d+)/.exec(said)
  if (!position && named) {
    return { lines: Number(named[1]) - 1, columns: Number(named[2]) - 1, isEnd: false }
  }
  const end = text.trimEnd().length
  const at = position ? Math.min(end, Number(position[1])) : end
  let lines = 0
  let start = 0
  for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', next + 1)) {
    lines += 1
    start = next + 1
  }
  return { lines, columns: at - start, isEnd: at >= end }
}
