import { groupDigits } from './group-digits.ts'
import { shorten } from './sentences.ts'

/** What a stub says about the payload it stands for. */
export interface StubFacts {
  /** What it was, such as `read_file src/app.ts`. */
  readonly label: string
  /** Hash of the artifact, where the payload was stored as one. */
  readonly artifact?: string
  readonly seq: number
}

/** Characters of the payload's start and end that a stub shows. */
const HEAD_LENGTH = 240
const TAIL_LENGTH = 120

/**
 * Writes the short text that is left where a payload was moved out: what it was, how big, its head and
 * tail, and how to recall it.
 *
 * @see SPEC.md rule STUB1
 */
export function stubText(payload: string, facts: StubFacts): string {
  const size = `${groupDigits(payload.length)} characters, ${countLines(payload)} lines`
  const head = shorten(payload.slice(0, HEAD_LENGTH * 2).trim(), HEAD_LENGTH)
  const tail = payload.slice(-TAIL_LENGTH).trim()
  const artifact = facts.artifact ? ` or artifact ${facts.artifact.slice(0, 12)}` : ''
  return (
    `[${facts.label}: moved out of context (${size}). ` +
    `The whole is stored: recall message ${facts.seq}${artifact}.]\n` +
    `${head}\n[…]\n${tail.isWellFormed() ? tail : tail.replace(/^[\uDC00-\uDFFF]/, '')}`
  )
}

function countLines(text: string): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
