import { invalidInput } from '../invalid-input.ts'

/**
 * Parses JSON text from a file.
 *
 * @param firstLine - Number of the text's first line in its file, for error messages.
 * @throws BackfoldError `INVALID_INPUT` naming the line, as far as the JavaScript engine tells it.
 */
export function parseJsonText(text: string, name: string, firstLine = 1): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const line = firstLine + lineOf(reason, text)
    return invalidInput(`${name}, line ${line}: not JSON (${withoutExcerpt(reason)})`)
  }
}

/** Line, counted from 0, at which parsing stopped. Engines tell a position, a line or nothing. */
function lineOf(reason: string, text: string): number {
  const line = /\bline (\d+)/.exec(reason)
  if (line) return Number(line[1]) - 1
  const position = /\bposition (\d+)/.exec(reason)
  return countLines(position ? text.slice(0, Number(position[1])) : text.trimEnd())
}

function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

/** V8 quotes the text around the error, which may be long and belongs to the session. */
function withoutExcerpt(reason: string): string {
  return reason.replace(/, "?\.\.\.[^]*$|, "[^]*" is not valid JSON$/, '').slice(0, 120)
}
