import type { PayloadChange } from '../stubs/write-stub.ts'
import { findDelta } from './delta.ts'

/** Changed lines that are named. */
const MAX_LINES = 12
const MAX_LENGTH = 200

/**
 * What is new in a text since it was read before: how many lines came and went, and the first of those
 * that came, each with its number. Lines that only moved are not counted.
 *
 * @param since - Message that holds the base.
 * @returns undefined where the texts have so many lines that they are not compared, or are the same.
 * @see SPEC.md rule ART3
 */
export function describeChange(
  base: string,
  text: string,
  since: number,
): PayloadChange | undefined {
  const delta = base === text ? undefined : findDelta(base, text)
  if (!delta) return undefined
  const lines: string[] = []
  let added = 0
  let copied = 0
  let line = 1
  for (const step of delta) {
    if ('from' in step) {
      const own = linesIn(base.slice(step.from, step.from + step.length))
      copied += own
      line += own
      continue
    }
    step.text.split('\n', MAX_LINES).forEach((one, index) => {
      if (lines.length >= MAX_LINES || one.trim() === '') return
      lines.push(`+ ${line + index}: ${one.slice(0, MAX_LENGTH)}`)
    })
    const own = linesIn(step.text)
    added += own
    line += own
  }
  return { since, added, removed: Math.max(0, linesIn(base) - copied), kept: copied, lines }
}

function linesIn(text: string): number {
  if (text === '') return 0
  let lines = text.endsWith('\n') ? 0 : 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
