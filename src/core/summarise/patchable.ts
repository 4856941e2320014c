import { newestSource } from '../compaction/digest-lines.ts'
import { scanTerms } from '../memory/recall/scan-terms.ts'
import { findIdentifiers } from '../memory/identifiers.ts'
import type { DigestLine } from '../session/generation.ts'
import { escapeLine } from './escape-data.ts'
import { sectionOf, type Topic } from './patch.ts'

const OPEN_SECTIONS: ReadonlySet<string> = new Set(['decisions', 'state', 'facts', 'open'])

/** How lines begin that a model noted on purpose, see MEM5: those stand until they are undone. */
const NOTED = 'Noted by the assistant: '

/** Whether a line was proposed by a summariser or a host, and not extracted, noted, or stored by code. */
export function isProposal(line: DigestLine): boolean {
  return (
    OPEN_SECTIONS.has(line.section) &&
    line.origin === undefined &&
    line.kind === undefined &&
    line.artifact === undefined &&
    line.label === undefined &&
    line.marks === undefined &&
    line.replaces === undefined &&
    !line.text.startsWith(NOTED)
  )
}

/** Whether it is a question that code found, which may be answered later. */
export function isFoundQuestion(line: DigestLine): boolean {
  return line.section === 'open' && line.origin === 'own' && line.artifact === undefined
}

/** Whether a line names what the messages above the mark use. */
export function isInUse({ text }: DigestLine, inUse: ReadonlySet<string>): boolean {
  return inUse.size > 0 && findIdentifiers(text, Infinity).some((name) => inUse.has(name))
}

/** Lines shown with one question. */
const MAX_SHOWN = 16
/** Newest lines of the digest that are looked through. */
const MAX_READ = 400
const MAX_SHOWN_LENGTH = 300

/** Lines of the digest that is patched, under the names by which a model may speak of them. */
export type ShownLines = ReadonlyMap<string, DigestLine>

/**
 * Chooses, of the digest that is patched, the lines that a piece may bear on: proposals and open questions of the topics
 * asked for that share a word with it, within so many tokens. No other line can be spoken of.
 *
 * @param locked - Lines that a person changed: no model may.
 * @see SPEC.md rule SUM4
 */
export function choosePatchable(
  previous: readonly DigestLine[],
  text: string,
  asked: {
    readonly topics: readonly Topic[]
    readonly maxTokens: number
    readonly locked: ReadonlySet<string>
    readonly count: (text: string) => number
  },
): ShownLines {
  const sections = new Set<string>(asked.topics.map(sectionOf))
  const lines = previous
    .filter(
      (line) =>
        sections.has(line.section) &&
        !asked.locked.has(line.id) &&
        (isProposal(line) || isFoundQuestion(line)),
    )
    .toSorted((a, b) => newestSource(b) - newestSource(a))
    .slice(0, MAX_READ)
  if (lines.length === 0) return new Map()
  const terms = new Set<string>()
  scanTerms(text, (term) => terms.add(term))
  const scored = lines
    .map((line) => ({ line, score: scoreOf(line, terms) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
  const shown = new Map<string, DigestLine>()
  let left = asked.maxTokens
  for (const { line } of scored) {
    if (shown.size >= MAX_SHOWN) break
    const tokens = asked.count(line.text.slice(0, MAX_SHOWN_LENGTH)) + NAME_TOKENS
    if (tokens > left) continue
    left -= tokens
    shown.set(`n${shown.size + 1}`, line)
  }
  return shown
}

/** Tokens of a name and the brackets around it. */
const NAME_TOKENS = 8

/** The lines as they stand in a question. */
export function writeShown(shown: ShownLines, nonce: string): string {
  return [...shown]
    .map(([name, { text, section }]) => {
      return `${name} (${section}): ${escapeLine(text.slice(0, MAX_SHOWN_LENGTH), nonce)}`
    })
    .join('\n')
}

function scoreOf({ text }: DigestLine, terms: ReadonlySet<string>): number {
  let score = 0
  scanTerms(text.slice(0, 600), (term, kind) => {
    if (term.length < 2 || !terms.has(term)) return
    if (kind === 'identifier') score += 3
    else if (kind === 'gram') score += 1
    else if (term.length >= 5) score += 1
  })
  return score
}
