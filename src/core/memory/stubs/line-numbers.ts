import { firstLines } from './each-line.ts'

/** `12→code`, `12\tcode`, `12 | code`, `12: code`: how tools number the lines of a file they show. */
const NUMBERED = /^ {0,8}(\d{1,7})(?:→|\t| ?\| ?|: )/

/** Lines of the start that are looked at. */
const SAMPLE = 12

/** A text without the line numbers that a tool put before its lines. */
export interface PlainText {
  readonly text: string
  /** What to add to a line's number to get the number that the tool showed. */
  readonly offset: number
}

/** Takes line numbers away where every line at the start has one, each one more than the one before. */
export function withoutLineNumbers(text: string): PlainText {
  const sample = firstLines(text, SAMPLE, 8_000)
  const numbers = sample.map((line) => Number(NUMBERED.exec(line)?.[1] ?? Number.NaN))
  const first = numbers[0] ?? Number.NaN
  const isNumbered =
    numbers.length >= 2 && numbers.every((_, index) => index === 0 || follows(numbers, index))
  if (!isNumbered || Number.isNaN(first)) return { text, offset: 0 }
  const plain = text.replace(/^ {0,8}\d{1,7}(?:→|\t| ?\| ?|: )/gm, '')
  return { text: plain, offset: first - 1 }
}

/** Blank lines are not in the sample where a tool leaves their numbers out. */
function follows(numbers: readonly number[], index: number): boolean {
  const step = (numbers[index] ?? Number.NaN) - (numbers[index - 1] ?? Number.NaN)
  return step >= 1 && step <= 4
}
